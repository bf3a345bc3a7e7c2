"""A phone's own chain is proved, too: what was forged, moved or taken away is named as phone and number."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.operation import OperationKind
from app.models import Operation
from app.queries.custody.operation_chains import header_of
from app.queries.custody.verification import verify
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import Street, make_street
from tests.factories import KEYS
from tests.factories import operations as say


@pytest.fixture
def street(session: UnitOfWork) -> Street:
    """Four operations of one phone have come home; the second wrote a custody event."""
    street = make_street(session)
    street.record(OperationKind.RUN_STARTED, say.run_started(1))
    street.collect()
    for _ in range(2):
        street.record(OperationKind.RUN_ENDED, say.run_ended(1))
    street.send()
    return street


def broken(street: Street) -> list[tuple[str, str | None]]:
    street.session.flush()
    street.session.expire_all()
    return [(fault.what, fault.operation) for fault in verify(street.session, KEYS).broken]


def change(street: Street, seq: int, what: str) -> None:
    street.session.execute(
        text(f"update operation set {what} where device_id = :device and seq = :seq"),
        {"device": street.device.id, "seq": seq},
    )


def test_what_came_home_whole_is_clean(street: Street) -> None:
    report = verify(street.session, KEYS)
    assert (report.clean, report.operations) == (True, 4)


@pytest.mark.parametrize(
    "what",
    [
        "kind = 'stop_added'",
        "occurred_at = occurred_at + interval '1 millisecond'",
        "offset_ms = offset_ms + 1",
        "commitment = reverse(commitment)",
        "files = '[\"00\"]'",
        "revision_seen = 77",
        "errand_id = device_id",
        "previous = reverse(previous)",
        "hash = reverse(hash)",
    ],
)
def test_a_forged_header_is_named_by_phone_and_number(street: Street, what: str) -> None:
    change(street, 3, what)
    assert broken(street) == [("operation_hash", f"{street.device.id}/3")]


def test_a_forged_header_with_its_hash_made_anew_breaks_the_next_link(street: Street) -> None:
    rows = {row.seq: row for row in street.session.scalars(select(Operation))}
    rows[3].revision_seen = 77
    rows[3].hash = header_of(rows[3]).hash()
    assert broken(street) == [("operation_link", f"{street.device.id}/4")]


def test_two_swapped_operations_are_named(street: Street) -> None:
    change(street, 3, "seq = 99")
    change(street, 4, "seq = 3")
    change(street, 99, "seq = 4")
    assert broken(street) == [("operation_hash", f"{street.device.id}/3")]


def test_the_newest_operation_removed_is_missed_by_the_phone_s_head(street: Street) -> None:
    take_away(street, 4)
    assert broken(street) == [("operation_head", f"{street.device.id}/4")]


def test_an_operation_removed_under_an_event_is_named_with_the_event(street: Street) -> None:
    take_away(street, 2)
    assert broken(street) == [("operation_gone", f"{street.device.id}/2")]


@pytest.mark.parametrize("what", ["head_hash = reverse(head_hash)", "last_seq = 9"])
def test_a_changed_head_is_named(street: Street, what: str) -> None:
    street.session.execute(text(f"update device set {what}"))
    assert [name for name, _ in broken(street)] == ["operation_head"]


def test_all_operations_removed_are_missed(street: Street) -> None:
    for seq in (1, 2, 3, 4):
        take_away(street, seq)
    assert ("operation_head", f"{street.device.id}/4") in broken(street)


def test_what_the_phone_still_owes_breaks_nothing(street: Street, session: Session) -> None:
    owed = street.record(OperationKind.RUN_ENDED, say.run_ended(1))
    later = street.record(OperationKind.RUN_ENDED, say.run_ended(1))
    street.send([later])
    assert broken(street) == []
    street.send([owed])
    assert broken(street) == []


def take_away(street: Street, seq: int) -> None:
    gone = {"device": street.device.id, "seq": seq}
    which = "in (select id from operation where device_id = :device and seq = :seq)"
    street.session.execute(text(f"delete from operation_payload where operation_id {which}"), gone)
    street.session.execute(text("delete from operation where device_id = :device and seq = :seq"), gone)
