"""Labels with S10 codes for the rolls of desks and counters, and the label of one envelope once more."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.custody import Party
from app.domain.errors import DomainError
from app.domain.parcel import s10
from app.models import Parcel, StrayScan
from app.models.parcel import PARCEL_ROLL
from app.services import audit

A_SHEET: Final = 24
SHEETS_AT_ONCE: Final = 20


def print_sheets(session: Session, sheets: int | None, at: Party, by: str, now: datetime) -> list[str]:
    """Fresh codes for so many sheets of labels: nobody else gets them, whatever becomes of the paper.

    Raises `label_sheets_malformed` for fewer sheets than one, or more than `SHEETS_AT_ONCE`.
    """
    if sheets is None or not 1 <= sheets <= SHEETS_AT_ONCE:
        raise DomainError("label_sheets_malformed", kind="invalid", field="sheets", most=SHEETS_AT_ONCE)
    codes = _draw(session, sheets * A_SHEET)
    audit.record(
        session, by, "labels.printed", at.holder.value, at.id, now, first=codes[0], last=codes[-1], labels=len(codes)
    )
    return codes


def _draw(session: Session, wanted: int) -> list[str]:
    """In the order of the roll; a code that is on an envelope already, typed before its turn, is passed over."""
    codes: list[str] = []
    while len(codes) < wanted:
        places = func.generate_series(1, wanted - len(codes)).alias("drawn")
        numbers = session.scalars(select(PARCEL_ROLL.next_value()).select_from(places)).all()
        drawn = [s10(number) for number in sorted(numbers)]
        used = set(session.scalars(select(Parcel.code).where(Parcel.code.in_(drawn))))
        used |= set(session.scalars(select(StrayScan.code).where(StrayScan.code.in_(drawn))))
        codes += [code for code in drawn if code not in used]
    return codes


def print_again(session: Session, parcel: Parcel, by: str, now: datetime) -> Parcel:
    """The code it has, for an envelope just packed, or a label that came off; who printed it is written down."""
    audit.record(session, by, "label.printed_again", "parcel", parcel.id, now)
    return parcel
