"""Sign a holder's day: all home and even, anybody at the counter; otherwise the office's manager alone, with a reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.custody import Holder, Party
from app.domain.day_book import BookStep, CloseReason, ReopenReason
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.wording import whole_number
from app.models import Courier, DayBookEvent, DayClose, Incident, Office, StaffAccount
from app.queries.custody.one_person import alone_on
from app.queries.desks.day_book import DayBook, Signature, day_book, first_close, signed

SIGNERS: Final = frozenset({Role.COUNTER, Role.OFFICE_MANAGER})
MANAGERS: Final = frozenset(
    {Role.OFFICE_MANAGER, Role.COORDINATOR}
)  # of those that may sign: uneven days, and opens again


def close(
    session: Session, party: Party, day: date, by: str, now: datetime, reason: CloseReason | None = None
) -> Signature:
    """Sign once: a second signature gets the one that stands, whoever gives it.

    Raises `party_unknown`, `day_ahead`, `not_your_side` for anybody but the staff of the holder's office, `manager_signs`
    when anything is out or open, and `close_reason_missing` when its manager does not say why he closes all the same.
    """
    if day > local_day(now):
        raise DomainError("day_ahead", kind="invalid", field="day", day=day)
    signer = _signer(session, party, day, by)
    stored = signed(session, party, day)
    if stored is not None:
        return stored
    book = day_book(session, party, day)
    if book.needs_manager and signer.role not in MANAGERS:
        raise DomainError("manager_signs", kind="forbidden", open=book.open)
    if book.needs_manager and reason is None:
        raise DomainError("close_reason_missing", kind="invalid", field="close_reason")
    _write(session, book, day, by, now, reason if book.needs_manager else None)
    standing = signed(session, party, day)
    assert standing is not None  # ours, or that of whoever signed at the same moment
    return standing


def reopen(session: Session, party: Party, day: date, by: str, now: datetime, reason: ReopenReason | None) -> None:
    """The manager, or who signs from afar, opens a signed book again: an event behind the signature, which stays as it was.

    Raises `party_unknown`, `not_your_side`, `manager_reopens`, `day_not_signed` or `close_reason_missing`.
    """
    if _signer(session, party, day, by).role not in MANAGERS:
        raise DomainError("manager_reopens", kind="forbidden")
    standing = signed(session, party, day)
    if standing is None:
        raise DomainError("day_not_signed")
    if reason is None:
        raise DomainError("close_reason_missing", kind="invalid", field="reopen_reason")
    _add(session, standing.id, {"kind": BookStep.REOPENED, "reopen_reason": reason, "by": by, "at": now})


def _write(session: Session, book: DayBook, day: date, by: str, now: datetime, reason: CloseReason | None) -> None:
    facts = {"balance": book.figures(), "even": book.even, "incidents": [_named(one) for one in book.incidents]}
    first = first_close(session, book.party, day)
    if first is not None:
        told = {"kind": BookStep.SIGNED_AGAIN, "close_reason": reason, "by": by, "at": now}
        _add(session, first.id, told | facts)
        return
    whose = {"holder": book.party.holder, "holder_id": book.party.id, "day": day}
    row = insert(DayClose).values(**whose, **facts, signed_by=by, signed_at=now, reason=reason)
    session.execute(row.on_conflict_do_nothing(index_elements=["holder", "holder_id", "day"]))


def _add(session: Session, close_id: int, facts: dict[str, Any]) -> None:
    """Behind the newest; of two at the same moment one is written."""
    last = select(func.coalesce(func.max(DayBookEvent.number), 0)).where(DayBookEvent.close_id == close_id)
    row = insert(DayBookEvent).values(close_id=close_id, number=(session.scalar(last) or 0) + 1, **facts)
    session.execute(row.on_conflict_do_nothing(index_elements=["close_id", "number"]))


def _named(incident: Incident) -> dict[str, Any]:
    opened_at = incident.opened_at.isoformat()
    return {"id": incident.id, "kind": incident.kind, "parcel": incident.parcel_code, "opened_at": opened_at}


def may_sign(session: Session, office_id: int, day: date, account: StaffAccount) -> bool:
    """Whether this account signs the books that this office keeps of that day, and opens them again where its role may.

    Who was the whole office on that day never does. A coordinator does from afar, for an office whose only person would sign
    for himself: on that day, or now, when nobody else is left there to do it.
    """
    alone = alone_on(session, office_id, day)
    if any(one.courier.staff_account_id == account.id for one in alone):
        return False
    if account.role is not Role.COORDINATOR:
        return account.role in SIGNERS and account.office_id == office_id
    now_alone = session.get_one(Office, office_id).one_person is not None
    return account.office_id in {None, office_id} and (bool(alone) or now_alone)


def _signer(session: Session, party: Party, day: date, by: str) -> StaffAccount:
    kind, _, number = by.partition(":")
    account = session.get(StaffAccount, whole_number(number) or 0) if kind == "staff" else None
    if account is None or not may_sign(session, _office_of(session, party), day, account):
        raise DomainError("not_your_side", kind="forbidden")
    return account


def _office_of(session: Session, party: Party) -> int:
    number = whole_number(party.id or "") or 0
    office = session.get(Office, number) if party.holder is Holder.OFFICE_SAFE else None
    courier = session.get(Courier, number) if party.holder is Holder.COURIER else None
    if office is not None:
        return office.id
    if courier is not None:
        return courier.office_id
    raise DomainError("party_unknown", kind="invalid", field="holder", party=party.holder)
