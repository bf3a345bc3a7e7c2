"""One sum, wherever it is asked: random days with lost phones, late uploads, double deliveries and new enrolments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.clock import at, local_day
from app.domain.cash import NOTHING, Cash, CashReason, total_of
from app.domain.custody import Holder, Party
from app.domain.identity import Role
from app.models import Courier, Device, Receipt, StaffAccount
from app.queries.desks.cash import CashDay, cash_day, in_hand, office_cash
from app.queries.desks.cash_faults import MoneyFault, MoneyWhy
from app.queries.desks.day_book import day_book
from app.queries.visits.bundle import bundle
from app.schemas.bundle import Installation, bundle_json
from app.services.staff import number_blocks
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, make_courier, make_office, make_staff
from tests.factories.cash import counted, handed_in, make_receipt
from tests.factories.phone import make_device
from tests.factories.times import DAY

DAYS = (DAY, DAY + timedelta(days=1))
LAST = at(DAYS[-1], datetime.max.time())


@dataclass
class Purse:
    """What a courier really has on him, as only he knows it: every đồng that he took and did not give."""

    courier: Courier
    phone: Device
    cash: Cash = NOTHING
    given: dict[int, Cash] = field(default_factory=dict)  # by the row that stands


@dataclass(frozen=True)
class Act:
    """Of one courier, at one minute: taking money, or giving it."""

    minute: int
    courier: int
    what: str
    cash: Cash
    late_min: int
    off_by: int


MONEY = st.builds(Cash, st.integers(0, 60).map(lambda n: n * 1_000), st.integers(0, 200).map(lambda n: n * 500))
ACTS = st.lists(
    st.builds(
        Act,
        minute=st.integers(7 * 60, 41 * 60),  # of two days
        courier=st.integers(0, 1),
        what=st.sampled_from(["take", "take", "take", "twice", "lost", "enrol", "hand_in", "hand_in_wrong", "recount"]),
        cash=MONEY,
        late_min=st.sampled_from([0, 0, 90, 1_500]),
        off_by=st.sampled_from([-20_000, 5_000]),
    ),
    max_size=25,
)


@given(acts=ACTS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_receipts_courier_office_and_hand_ins_agree_to_the_dong(session: UnitOfWork, acts: list[Act]) -> None:
    with session.begin_nested() as over:
        office = make_office(session)
        counter = make_staff(session, Role.COUNTER, office=office)
        purses = [_purse(session, make_courier(session, office=office)) for _ in range(2)]
        for act in sorted(acts, key=lambda one: one.minute):
            _do(session, purses[act.courier], counter, act)
        session.flush()
        for purse in purses:
            agrees(session, purse)
        for day in DAYS:
            office_is_the_sum_of_its_couriers(session, office.id, day)
        over.rollback()


def _purse(session: UnitOfWork, courier: Courier) -> Purse:
    return Purse(courier, make_device(session, courier))


def _do(session: UnitOfWork, purse: Purse, counter: StaffAccount, act: Act) -> None:
    then = at(DAY, datetime.min.time()) + timedelta(minutes=act.minute)
    if act.what in {"take", "twice"}:
        for _ in range(2 if act.what == "twice" else 1):  # the second one is told of money that was paid once
            came = then + timedelta(minutes=act.late_min)
            make_receipt(session, purse.phone, then, act.cash.postage, act.cash.state_fee, received_at=came)
        purse.cash += act.cash
    elif act.what == "lost":  # its act never comes, the money is there; and he has another phone
        purse.cash += act.cash
        purse.phone = make_device(session, purse.courier)
    elif act.what == "enrol":
        purse.phone = make_device(session, purse.courier)
    else:
        _hand_in(session, purse, counter, act, then)


def _hand_in(session: UnitOfWork, purse: Purse, counter: StaffAccount, act: Act, then: datetime) -> None:
    money = cash_day(session, purse.courier, local_day(then))
    corrects = money.hand_ins[-1].id if act.what == "recount" and money.hand_ins else None
    given = Cash(max(0, purse.cash.postage + (act.off_by if act.what == "hand_in_wrong" else 0)), purse.cash.state_fee)
    count = counted(session, purse.courier, then, given, by=counter)
    row = handed_in(session, count, purse.courier, by=counter, reason=CashReason.OVER, corrects_id=corrects)
    purse.cash = NOTHING
    if corrects is not None:
        del purse.given[corrects]
    purse.given[row.id] = given


def agrees(session: UnitOfWork, purse: Purse) -> None:
    days = [cash_day(session, purse.courier, day) for day in DAYS]
    for money in days:
        said = day_book(session, Party(Holder.COURIER, str(purse.courier.id)), money.day)
        assert sum(said.cash.values()) == money.taken.total
        assert said.receipts == len(money.receipts)
        assert money.taken == money.handed_in + money.in_hand + money.difference
        assert _named(said.money) == (_numbers(money), bool(money.difference))
        assert _on_phone(session, purse, money) == (money.taken, money.in_hand)
    kept = in_hand(session, [purse.courier.id]).get(purse.courier.id, [])
    assert total_of(one.cash for one in kept) == total_of(money.in_hand for money in days)
    assert total_of(money.handed_in for money in days) == total_of(purse.given.values())


def _named(faults: Sequence[MoneyFault]) -> tuple[set[str], bool]:
    """Receipts without cash, and whether a difference is told."""
    without = {one.named for one in faults if one.why is MoneyWhy.NO_CASH}
    return without, any(one.why is MoneyWhy.DIFFERENCE for one in faults)


def _numbers(money: CashDay) -> set[str]:
    return {one.number for one in money.receipts if one not in money.covered}


def _on_phone(session: UnitOfWork, purse: Purse, money: CashDay) -> tuple[Cash, Cash]:
    """After signing in anew: the phone knows nothing but what the office tells it."""
    rows = bundle(session, purse.courier.id, money.day, LAST)
    spare = number_blocks.reserve(session, purse.phone.id, LAST)
    told = bundle_json(rows, spare, Installation(LAST, KEYS.pepper, "a key of tests", 5_000_000))["cash"]
    return total_of(map(_cash, told["receipts"])), _cash(told["in_hand"])


def _cash(told: Mapping[str, int]) -> Cash:
    return Cash(told["postage"], told["state_fee"])


def office_is_the_sum_of_its_couriers(session: UnitOfWork, office_id: int, day: date) -> None:
    days = office_cash(session, office_id, day)
    book = day_book(session, Party(Holder.OFFICE_SAFE, str(office_id)), day)
    written: Counter[str] = Counter()
    numbers = [one.number for money in days for one in money.receipts]
    for row in session.scalars(select(Receipt).where(Receipt.number.in_(numbers))):
        written.update({part["kind"]: part["amount"] for part in row.parts})
    assert {kind: amount for kind, amount in book.cash.items() if amount} == {k: v for k, v in written.items() if v}
    assert sum(written.values()) == sum(money.taken.total for money in days)
    assert book.receipts == len(numbers)
