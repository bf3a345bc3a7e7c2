"""A code that was in no table when the carrier told it, and is in one when a person reads it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.database import Database
from app.models import CarrierOrder, InboxMessage
from app.services.inbox import carrier_events
from app.worker.context import WorkerContext
from app.worker.poll_carrier import take
from tests.app.worker.joined import CODES, carrier_at, joined
from tests.factories import NOW, make_dossier, make_request
from tests.factories.links import forget_links, make_inbox_message, make_order

CODE = "H21.65-261130-0777"


@pytest.fixture
def context(committed: Database, tmp_path: Path) -> Iterator[WorkerContext]:
    with committed.transaction() as session:
        forget_links(session)
        dossier = make_dossier(session, make_request(session), code=CODE)
        make_order(session, dossier, state="placed")
        make_inbox_message(session, subject=f"{CODE}-TG01", code="75", occurred_at=NOW)
    yield joined(tmp_path, committed, carrier_at(tmp_path, "http://127.0.0.1:9"))
    with committed.transaction() as session:
        forget_links(session)
        session.execute(text("update dossier set code = null where code = :code"), {"code": CODE})


def read_again(context: WorkerContext) -> dict[str, int]:
    with context.database.transaction() as session:
        inbox_message_id = session.scalars(select(InboxMessage.id).where(InboxMessage.state == "parked")).one()
        carrier_events.parked_again(session, inbox_message_id, "staff:1", NOW)
    return take(context)


def test_a_code_that_is_still_in_no_table_goes_on_waiting(context: WorkerContext) -> None:
    assert read_again(context) == {"parked": 1}


def test_a_code_that_was_added_to_the_table_is_taken_without_a_restart(context: WorkerContext, tmp_path: Path) -> None:
    assert read_again(context) == {"parked": 1}
    added = CODES | {"75": {"milestone": "delivered", "means": "Phát tại quầy", "final": True}}
    (tmp_path / "codes.json").write_text(json.dumps(added))
    assert read_again(context) == {"taken": 1}
    with context.database.transaction() as session:
        order = session.scalars(select(CarrierOrder).where(CarrierOrder.number == f"{CODE}-TG01")).one()
        inbox_message = session.scalars(select(InboxMessage)).one()
    assert (order.milestone, order.milestone_final, order.state) == ("delivered", True, "closed")
    assert (inbox_message.fields["milestone"], inbox_message.fields["final"], inbox_message.code) == (
        "delivered",
        True,
        "75",
    )
