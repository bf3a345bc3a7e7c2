"""Sign a holder's day: even, anybody at the counter; with a fault or an open incident, the office's manager alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.wording import whole_number
from app.models import Courier, DayClose, Office, StaffAccount
from app.queries.desks.day_book import day_book, signed

SIGNERS: Final = frozenset({Role.COUNTER, Role.OFFICE_MANAGER})


def close(session: Session, party: Party, day: date, by: str, now: datetime) -> DayClose:
    """Sign once: a second signature gets the row that stands, whoever gives it.

    Raises `party_unknown`, `day_ahead`, `not_your_side` for anybody but the staff of the holder's office, and
    `manager_signs` when envelopes or incidents are open.
    """
    if day > local_day(now):
        raise DomainError("day_ahead", kind="invalid", field="day", day=day)
    signer = _signer(session, party, by)
    stored = signed(session, party, day)
    if stored is not None:
        return stored
    book = day_book(session, party, day)
    if book.needs_manager and signer.role is not Role.OFFICE_MANAGER:
        raise DomainError("manager_signs", kind="forbidden", open=len(book.faults) + len(book.incidents))
    row = insert(DayClose).values(
        holder=party.holder,
        holder_id=party.id,
        day=day,
        balance=book.figures(),
        even=book.even,
        incidents=[
            {"id": one.id, "kind": one.kind, "parcel": one.parcel_code, "opened_at": one.opened_at.isoformat()}
            for one in book.incidents
        ],
        signed_by=by,
        signed_at=now,
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["holder", "holder_id", "day"]))
    standing = signed(session, party, day)
    assert standing is not None  # ours, or that of whoever signed at the same moment
    return standing


def _signer(session: Session, party: Party, by: str) -> StaffAccount:
    kind, _, number = by.partition(":")
    account = session.get(StaffAccount, whole_number(number) or 0) if kind == "staff" else None
    if account is None or account.role not in SIGNERS or account.office_id != _office_of(session, party):
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
