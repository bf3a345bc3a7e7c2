"""An envelope between two desks, ordered from a carrier on loopback: from desk to desk, and nobody's name in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.database import Database
from app.domain.dossier import DossierState
from app.models import CarrierOrder, Desk, Dossier, OutboxMessage, Parcel
from app.queries.desks.transfers import transfer_of_order
from app.services.desks import dossier_steps
from app.services.desks.transfers import pack
from app.worker.context import WorkerContext
from app.worker.outbox import tell
from app.worker.outbox_handlers import HANDLERS
from app.worker.poll_carrier import poll, take
from tests.app.worker.joined import carrier_at, joined
from tests.factories import NOW
from tests.factories.custody import next_dossier_code
from tests.factories.links import forget_links
from tests.factories.transfers import make_desk_road, packing_transfer, received
from tests.fakes.partner import Partner
from tests.fakes.postal import SECRET, FakeHcc

CODE = next_dossier_code()
NUMBER = f"{CODE}-LC01"


@pytest.fixture
def hcc() -> FakeHcc:
    return FakeHcc()


@pytest.fixture
def context(committed: Database, tmp_path: Path, hcc: FakeHcc) -> Iterator[WorkerContext]:
    """A joined installation where an envelope has just been packed for another desk."""
    empty(committed)
    with Partner(hcc.answer) as partner:
        links = carrier_at(tmp_path, partner.url, 'contact_phone = "0900000456"')
        context = joined(tmp_path, committed, links, SECRET)
        with committed.transaction() as session:
            way = make_desk_road(session, code=CODE)
            way.road.request.applicant.name, way.road.request.applicant.phone = "Nguyễn Văn Thử Che", "0900000123"
            pack(session, packing_transfer(way, received(session, way, dossier_code=None)))
        with committed.transaction() as session:
            session.execute(text("delete from outbox_message where trigger not like '%-LC%'"))
        yield context
    empty(committed)


def empty(database: Database) -> None:
    with database.transaction() as session:
        forget_links(session)
        session.execute(text("update dossier set code = null where code = :code"), {"code": CODE})


def run(context: WorkerContext) -> list[str | None]:
    """Send what waits, each once."""
    with context.database.transaction() as session:
        waiting = select(OutboxMessage.id).where(OutboxMessage.state == "queued").order_by(OutboxMessage.number)
        ids = session.scalars(waiting).all()
    return [tell(context, one, HANDLERS) for one in ids]


def look(context: WorkerContext, what: Callable[[Session, CarrierOrder], Any]) -> Any:
    with context.database.transaction() as session:
        return what(session, session.scalars(select(CarrierOrder).where(CarrierOrder.number == NUMBER)).one())


def desks(session: Session, order: CarrierOrder) -> tuple[Desk, Desk]:
    transfer = transfer_of_order(session, order)
    assert transfer is not None
    return transfer.from_desk, transfer.to_desk


def test_an_envelope_between_desks_goes_from_desk_to_desk_without_money_and_names_nobody(
    context: WorkerContext, hcc: FakeHcc
) -> None:
    assert run(context) == ["sent"]
    here, there = look(context, desks)
    body = hcc.orders[NUMBER]
    assert (body["SenderName"], body["SenderTel"], body["SenderAddress"]) == (here.name, "0900000456", here.address)
    assert (body["ReceiverName"], body["ReceiverTel"], body["ReceiverAddress"]) == (
        there.name,
        "0900000456",
        there.address,
    )
    assert body["CODAmount"] == 0
    assert "luân chuyển" in body["Description"]
    assert "Thử Che" not in str(body)
    assert "0900000123" not in str(body)
    assert look(context, lambda _session, order: order.state) == "placed"


def test_an_answer_that_was_lost_is_no_second_order_between_desks(context: WorkerContext, hcc: FakeHcc) -> None:
    hcc.orders[NUMBER] = {}  # it arrived, and its answer did not
    assert run(context) == ["sent"]
    assert look(context, lambda _session, order: order.state) == "placed"


def test_a_refused_dossier_calls_its_envelope_off_at_the_carrier(context: WorkerContext, hcc: FakeHcc) -> None:
    run(context)
    with context.database.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == CODE)).one()
        dossier_steps.move(session, dossier, DossierState.REFUSED, by="staff:1", at=NOW, now=NOW)
    assert run(context) == ["sent"]
    assert hcc.cancelled == {NUMBER}
    assert look(context, lambda _session, order: order.state) == "cancelled"


def test_what_they_tell_of_it_is_kept_and_moves_no_envelope(context: WorkerContext, hcc: FakeHcc) -> None:
    run(context)
    before = look(context, lambda session, order: session.get_one(Parcel, order.parcel_id).event_no)
    for code, hour in (("10", 11), ("30", 12), ("70", 13)):
        hcc.tell(NUMBER, code, EventTime=f"2026-12-01T{hour}:00:00")
    poll(context)
    assert take(context) == {"taken": 3}
    order = look(context, lambda _session, order: order)
    assert (order.milestone, order.state) == ("delivered", "closed")
    assert look(context, lambda session, order: session.get_one(Parcel, order.parcel_id).event_no) == before


def test_an_erased_citizens_envelope_is_ordered_all_the_same(context: WorkerContext, hcc: FakeHcc) -> None:
    with context.database.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == CODE)).one()
        applicant = dossier.request.applicant
        applicant.name = applicant.phone = dossier.request.place.address = None
    assert run(context) == ["sent"]
    assert NUMBER in hcc.orders
