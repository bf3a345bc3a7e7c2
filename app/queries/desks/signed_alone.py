"""Money that one person handed in to the own safe: open until whoever stands above has signed that day's book."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Date, String, cast, func, select
from sqlalchemy.orm import Session

from app.clock import LOCAL, end_of_day, start_of_day
from app.domain.cash import Signed
from app.domain.custody import Holder
from app.models import CashHandIn, DayClose
from app.queries.desks.cash import stands
from app.queries.desks.day_book import standing_at
from app.queries.visible import Offices, within


def taken_alone(session: Session, office_id: int, day: date) -> Sequence[CashHandIn]:
    """Of the day on which it was handed in, whichever day's money it is; oldest first."""
    that_day = (CashHandIn.taken_at >= start_of_day(day), CashHandIn.taken_at < end_of_day(day))
    alone = (CashHandIn.office_id == office_id, CashHandIn.signed == Signed.ONE_PERSON, *stands())
    return session.scalars(select(CashHandIn).where(*alone, *that_day).order_by(CashHandIn.taken_at)).all()


def not_looked_at(session: Session, office_ids: Offices) -> Sequence[CashHandIn]:
    """Handed in after the last signature under the safe's book of that day, or never signed for; oldest first.

    Of an office that is one person's no longer, too.
    """
    that_day = cast(func.timezone(LOCAL.key, CashHandIn.taken_at), Date)
    safe = (DayClose.holder == Holder.OFFICE_SAFE, DayClose.holder_id == cast(CashHandIn.office_id, String))
    signed_for = select(DayClose.id).where(*safe, DayClose.day == that_day, standing_at() >= CashHandIn.taken_at)
    alone = (*within(CashHandIn.office_id, office_ids), CashHandIn.signed == Signed.ONE_PERSON, *stands())
    rows = select(CashHandIn).where(*alone, ~signed_for.exists())
    return session.scalars(rows.order_by(CashHandIn.taken_at, CashHandIn.id)).all()


def unsigned_safes(session: Session, office_ids: Collection[int], day: date) -> set[int]:
    """Offices under whose safe's book of this day no signature stands."""
    closed = select(DayClose.holder_id).where(
        DayClose.holder == Holder.OFFICE_SAFE, DayClose.day == day, standing_at().is_not(None)
    )
    signed = {int(number) for number in session.scalars(closed)}
    return set(office_ids) - signed
