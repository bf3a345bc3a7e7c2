"""Numbers set aside for phones: fifty at a time, never to two phones, never given again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.number_block import Spare, left, receipt_number, receipt_serial, runs, unused
from app.domain.operation import BlockKind
from app.domain.parcel import ParcelPurpose, s10
from app.models import Device, NumberBlock, Receipt
from app.services.custody import sealing
from app.services.custody.standing import StandingFacts
from app.services.staff import number_blocks
from app.unit_of_work import UnitOfWork
from tests.factories import NOW, make_courier, make_dossier, make_errand
from tests.factories.phone import make_device


def use_receipts(session: Session, numbers: range) -> None:
    errand = make_errand(session)
    for number in numbers:
        session.add(
            Receipt(
                number=receipt_number(number), operation_id=uuid4(), errand_id=errand.id, parts=[], paid_at=NOW,
                received_at=NOW,
            )
        )  # fmt: skip
    session.flush()


def test_a_phone_gets_fifty_of_each(session: Session) -> None:
    device = make_device(session, make_courier(session))
    spare = number_blocks.reserve(session, device.id, NOW)
    assert {kind: one.last - one.next + 1 for kind, one in spare.items()} == dict.fromkeys(BlockKind, 50)


def test_two_phones_never_share_a_number(session: Session) -> None:
    courier = make_courier(session)
    first, second = (number_blocks.reserve(session, make_device(session, courier).id, NOW) for _ in range(2))
    for kind in BlockKind:
        assert first[kind].last < second[kind].next


def test_a_block_is_topped_up_when_fewer_than_twenty_are_left(session: Session) -> None:
    device = make_device(session, make_courier(session))
    start = number_blocks.reserve(session, device.id, NOW)[BlockKind.RECEIPT].next
    use_receipts(session, range(start, start + 30))
    kept = number_blocks.reserve(session, device.id, NOW)[BlockKind.RECEIPT]
    assert (kept.next, kept.last, kept.more) == (start + 30, start + 49, ())
    use_receipts(session, range(start + 30, start + 31))
    more = number_blocks.reserve(session, device.id, NOW + timedelta(hours=1))[BlockKind.RECEIPT]
    assert more.next == start + 31
    assert left([(more.next, more.last), *more.more]) == 19 + 50


def test_a_label_on_an_envelope_is_used(session: UnitOfWork) -> None:
    device = make_device(session, make_courier(session))
    spare = number_blocks.reserve(session, device.id, NOW)[BlockKind.LABEL]
    at_hand = Party(Holder.CITIZEN)
    dossier = make_dossier(session)
    sealing.make_parcel(session, dossier, ParcelPurpose.DOSSIER, s10(spare.next + 2), at_hand, NOW)
    session.flush()
    assert number_blocks.reserve(session, device.id, NOW)[BlockKind.LABEL].next == spare.next + 3


def use_labels(session: UnitOfWork, *numbers: int) -> None:
    for number in numbers:
        at_hand = Party(Holder.CITIZEN)
        sealing.make_parcel(session, make_dossier(session), ParcelPurpose.DOSSIER, s10(number), at_hand, NOW)
    session.flush()


def labels_of(session: Session, device: Device, now: datetime = NOW) -> Spare:
    return number_blocks.reserve(session, device.id, now)[BlockKind.LABEL]


LATER = NOW + timedelta(hours=1)


def test_the_rest_of_a_roll_goes_to_the_same_phone_enrolled_anew(session: UnitOfWork) -> None:
    courier = make_courier(session)
    before = labels_of(session, make_device(session, courier, name="Máy thử"))
    use_labels(session, before.next, before.next + 1)
    anew = make_device(session, courier, name="Máy thử", enrolled_at=LATER, last_contact_at=LATER)
    rest = labels_of(session, anew, LATER)
    assert (rest.next, rest.last, rest.more) == (before.next + 2, before.last, ())
    assert labels_of(session, anew, LATER) == rest


def test_five_enrolments_on_a_day_burn_no_label(session: UnitOfWork) -> None:
    courier, start = make_courier(session), None
    for hour in range(5):
        at = NOW + timedelta(hours=hour)
        phone = make_device(session, courier, name="Máy thử", enrolled_at=at, last_contact_at=at)
        spare = labels_of(session, phone, at)
        start = start or spare.next
        assert spare.next == start + hour
        use_labels(session, spare.next)


def test_the_roll_of_another_phone_passes_on_when_its_shift_is_over(session: UnitOfWork) -> None:
    courier = make_courier(session)
    before = labels_of(session, make_device(session, courier, access_until=LATER))
    early = make_device(session, courier, enrolled_at=NOW + timedelta(minutes=5))
    assert labels_of(session, early, NOW).next > before.last
    late = make_device(session, courier, enrolled_at=LATER)
    assert labels_of(session, late, LATER).next == before.next


@pytest.mark.parametrize("alive", [{"last_contact_at": LATER}, {"waiting": 1}, {"name": "Máy khác"}])
def test_a_phone_that_may_still_give_out_labels_keeps_its_roll(session: UnitOfWork, alive: dict[str, object]) -> None:
    courier = make_courier(session)
    known = {"name": "Máy thử", "access_until": LATER + timedelta(hours=9)}
    other = make_device(session, courier, **(known | alive))
    before = labels_of(session, other)
    anew = make_device(session, courier, name="Máy thử", enrolled_at=LATER, last_contact_at=LATER)
    assert labels_of(session, anew, LATER).next > before.last
    assert labels_of(session, other, LATER) == before


def test_a_roll_passed_on_is_given_out_by_one_phone_alone(session: UnitOfWork) -> None:
    courier = make_courier(session)
    first = make_device(session, courier, name="Máy thử")
    rest = labels_of(session, first)
    anew = make_device(session, courier, name="Máy thử", enrolled_at=LATER, last_contact_at=LATER)
    assert labels_of(session, anew, LATER) == rest
    assert labels_of(session, first, LATER).next > rest.last


def test_a_label_used_before_the_roll_passed_on_is_still_that_phone_s_own(session: UnitOfWork) -> None:
    courier = make_courier(session)
    first = make_device(session, courier, name="Máy thử")
    rest = labels_of(session, first)
    labels_of(session, make_device(session, courier, name="Máy thử", enrolled_at=LATER, last_contact_at=LATER), LATER)
    assert StandingFacts(session, first).own_label(s10(rest.next))


def test_no_roll_passes_on_to_another_courier_and_no_receipts_at_all(session: UnitOfWork) -> None:
    courier = make_courier(session)
    before = number_blocks.reserve(session, make_device(session, courier, name="Máy thử").id, NOW)
    of_another = make_device(session, make_courier(session), name="Máy thử", enrolled_at=LATER, last_contact_at=LATER)
    assert labels_of(session, of_another, LATER).next > before[BlockKind.LABEL].last
    anew = make_device(session, courier, name="Máy thử", enrolled_at=LATER, last_contact_at=LATER)
    spare = number_blocks.reserve(session, anew.id, LATER)
    assert spare[BlockKind.RECEIPT].next > before[BlockKind.RECEIPT].last


def test_two_bundles_at_once_reserve_one_block(committed: Database) -> None:
    with committed.transaction() as session:
        device = make_device(session, make_courier(session)).id

    def ask(_: int) -> None:
        with committed.transaction() as session:
            number_blocks.reserve(session, device, NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(8)))
    with committed.transaction() as session:
        mine = session.scalars(select(NumberBlock).where(NumberBlock.device_id == device)).all()
        assert sum(block.last - block.first + 1 for block in mine) == 100


def test_phones_that_draw_at_the_same_moment_get_different_numbers(committed: Database) -> None:
    with committed.transaction() as session:
        courier = make_courier(session)
        devices = [make_device(session, courier).id for _ in range(8)]

    def ask(device: object) -> None:
        with committed.transaction() as session:
            number_blocks.reserve(session, device, NOW)  # type: ignore[arg-type]  # a UUID

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, devices))
    with committed.transaction() as session:
        drawn = session.scalars(select(NumberBlock).where(NumberBlock.device_id.in_(devices))).all()
    for kind in BlockKind:
        numbers = [n for block in drawn if block.kind is kind for n in range(block.first, block.last + 1)]
        assert len(numbers) == len(set(numbers)) == 8 * 50


@given(st.sets(st.integers(1, 200)))
def test_runs_hold_exactly_the_numbers(numbers: set[int]) -> None:
    found = runs(numbers)
    assert {n for first, last in found for n in range(first, last + 1)} == numbers
    assert all(after[0] > before[1] + 1 for before, after in pairwise(found))


def test_a_number_passed_over_is_never_given_again() -> None:
    assert unused([(1, 50), (101, 150)], 30) == [(31, 50), (101, 150)]
    assert unused([(1, 50), (101, 150)], 120) == [(121, 150)]
    assert unused([(1, 50)], 50) == []


def test_a_receipt_number_has_one_form() -> None:
    assert receipt_serial(receipt_number(51)) == 51
    for wrong in ("TN51", "tn00000051", "TN0000005A", "", "TN000000510"):
        with pytest.raises(DomainError, match="receipt_malformed"):
            receipt_serial(wrong)
