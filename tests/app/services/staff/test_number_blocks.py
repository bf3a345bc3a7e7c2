"""Numbers set aside for phones: fifty at a time, never to two phones, never given again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
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
from app.domain.number_block import left, receipt_number, receipt_serial, runs, unused
from app.domain.operation import BlockKind
from app.domain.parcel import ParcelPurpose, s10
from app.models import NumberBlock, Receipt
from app.services.custody import sealing
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
