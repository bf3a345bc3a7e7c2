"""Envelopes and seals: a label from the roll, one unbroken seal an envelope, every seal number once ever."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.custody import Party
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose, parse_s10, parse_seal, s10
from app.models import Dossier, Parcel, Seal
from app.models.parcel import PARCEL_ROLL
from app.unit_of_work import UnitOfWork


def make_parcel(
    work: UnitOfWork, dossier: Dossier, purpose: ParcelPurpose, code: str | None, at: Party, now: datetime
) -> Parcel:
    """An envelope that no chain knows yet, where it is made; `code` None takes the next label of the roll.

    Raises `parcel_code_malformed` or `parcel_code_used`.
    """
    parcel = Parcel(
        id=uuid4(),
        code=_label(work, code),
        purpose=purpose,
        dossier=dossier,
        dossier_id=dossier.id,
        holder=at.holder,
        holder_id=at.id,
        event_no=0,
        head_hash="0" * 64,
        gap=False,
        created_at=now,
    )
    work.add(parcel)
    if work.prefetched is not None:
        work.prefetched.envelopes[parcel.dossier_id, parcel.purpose] = parcel.code
    return parcel


def _label(work: UnitOfWork, given: str | None) -> str:
    if given is None:
        return next_label(work)
    return check_label(work, given)


def check_label(work: UnitOfWork, given: str) -> str:
    """The code of a label that is on no envelope yet. Raises `parcel_code_malformed` or `parcel_code_used`."""
    code = parse_s10(given)
    if work.prefetched is None and work.scalar(select(Parcel.id).where(Parcel.code == code)) is not None:
        raise DomainError("parcel_code_used", kind="invalid", field="parcel_code", parcel=code)
    return code


def next_label(session: Session) -> str:
    """The next free label of the roll; a label that somebody typed before its turn is passed over."""
    while True:
        code = s10(session.execute(PARCEL_ROLL.next_value()).scalar_one())
        if session.scalar(select(Parcel.id).where(Parcel.code == code)) is None:
            return code


def apply_seal(work: UnitOfWork, parcel: Parcel, given: str, now: datetime) -> str:
    """Close the envelope. Raises `seal_number_malformed`, `seal_used` (here or elsewhere) or `already_sealed`."""
    number = parse_seal(given)
    if work.prefetched is not None:  # a number that is used already shows itself when the batch is written
        work.add_later(Seal(number=number, parcel_id=parcel.id, applied_at=now))
        return number
    work.flush()  # the parcel's row first
    row = insert(Seal).values(number=number, parcel_id=parcel.id, applied_at=now).on_conflict_do_nothing()
    if work.scalar(row.returning(Seal.number)) is None:
        raise _seal_refused(work, number)
    return number


def _seal_refused(session: Session, number: str) -> DomainError:
    used = session.scalar(select(Seal.number).where(Seal.number == number)) is not None
    return DomainError("seal_used" if used else "already_sealed", kind="invalid", field="seal_number", number=number)


def break_seal(session: Session, parcel_id: UUID, now: datetime) -> None:
    session.execute(update(Seal).where(Seal.parcel_id == parcel_id, Seal.broken_at.is_(None)).values(broken_at=now))
