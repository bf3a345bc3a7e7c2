"""A day's book of an office or a courier: the balance of envelopes, what does not come out, the cash, and who signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, select
from sqlalchemy.orm import Session

from app.clock import end_of_day, start_of_day
from app.domain.custody import EventKind, Holder, Party
from app.domain.day_book import BookStep, CloseReason, ReopenReason
from app.domain.parcel import PaperState
from app.models import (
    Claim,
    Courier,
    CustodyEvent,
    DayBookEvent,
    DayClose,
    Device,
    Errand,
    Incident,
    Operation,
    Paper,
    Parcel,
    Receipt,
    ServiceRequest,
    StrayScan,
)
from app.queries.custody.confirmations import of_party, unanswered
from app.queries.custody.parties import names_of
from app.queries.desks.balances import DayBalance, balance
from app.queries.desks.cash import cash_days, couriers_of, is_booked
from app.queries.desks.cash_faults import MoneyFault, money_faults
from app.queries.desks.safe_counts import of_day
from app.queries.desks.still_out import in_bags, phones_owing, rounds_out

COUNTED: Final = ("opening", "received", "handed_over", "delivered", "returned", "lost", "closing")


class Why(StrEnum):
    """Why an envelope keeps a day from coming out even."""

    REGISTER = "register"  # the chains and the register place it differently
    GAP = "gap"
    UNANSWERED = "unanswered"  # one side alone has said so
    PAPERS = "papers"  # counted differently at the desk that day
    STRAY = "stray"  # scanned, and in no book
    CLAIM = "claim"  # reported by a phone without standing, not confirmed yet
    ROUND = "round"  # under way, or still to begin
    BAG = "bag"  # with a courier
    PHONE = "phone"  # something is still on it
    COUNT = "count"  # of the safe, asked for from above and not done


@dataclass(frozen=True, slots=True)
class BookFault:
    """`parcel_code`: of a round or a count its number, of a phone its make."""

    parcel_code: str
    why: Why


@dataclass(frozen=True, slots=True)
class Signature:
    """The one that stands: the first, or the last after the book was opened again."""

    id: int
    signed_by: str
    signed_at: datetime
    balance: Mapping[str, Any]
    even: bool
    incidents: Sequence[Mapping[str, Any]]
    reason: CloseReason | None


@dataclass(frozen=True, slots=True)
class BookEntry:
    """A signature, or an opening."""

    at: datetime
    by: str
    close_reason: CloseReason | None
    reopen_reason: ReopenReason | None
    opens: bool


@dataclass(frozen=True, slots=True)
class DayBook:
    party: Party
    name: str
    balance: DayBalance
    faults: tuple[BookFault, ...]
    incidents: tuple[Incident, ...]
    out: tuple[BookFault, ...]  # not home yet: rounds, envelopes in bags, what phones owe
    cash: dict[str, int]  # kind of charge → đồng
    receipts: int
    money: tuple[MoneyFault, ...]
    counted: bool  # no money waits to be counted, so that what it should be may be shown
    waiting: int  # operations still on the phones, as these said at their last contact
    signed: Signature | None
    story: tuple[BookEntry, ...]  # of a book that was opened again, oldest first

    @property
    def even(self) -> bool:
        return not self.faults

    @property
    def needs_manager(self) -> bool:
        return self.open > 0

    @property
    def open(self) -> int:
        """How much is out, or does not agree."""
        return len(self.faults) + len(self.incidents) + len(self.out) + len(self.money)

    def figures(self) -> dict[str, Any]:
        """What is signed."""
        return {
            **{name: getattr(self.balance, name) for name in COUNTED},
            "faults": [{"parcel": fault.parcel_code, "why": fault.why.value} for fault in self.faults],
            "out": [{"named": fault.parcel_code, "why": fault.why.value} for fault in self.out],
            "money": [{"named": fault.named, "why": fault.why.value} for fault in self.money],
            "cash": self.cash,
            "receipts": self.receipts,
        }


def day_book(session: Session, party: Party, day: date) -> DayBook:
    """The counts by the time our side received each fact; faults and incidents as they stand at this moment."""
    counted = balance(session, party, day)
    cash, receipts = _cash(session, party, day)
    couriers = _couriers(session, party, day)
    money = list(cash_days(session, couriers, day)) if is_booked(session, day) else []
    steps = _steps(session, party, day)
    return DayBook(
        party=party,
        name=names_of(session, [party]).get(party, ""),
        balance=counted,
        faults=tuple(dict.fromkeys(_faults(session, party, day, counted))),
        incidents=tuple(session.scalars(_incidents(party))),
        out=(*_uncounted(session, party, day), *_out(session, [courier.id for courier in couriers], day)),
        cash=cash,
        receipts=receipts,
        money=tuple(money_faults(session, money)),
        counted=not any(one.in_hand for one in money),
        waiting=_waiting(session, party),
        signed=_standing(steps),
        story=tuple(map(_step, steps)) if len(steps) > 1 else (),
    )


def office_books(session: Session, office_id: int, day: date) -> list[DayBook]:
    """The safe first, then every courier whose day it is about."""
    safe = Party(Holder.OFFICE_SAFE, str(office_id))
    couriers = (Party(Holder.COURIER, str(courier.id)) for courier in couriers_of(session, office_id, day))
    return [day_book(session, party, day) for party in (safe, *couriers)]


def signed(session: Session, party: Party, day: date) -> Signature | None:
    """None: never signed, or opened again since."""
    return _standing(_steps(session, party, day))


def standing_at() -> ColumnElement[datetime | None]:
    """Of a `DayClose`: when the signature that stands was given; NULL for a book that was opened again since."""
    mine = select(DayBookEvent).where(DayBookEvent.close_id == DayClose.id).correlate(DayClose)
    again = case((DayBookEvent.kind == BookStep.SIGNED_AGAIN, DayBookEvent.at))
    last = mine.with_only_columns(again).order_by(DayBookEvent.number.desc()).limit(1).scalar_subquery()
    return case((mine.exists(), last), else_=DayClose.signed_at)


def _steps(session: Session, party: Party, day: date) -> list[DayClose | DayBookEvent]:
    """The first signature, then what became of it."""
    first = first_close(session, party, day)
    if first is None:
        return []
    later = select(DayBookEvent).where(DayBookEvent.close_id == first.id).order_by(DayBookEvent.number)
    return [first, *session.scalars(later)]


def first_close(session: Session, party: Party, day: date) -> DayClose | None:
    mine = (DayClose.holder == party.holder, DayClose.holder_id == party.id, DayClose.day == day)
    return session.scalar(select(DayClose).where(*mine))


def _standing(steps: Sequence[DayClose | DayBookEvent]) -> Signature | None:
    last = steps[-1] if steps else None
    if isinstance(last, DayClose):
        return Signature(last.id, last.signed_by, last.signed_at, last.balance, last.even, last.incidents, last.reason)
    if last is None or last.balance is None:
        return None
    return Signature(
        last.close_id, last.by, last.at, last.balance, bool(last.even), last.incidents or [], last.close_reason
    )


def _step(step: DayClose | DayBookEvent) -> BookEntry:
    if isinstance(step, DayClose):
        return BookEntry(step.signed_at, step.signed_by, step.reason, None, opens=False)
    return BookEntry(step.at, step.by, step.close_reason, step.reopen_reason, opens=step.kind is BookStep.REOPENED)


def _couriers(session: Session, party: Party, day: date) -> list[Courier]:
    """A courier, or those of an office whose day it is about."""
    number = int(party.id or 0)
    if party.holder is Holder.COURIER:
        return [session.get_one(Courier, number)]
    return couriers_of(session, number, day) if party.holder is Holder.OFFICE_SAFE else []


def _uncounted(session: Session, party: Party, day: date) -> Iterator[BookFault]:
    asked = of_day(session, int(party.id or 0), day) if party.holder is Holder.OFFICE_SAFE else ()
    yield from (BookFault(str(one.id), Why.COUNT) for one in asked if one.result is None)


def _out(session: Session, courier_ids: Sequence[int], day: date) -> Iterator[BookFault]:
    for number in rounds_out(session, courier_ids, day):
        yield BookFault(str(number), Why.ROUND)
    for code in in_bags(session, courier_ids):
        yield BookFault(code, Why.BAG)
    for name in phones_owing(session, courier_ids, day):
        yield BookFault(name, Why.PHONE)


def _faults(session: Session, party: Party, day: date, counted: DayBalance) -> Iterator[BookFault]:
    for found in counted.mismatches:
        if found.by_chain != found.by_register:
            yield BookFault(found.parcel_code, Why.REGISTER)
    for code in session.scalars(_torn(party, day)):
        yield BookFault(code, Why.GAP)
    for line in unanswered(session, party):
        yield BookFault(line.parcel.code, Why.UNANSWERED)
    for code in session.scalars(_counted_short(party, day)):
        yield BookFault(code, Why.PAPERS)
    for code in session.scalars(_strays(party)):
        yield BookFault(code, Why.STRAY)
    for code in session.scalars(_claimed(party)):
        yield BookFault(code, Why.CLAIM)


def _torn(party: Party, day: date) -> Select[str]:
    """Envelopes with an open gap that went through these hands, wherever they are now; an office's couriers are its hands."""
    hands = of_party(party)
    if party.holder is Holder.OFFICE_SAFE:
        hands |= _through(select(cast(Courier.id, Text)).where(Courier.office_id == int(party.id or 0)))
    handled = select(CustodyEvent.parcel_id).where(hands, CustodyEvent.received_at < end_of_day(day))
    return select(Parcel.code).where(Parcel.gap, Parcel.id.in_(handled)).order_by(Parcel.code)


def _through(couriers: Select[str]) -> ColumnElement[bool]:
    gave = and_(CustodyEvent.giver == Holder.COURIER, CustodyEvent.giver_id.in_(couriers))
    return gave | and_(CustodyEvent.taker == Holder.COURIER, CustodyEvent.taker_id.in_(couriers))


def _counted_short(party: Party, day: date) -> Select[str]:
    """Envelopes that passed through this holder's hands and were found short when the desk opened them that day."""
    opened = select(CustodyEvent.id).where(
        CustodyEvent.parcel_id == Parcel.id,
        CustodyEvent.kind == EventKind.OPENED,
        CustodyEvent.received_at >= start_of_day(day),
        CustodyEvent.received_at < end_of_day(day),
    )
    short = select(Paper.id).where(Paper.parcel_id == Parcel.id, Paper.state == PaperState.MISSING)
    handled = select(CustodyEvent.parcel_id).where(of_party(party))
    return select(Parcel.code).where(opened.exists(), short.exists(), Parcel.id.in_(handled)).order_by(Parcel.code)


def _strays(party: Party) -> Select[str]:
    return select(StrayScan.code).where(StrayScan.settled_at.is_(None), _either_side(party)).order_by(StrayScan.code)


def _claimed(party: Party) -> Select[str]:
    """Envelopes that this office answers for; of a visit without one, the request's number. A courier answers for none."""
    office_id = int(party.id or 0) if party.holder is Holder.OFFICE_SAFE else None
    named = func.coalesce(func.nullif(Claim.code, ""), ServiceRequest.reference, "")
    waiting = select(named).select_from(Claim).outerjoin(Errand, Errand.id == Claim.errand_id)
    waiting = waiting.outerjoin(ServiceRequest, ServiceRequest.id == Errand.request_id)
    return waiting.where(Claim.office_id == office_id, Claim.settled_at.is_(None)).order_by(named)


def _either_side(party: Party) -> ColumnElement[bool]:
    gave = and_(StrayScan.giver == party.holder, StrayScan.giver_id == party.id)
    return gave | and_(StrayScan.taker == party.holder, StrayScan.taker_id == party.id)


def _incidents(party: Party) -> Select[Incident]:
    """An office answers for all of its own; a courier for those of envelopes that went through the bag."""
    opened = select(Incident).where(Incident.closed_at.is_(None)).order_by(Incident.opened_at, Incident.id)
    if party.holder is Holder.OFFICE_SAFE:
        return opened.where(Incident.office_id == int(party.id or 0))
    handled = select(Parcel.code).join(CustodyEvent, CustodyEvent.parcel_id == Parcel.id).where(of_party(party))
    return opened.where(Incident.parcel_code.in_(handled))


def _phones(party: Party) -> Select[Any]:
    """The phones of this courier, or of all couriers of this office."""
    number = int(party.id or 0)
    if party.holder is Holder.COURIER:
        return select(Device.id).where(Device.courier_id == number)
    return select(Device.id).join(Courier, Courier.id == Device.courier_id).where(Courier.office_id == number)


def _cash(session: Session, party: Party, day: date) -> tuple[dict[str, int], int]:
    taken = session.scalars(
        select(Receipt.parts)
        .join(Operation, Operation.id == Receipt.operation_id)
        .where(
            Operation.device_id.in_(_phones(party)),
            Receipt.paid_at >= start_of_day(day),
            Receipt.paid_at < end_of_day(day),
        )
    ).all()
    sums: Counter[str] = Counter()
    for part in (part for parts in taken for part in parts):
        sums[part["kind"]] += part["amount"]
    return dict(sorted(sums.items())), len(taken)


def _waiting(session: Session, party: Party) -> int:
    phones = select(Device.waiting).where(Device.id.in_(_phones(party)), Device.revoked_at.is_(None))
    return sum(session.scalars(phones))
