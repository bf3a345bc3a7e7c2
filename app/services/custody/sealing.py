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
from app.services.custody import prefetch


def make_parcel(
    session: Session, dossier: Dossier, purpose: ParcelPurpose, code: str | None, at: Party, now: datetime
) -> Parcel:
    """An envelope that no chain knows yet, where it is made; `code` None takes the next label of the roll.

    Raises `parcel_code_malformed` or `parcel_code_used`.
    """
    parcel = Parcel(
        id=uuid4(),
        code=_label(session, code),
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
    session.add(parcel)
    prefetch.note(session, parcel)
    return parcel


def _label(session: Session, given: str | None) -> str:
    if given is None:
        return next_label(session)
    return check_label(session, given)


def check_label(session: Session, given: str) -> str:
    """The code of a label that is on no envelope yet. Raises `parcel_code_malformed` or `parcel_code_used`."""
    code = parse_s10(given)
    if not prefetch.is_read(session) and session.scalar(select(Parcel.id).where(Parcel.code == code)) is not None:
        raise DomainError("parcel_code_used", kind="invalid", field="parcel_code", parcel=code)
    return code


def next_label(session: Session) -> str:
    """The next free label of the roll; a label that somebody typed before its turn is passed over."""
    while True:
        code = s10(session.execute(PARCEL_ROLL.next_value()).scalar_one())
        if session.scalar(select(Parcel.id).where(Parcel.code == code)) is None:
            return code


def apply_seal(session: Session, parcel: Parcel, given: str, now: datetime) -> str:
    """Close the envelope. Raises `seal_number_malformed`, `seal_used` (here or elsewhere) or `already_sealed`."""
    number = parse_seal(given)
    if prefetch.is_read(session):
        prefetch.add(session, Seal(number=number, parcel_id=parcel.id, applied_at=now))
        return number
    session.flush()  # the parcel's row first
    row = insert(Seal).values(number=number, parcel_id=parcel.id, applied_at=now).on_conflict_do_nothing()
    if session.scalar(row.returning(Seal.number)) is None:
        raise _seal_refused(session, number)
    return number


def _seal_refused(session: Session, number: str) -> DomainError:
    used = session.scalar(select(Seal.number).where(Seal.number == number)) is not None
    return DomainError("seal_used" if used else "already_sealed", kind="invalid", field="seal_number", number=number)


def break_seal(session: Session, parcel_id: UUID, now: datetime) -> None:
    session.execute(update(Seal).where(Seal.parcel_id == parcel_id, Seal.broken_at.is_(None)).values(broken_at=now))
