"""A day's book of an office or a courier: the balance of envelopes, what does not come out, the cash, and who signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, select
from sqlalchemy.orm import Session

from app.clock import end_of_day, start_of_day
from app.domain.custody import EventKind, Holder, Party
from app.domain.parcel import PaperState
from app.models import (
    Claim,
    Courier,
    CustodyEvent,
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

COUNTED: Final = ("opening", "received", "handed_over", "delivered", "returned", "lost", "closing")


class Why(StrEnum):
    """Why an envelope keeps a day from coming out even."""

    REGISTER = "register"  # the chains and the register place it differently
    GAP = "gap"
    UNANSWERED = "unanswered"  # one side alone has said so
    PAPERS = "papers"  # counted differently at the desk that day
    STRAY = "stray"  # scanned, and in no book
    CLAIM = "claim"  # reported by a phone without standing, not confirmed yet


@dataclass(frozen=True, slots=True)
class BookFault:
    parcel_code: str
    why: Why


@dataclass(frozen=True, slots=True)
class DayBook:
    party: Party
    name: str
    balance: DayBalance
    faults: tuple[BookFault, ...]
    incidents: tuple[Incident, ...]
    cash: dict[str, int]  # kind of charge → đồng
    receipts: int
    waiting: int  # operations still on the phones, as these said at their last contact
    signed: DayClose | None

    @property
    def even(self) -> bool:
        return not self.faults

    @property
    def needs_manager(self) -> bool:
        return bool(self.faults or self.incidents)

    def figures(self) -> dict[str, Any]:
        """What is signed."""
        return {
            **{name: getattr(self.balance, name) for name in COUNTED},
            "faults": [{"parcel": fault.parcel_code, "why": fault.why.value} for fault in self.faults],
            "cash": self.cash,
            "receipts": self.receipts,
        }


def day_book(session: Session, party: Party, day: date) -> DayBook:
    """The counts by the time our side received each fact; faults and incidents as they stand at this moment."""
    counted = balance(session, party, day)
    cash, receipts = _cash(session, party, day)
    return DayBook(
        party=party,
        name=names_of(session, [party]).get(party, ""),
        balance=counted,
        faults=tuple(dict.fromkeys(_faults(session, party, day, counted))),
        incidents=tuple(session.scalars(_incidents(party))),
        cash=cash,
        receipts=receipts,
        waiting=_waiting(session, party),
        signed=signed(session, party, day),
    )


def office_books(session: Session, office_id: int, day: date) -> list[DayBook]:
    """The safe first, then every courier of the office."""
    couriers = session.scalars(
        select(Courier.id).where(Courier.office_id == office_id, Courier.active).order_by(Courier.name, Courier.id)
    )
    safe = Party(Holder.OFFICE_SAFE, str(office_id))
    parties = [safe, *(Party(Holder.COURIER, str(number)) for number in couriers)]
    return [day_book(session, party, day) for party in parties]


def signed(session: Session, party: Party, day: date) -> DayClose | None:
    mine = (DayClose.holder == party.holder, DayClose.holder_id == party.id, DayClose.day == day)
    return session.scalar(select(DayClose).where(*mine))


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
