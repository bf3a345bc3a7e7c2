"""Custody is proved: clean as it is, the bad event named after one changed byte, the removed one found by its digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.clock import end_of_day, local_day
from app.config import Keys
from app.domain.custody import GENESIS
from app.models import Parcel
from app.queries.custody.signatures import holds, public_key
from app.queries.custody.state import chain_of, export_digests
from app.queries.custody.verification import CustodyReport, verify
from app.services.custody.digests import sign_all, sign_day
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS
from tests.factories.custody import AT_THE_DOOR, Road, accepted, at_desk, collected, make_road

TOMORROW = end_of_day(DAY)


def tamper(session: UnitOfWork, statement: str, **params: object) -> None:
    session.flush()
    for table in ("custody_event", "custody_digest", "countersignature", "device_key", "cash_hand_in"):
        session.execute(text(f"alter table {table} disable trigger user"))
    session.execute(text(statement), params)
    session.expire_all()


def faults(report: CustodyReport) -> list[tuple[str, str | None, int | None]]:
    return [(fault.what, fault.parcel, fault.event_no) for fault in report.broken]


def test_an_untouched_road_is_clean(session: UnitOfWork) -> None:
    accepted(session, make_road(session))
    session.flush()

    report = verify(session, KEYS)

    assert report.clean
    assert (report.events, report.parcels) == (4, 1)


@pytest.mark.parametrize(
    "change",
    [
        "actor = actor || '.'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "received_at = received_at - interval '1 second'",
        "taker_id = '0'",
        "giver = 'bag'",
        "operation_id = 'x'",
        "commitments = '[\"x\"]'",
        "commitments = '[{}, 1.5]'",
        "commitments = 'null'",
        "hash = reverse(hash)",
        "previous = reverse(previous) || ''",
        "seq = 1",
        "device = 'x'",
        "kind = 'returned'",
    ],
)
@pytest.mark.parametrize("event_no", [1, 2, 3])
def test_one_changed_byte_names_its_event(superuser: UnitOfWork, change: str, event_no: int) -> None:
    road = make_road(superuser)
    parcel = at_desk(superuser, road)
    other = collected(superuser, make_road(superuser, road.world))
    if event_no == 1 and change.startswith("previous"):
        change = "previous = '1' || substr(previous, 2)"  # sixty-four noughts read the same backwards

    tamper(
        superuser,
        f"update custody_event set {change} where parcel_id = :id and event_no = :no",
        id=parcel.id,
        no=event_no,
    )

    (fault, *_) = faults(verify(superuser, KEYS))
    assert fault[1:] == (parcel.code, event_no)
    assert other.code not in {named for _, named, _ in faults(verify(superuser, KEYS))}


def test_a_removed_event_in_the_middle_is_named(superuser: UnitOfWork) -> None:
    parcel = at_desk(superuser, make_road(superuser))

    tamper(superuser, "delete from custody_event where parcel_id = :id and event_no = 2", id=parcel.id)

    assert faults(verify(superuser, KEYS)) == [("number", parcel.code, 2)]


def test_a_removed_newest_event_is_missed_by_the_parcel_s_head(superuser: UnitOfWork) -> None:
    parcel = at_desk(superuser, make_road(superuser))

    tamper(superuser, "delete from custody_event where parcel_id = :id and event_no = 3", id=parcel.id)

    assert faults(verify(superuser, KEYS)) == [("head", parcel.code, 3)]


def remove_newest(session: UnitOfWork, parcel: Parcel) -> None:
    """What a careful forger does: the event goes, head and register are put back to the one before."""
    tamper(session, "delete from custody_event where parcel_id = :id and event_no = 3", id=parcel.id)
    session.execute(
        text(
            "update parcel set event_no = 2, holder = before.taker, holder_id = before.taker_id, head_hash = before.hash "
            "from custody_event before where before.parcel_id = :id and before.event_no = 2 and parcel.id = :id"
        ),
        {"id": parcel.id},
    )


def test_a_newest_event_removed_with_its_head_is_found_by_the_signed_digest(superuser: UnitOfWork) -> None:
    road = make_road(superuser)
    parcel = at_desk(superuser, road)
    sign_day(superuser, road.world.office.id, DAY, TOMORROW, KEYS)

    remove_newest(superuser, parcel)

    (fault,) = verify(superuser, KEYS).broken
    assert (fault.what, fault.parcel, fault.event_no) == ("digest_head", parcel.code, 3)
    assert fault.digest == f"{road.world.office.id}/2026-12-01"


def test_without_a_digest_a_careful_forger_is_not_found(superuser: UnitOfWork) -> None:
    parcel = at_desk(superuser, make_road(superuser))

    remove_newest(superuser, parcel)

    assert verify(superuser, KEYS).clean  # which is why a day is signed, and digests are kept elsewhere, too


def test_two_swapped_events_are_named(superuser: UnitOfWork) -> None:
    parcel = at_desk(superuser, make_road(superuser))

    for old, new in ((2, 99), (3, 2), (99, 3)):
        move = "update custody_event set event_no = :new where parcel_id = :id and event_no = :old"
        tamper(superuser, move, id=parcel.id, old=old, new=new)

    assert faults(verify(superuser, KEYS)) == [("link", parcel.code, 2)]


def test_two_swapped_events_with_links_and_hashes_made_anew_are_found_by_the_digest(superuser: UnitOfWork) -> None:
    """The careful forger swaps, chains and hashes the events again and puts the head right."""
    road = make_road(superuser)
    parcel = at_desk(superuser, road)
    sign_day(superuser, road.world.office.id, DAY, TOMORROW, KEYS)
    forge(superuser, parcel, [1, 3, 2])

    (fault,) = verify(superuser, KEYS).broken

    assert (fault.what, fault.parcel, fault.event_no) == ("digest_head", parcel.code, 3)


def test_a_forged_event_put_in_with_the_chain_made_anew_is_found_by_the_digest(superuser: UnitOfWork) -> None:
    road = make_road(superuser)
    parcel = at_desk(superuser, road)
    sign_day(superuser, road.world.office.id, DAY, TOMORROW, KEYS)

    forge(superuser, parcel, [1, 2, 3], operation_id="op-forged")

    (fault,) = verify(superuser, KEYS).broken
    assert (fault.what, fault.parcel, fault.event_no) == ("digest_head", parcel.code, 3)


def test_a_forged_event_at_the_end_of_a_chain_is_missed_by_the_head(superuser: UnitOfWork) -> None:
    parcel = at_desk(superuser, make_road(superuser))

    tamper(
        superuser,
        "insert into custody_event (parcel_id, event_no, kind, giver, giver_id, taker, taker_id, occurred_at, received_at, "
        "actor, operation_id, device, seq, commitments, previous, hash) "
        "select parcel_id, 4, kind, giver, giver_id, 'citizen', null, occurred_at, received_at, actor, 'op-forged', device, "
        "seq, '[]', hash, reverse(hash) from custody_event where parcel_id = :id and event_no = 3",
        id=parcel.id,
    )

    assert faults(verify(superuser, KEYS)) == [("hash", parcel.code, 4)]


def forge(session: UnitOfWork, parcel: Parcel, order: list[int], **changed: Any) -> None:
    """Write the chain anew in this order, the last event changed, with right links, hashes and head."""
    tamper(session, "select 1")
    events = list(chain_of(session, parcel.id))
    session.execute(text("update custody_event set event_no = event_no + 100 where parcel_id = :id"), {"id": parcel.id})
    previous = GENESIS
    for number, old in enumerate(order, start=1):
        event = events[old - 1]
        body = replace(event.body(), event_no=number, previous=previous, **(changed if number == len(order) else {}))
        session.execute(
            text(
                "update custody_event set event_no = :no, operation_id = :op, previous = :prev, hash = :hash where id = :id"
            ),
            {"no": number, "op": body.operation_id, "prev": previous, "hash": body.hash(), "id": event.id},
        )
        previous = body.hash()
    session.execute(text("update parcel set head_hash = :head where id = :id"), {"head": previous, "id": parcel.id})
    session.expire_all()


def test_all_events_gone_is_no_clean_parcel(superuser: UnitOfWork) -> None:
    parcel = at_desk(superuser, make_road(superuser))

    tamper(superuser, "delete from custody_event where parcel_id = :id", id=parcel.id)

    assert faults(verify(superuser, KEYS)) == [("events_gone", parcel.code, 1)]


@pytest.mark.parametrize("payload", ['{"forged": 1}', '{"forged": 1.5}', '["forged"]', "null"])
def test_a_changed_fact_no_longer_fits_its_commitment(superuser: UnitOfWork, payload: str) -> None:
    parcel = at_desk(superuser, make_road(superuser))

    tamper(superuser, f"update custody_evidence set payload = '{payload}' where kind = 'checklist'")

    assert ("evidence", parcel.code, 1) in faults(verify(superuser, KEYS))


def test_a_fact_taken_away_without_erasure_is_named(superuser: UnitOfWork) -> None:
    parcel = at_desk(superuser, make_road(superuser))

    tamper(superuser, "delete from custody_evidence where kind = 'checklist'")

    assert ("evidence_gone", parcel.code, 1) in faults(verify(superuser, KEYS))


def signed_road(session: UnitOfWork) -> Road:
    road = make_road(session)
    at_desk(session, road)
    sign_day(session, road.world.office.id, DAY, TOMORROW, KEYS)
    return road


@pytest.mark.parametrize(
    "change",
    [
        "heads = '[]'",
        "heads = '[1.5, {}]'",
        "heads = '7'",
        "signature = reverse(signature)",
        "day = day - 1",
        "previous = hash",
    ],
)
def test_a_changed_digest_is_named(superuser: UnitOfWork, change: str) -> None:
    signed_road(superuser)

    tamper(superuser, f"update custody_digest set {change}")

    assert verify(superuser, KEYS).broken[0].what == "digest_signature"


def test_a_digest_removed_from_the_row_breaks_it(superuser: UnitOfWork) -> None:
    road = signed_road(superuser)
    next_day = DAY + timedelta(days=1)
    collected(superuser, make_road(superuser, road.world), now=AT_THE_DOOR + timedelta(days=1))
    sign_day(superuser, road.world.office.id, next_day, end_of_day(next_day), KEYS)

    tamper(superuser, "delete from custody_digest where day = :day", day=DAY)

    assert [fault.what for fault in verify(superuser, KEYS).broken] == ["digest_chain"]


def test_another_installation_s_key_proves_nothing(session: UnitOfWork) -> None:
    signed_road(session)

    report = verify(
        session,
        Keys(web="w", pepper=b"p" * 32, signing=b"o" * 32, phones=b"k" * 32, files=b"f" * 32, secrets=b"e" * 32),
    )

    assert [fault.what for fault in report.broken] == ["digest_key"]


def test_an_exported_digest_can_be_checked_with_the_public_key_alone(session: UnitOfWork) -> None:
    road = signed_road(session)

    (exported,) = export_digests(session, road.world.office.id)

    assert holds(exported["hash"], exported["signature"], public_key(KEYS))
    assert not holds(exported["hash"][::-1], exported["signature"], public_key(KEYS))


def test_every_office_that_moved_is_signed_even_after_a_missed_night(session: UnitOfWork) -> None:
    road = make_road(session)
    at_desk(session, road)
    later = local_day(AT_THE_DOOR) + timedelta(days=2)

    signed = sign_all(session, later, end_of_day(later), KEYS)

    assert [digest.office_id for digest in signed] == [road.world.office.id]
    assert sign_all(session, later, end_of_day(later), KEYS) == []
