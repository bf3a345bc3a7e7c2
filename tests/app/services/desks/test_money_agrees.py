"""Cash and transfers of the same days together: every đồng has one owner, per part, courier, office and account.

Beside the books stands what really happened, as only the test knows it: what lies in a pocket, in a safe, in an account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.bank import BankOdd, Incoming
from app.domain.cash import PURSE_OF, Cash, CashReason, PaidTo, cash_of, total_of
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.tariff import ChargeKind, Direction, Discount
from app.models import BankLine, Charge, Device, Errand, MoneyConfirmation, Office, Receipt, Refund, StaffAccount
from app.queries.desks.bank import bank_tasks, due_charges, missing_serials
from app.queries.desks.cash import cash_day, fees_held, office_cash
from app.queries.desks.cash_faults import MoneyWhy, money_faults
from app.queries.tracking.paid import paid_amounts
from app.queries.tracking.payments import payments_of
from app.services.desks import bank
from app.services.desks.cash import RemitFees, remit
from app.services.sync.taking import PAY
from app.unit_of_work import UnitOfWork
from tests.app.services.desks.test_bank import ACCOUNT, HUMAN, OTHER, code, told
from tests.factories import NOW, make_courier, make_dossier, make_errand, make_office, make_request, make_staff
from tests.factories.cash import counted, handed_in, make_receipt
from tests.factories.phone import make_device

DAY = local_day(NOW)
serial = count(1)


@dataclass
class World:
    """The real money beside the books'."""

    office: Office
    counter: StaffAccount
    phones: list[Device]
    errands: list[Errand]
    pockets: list[Cash] = field(default_factory=lambda: [Cash(), Cash()])
    safe: Cash = field(default_factory=Cash)
    passed_on: int = 0
    account: Counter[str] = field(default_factory=Counter)  # by the account's number
    lines: list[Incoming] = field(default_factory=list)


@dataclass(frozen=True)
class Act:
    what: str
    errand: int
    courier: int
    some: int  # thousands of đồng


ACTS = st.lists(
    st.builds(
        Act,
        what=st.sampled_from(
            [
                "door", "door", "door_twice", "door_over", "door_some", "exact", "exact", "short", "over", "no_code", "elsewhere",
                "told_again", "told_by_file", "cancel", "settle", "refund", "send_back", "set_aside", "hand_in",
                "hand_in_short", "pass_on",
            ]
        ),
        errand=st.integers(0, 3),
        courier=st.integers(0, 1),
        some=st.integers(1, 4),
    ),
    max_size=22,
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ACTS)
def test_every_dong_of_a_day_has_an_owner(session: UnitOfWork, acts: list[Act]) -> None:
    with session.begin_nested() as day:
        world = _world(session)
        for minute, act in enumerate(acts):
            _do(session, world, act, NOW + timedelta(minutes=minute))
        session.flush()
        session.expire_all()
        account_adds_up(session, world)
        parts_add_up(session, world)
        couriers_and_office_add_up(session, world)
        what_is_odd_is_somebodys_task(session, world)
        day.rollback()


def _world(session: UnitOfWork) -> World:
    office = make_office(session)
    phones = [make_device(session, make_courier(session, office=office)) for _ in range(2)]
    errands = [
        _charged(session, [(26_000, 31_000)]),
        _charged(session, [(26_000, 31_000)], fee=20_000),
        _charged(session, [(28_500, 34_500), (0, 0)]),  # two dossiers of one visit
        _charged(session, [(13_000, 15_500)], discount=Discount.HALF),
    ]
    return World(office, make_staff(session, Role.COUNTER, office=office), phones, errands)


def _charged(
    session: Session, postages: list[tuple[int, int]], fee: int = 0, discount: Discount = Discount.NONE
) -> Errand:
    errand = make_errand(session, request=make_request(session))
    for lower, upper in postages:
        dossier = make_dossier(session, request=errand.request)
        parts = [(ChargeKind.POSTAGE, lower, upper)]
        if fee:
            parts += [(ChargeKind.STATE_FEE, fee, fee), (ChargeKind.REMITTANCE, 8_000, 8_000)]
        for kind, amount, most in parts:
            postage = kind is ChargeKind.POSTAGE
            session.add(
                Charge(
                    request_id=errand.request_id,
                    dossier_id=dossier.id,
                    errand_id=errand.id,
                    kind=kind,
                    direction=Direction.SEND if postage else None,
                    amount=amount,
                    upper_amount=most,
                    basis="",
                    discount=discount.value if postage else Discount.NONE.value,
                )
            )
    session.flush()
    return errand


# -- what happens


def _do(session: UnitOfWork, world: World, act: Act, then: datetime) -> None:
    errand = world.errands[act.errand]
    if act.what.startswith("door"):
        _collect(session, world, act, errand, then)
    elif act.what in {"exact", "short", "over", "no_code", "elsewhere"}:
        _transfer(session, world, act, errand)
    elif act.what in {"told_again", "told_by_file"} and world.lines:
        last = world.lines[-1]
        again = last if act.what == "told_again" else replace(last, source="file", operator_id=None)
        assert not bank.take_in(session, again, ACCOUNT, then)
    elif act.what == "cancel":
        errand.state = ErrandState.CANCELLED
        session.flush()
    elif act.what.startswith("hand_in"):
        _hand_in(session, world, act, then)
    elif act.what == "pass_on":
        _pass_on(session, world, then)
    else:
        _decide(session, world, act.what, then)


def _collect(session: UnitOfWork, world: World, act: Act, errand: Errand, then: datetime) -> None:
    """As a phone does that had its bundle before: it may not know yet what came over the bank."""
    if errand.state is ErrandState.CANCELLED:
        return
    charges = session.scalars(select(Charge).where(Charge.errand_id == errand.id).order_by(Charge.id)).all()
    extra = act.some * 1_000 if act.what == "door_over" else 0
    parts = [{"kind": one.kind.value, "amount": (one.amount or 0) + extra * (not at)} for at, one in enumerate(charges)]
    if act.what == "door_some":
        parts = [one | {"amount": act.some * 1_000 * (not at)} for at, one in enumerate(parts)]
    for use in range(2 if act.what == "door_twice" else 1):
        make_receipt(
            session, world.phones[act.courier], then + timedelta(seconds=use), errand_id=errand.id, parts=parts
        )
        world.pockets[act.courier] += cash_of(parts)
    paid = {ChargeKind(str(part["kind"])) for part in parts}
    session.connection().execute(PAY, [{"errand": errand.id, "of": kind, "at": then} for kind in paid])
    session.flush()
    session.expire_all()  # what a phone pays is written past the session


def _transfer(session: UnitOfWork, world: World, act: Act, errand: Errand) -> None:
    due = sum(one.amount or 0 for one in due_charges(session, errand.request_id, bank.OF_THE_POST)) or 26_000
    amount = {"short": due - act.some * 1_000, "over": due + act.some * 1_000}.get(act.what, due)
    said = told("cuoc ho so" if act.what == "no_code" else f"CT {code(session, errand)} GD", amount)
    if act.what == "elsewhere":
        said = replace(said, account="0099")
    world.lines.append(said)
    world.account[said.account] += amount
    assert bank.take_in(session, said, ACCOUNT, NOW)


def _hand_in(session: UnitOfWork, world: World, act: Act, then: datetime) -> None:
    has = world.pockets[act.courier]
    short = min(has.postage, act.some * 1_000) if act.what == "hand_in_short" else 0
    given = Cash(has.postage - short, has.state_fee)
    courier = world.phones[act.courier].courier
    count = counted(session, courier, then, given, by=world.counter)
    handed_in(session, count, courier, by=world.counter, reason=CashReason.SHORT)
    world.pockets[act.courier] = Cash(short)
    world.safe += given


def _pass_on(session: UnitOfWork, world: World, then: datetime) -> None:
    amount = fees_held(session, world.office.id)
    if not amount:
        return
    slip = RemitFees(
        operation_id=uuid4(), office_id=world.office.id, amount=amount, slip_number=f"GN-{next(serial)}",
        paid_to=PaidTo.TREASURY, account_id=world.counter.id, now=then, reason=None, corrects_id=None,
    )  # fmt: skip
    remit(session, slip)
    world.safe -= Cash(0, amount)
    world.passed_on += amount


def _decide(session: UnitOfWork, world: World, what: str, then: datetime) -> None:
    """On the first task for which it may be done."""

    def said(line: BankLine, by: str = HUMAN, reference: str = "") -> bank.DecideLine:
        return bank.DecideLine(line.id, by, then, reference)

    steps: dict[str, Callable[[BankLine], object]] = {
        "settle": lambda line: bank.settle(session, said(line), ACCOUNT),
        "refund": lambda line: bank.ask_refund(session, said(line)),
        "set_aside": lambda line: bank.set_aside(session, said(line)),
    }
    for task in bank_tasks(session):
        try:
            if what == "refund" and task.charge_id is not None:
                bank.ask_refund_of_charge(session, task.charge_id, said(task.line))
            elif what != "send_back":
                steps[what](task.line)
            elif task.refund is not None:
                bank.pay_refund(session, task.refund.id, said(task.line, OTHER, "FT-back"))
                world.account[task.line.account] -= task.refund.amount
        except DomainError:
            continue
        return


# -- what the books say of it


def account_adds_up(session: Session, world: World) -> None:
    """Per account: what came and did not go back = what paid postage + what is another's + what waits for a person."""
    lines = session.scalars(select(BankLine)).all()
    tasks = bank_tasks(session)
    for account, really in world.account.items():
        mine = [line for line in lines if line.account == account]
        refunds = select(Refund).where(Refund.line_id.in_([line.id for line in mine]), Refund.paid_at.is_not(None))
        went = session.scalars(refunds).all()
        earned = sum(line.settled for line in mine) - sum(one.amount for one in went if one.charge_id is not None)
        others = sum(line.rest for line in mine if line.elsewhere_at is not None)
        waiting = sum(task.amount for task in tasks if task.line.account == account and task.charge_id is None)
        assert really == earned + others + waiting
    assert missing_serials(session, DAY.year) == []


def parts_add_up(session: Session, world: World) -> None:
    """Postage, state fee and remittance each: charges that are paid are paid by what a confirmation or a receipt says."""
    ids = [errand.request_id for errand in world.errands]
    charges = session.scalars(select(Charge).where(Charge.request_id.in_(ids))).all()
    paid = paid_amounts(session, charges)
    assert {one.id for one in charges if one.paid_at is not None} == set(paid)
    confirmed, received = Counter[str](), Counter[str]()
    for parts in session.scalars(select(MoneyConfirmation.parts)):
        confirmed.update({str(part["charge"]): part["amount"] for part in parts})
    for parts in session.scalars(select(Receipt.parts)):
        for part in parts:
            received[part["kind"]] += part["amount"]
    assert sum(confirmed.values()) == session.scalar(select(func.coalesce(func.sum(BankLine.settled), 0)))
    for kind in ChargeKind:
        of_kind = [one for one in charges if one.kind is kind and one.id in paid]
        by_bank = sum(confirmed[str(one.id)] for one in of_kind)
        at_doors = sum(paid[one.id] for one in of_kind if str(one.id) not in confirmed)
        again = received[kind.value] - at_doors  # taken over the bank, too, or twice
        assert again >= 0
        assert sum(paid[one.id] for one in of_kind) + again == by_bank + received[kind.value]
    assert not any(confirmed[str(one.id)] for one in charges if one.kind is ChargeKind.STATE_FEE)
    for errand in world.errands:
        told_to_citizen = sum(one.amount for one in payments_of(session, errand.request))
        mine = select(Receipt.parts).where(Receipt.errand_id == errand.id)
        cash = sum(part["amount"] for parts in session.scalars(mine) for part in parts)
        assert told_to_citizen == cash + sum(confirmed[str(one.id)] for one in charges if one.errand_id == errand.id)


def couriers_and_office_add_up(session: Session, world: World) -> None:
    days = [cash_day(session, phone.courier, DAY) for phone in world.phones]
    for money, pocket in zip(days, world.pockets, strict=True):
        assert money.in_hand + money.difference == pocket
        assert money.taken == money.handed_in + pocket
    assert total_of(one.handed_in for one in days) == world.safe + Cash(0, world.passed_on)
    assert fees_held(session, world.office.id) == world.safe.state_fee
    assert total_of(one.taken for one in office_cash(session, world.office.id, DAY)) == total_of(
        cash_of(parts) for parts in session.scalars(select(Receipt.parts))
    )


def what_is_odd_is_somebodys_task(session: Session, world: World) -> None:
    days = office_cash(session, world.office.id, DAY)
    faults = list(money_faults(session, days))
    named = {one.named for one in faults if one.why in {MoneyWhy.TAKEN_TWICE, MoneyWhy.TAKEN_OVER}}
    for errand in world.errands:
        charges = session.scalars(select(Charge).where(Charge.errand_id == errand.id)).all()
        spent = {part["charge"] for parts in session.scalars(select(MoneyConfirmation.parts)) for part in parts}
        receipts = session.scalars(select(Receipt).where(Receipt.errand_id == errand.id)).all()
        taken = total_of(cash_of(one.parts) for one in receipts)
        most = total_of(
            Cash(**{PURSE_OF[one.kind].value: one.upper_amount or 0}) for one in charges if one.id not in spent
        )
        over = taken.postage > most.postage or taken.state_fee > most.state_fee
        assert ({one.number for one in receipts} <= named) or not over
        assert named.isdisjoint(one.number for one in receipts) or over
    for line in session.scalars(select(BankLine).where(BankLine.settled < BankLine.amount)):
        back = select(Refund.id).where(
            Refund.line_id == line.id, Refund.charge_id.is_(None), Refund.paid_at.is_not(None)
        )
        decided = line.elsewhere_at is not None or session.scalar(back) is not None
        assert decided or any(task.line is line and task.charge_id is None for task in bank_tasks(session))
        assert line.odd is not None or decided or line.settled
    for line in session.scalars(select(BankLine).where(BankLine.odd == BankOdd.OTHER_ACCOUNT, BankLine.settled > 0)):
        paid = session.get_one(MoneyConfirmation, (line.confirmation_year, line.confirmation_serial))
        assert paid.made_by == HUMAN


def test_who_has_transferred_owes_nothing_up_to_the_upper_value(session: UnitOfWork) -> None:
    world = _world(session)
    for minute, what in enumerate(["exact", "door_some"]):
        _do(session, world, Act(what, 0, 0, 3), NOW + timedelta(minutes=minute))
    what_is_odd_is_somebodys_task(session, world)
    (receipt,) = session.scalars(select(Receipt))
    days = office_cash(session, world.office.id, DAY)
    assert [one.named for one in money_faults(session, days) if one.why is MoneyWhy.TAKEN_OVER] == [receipt.number]
