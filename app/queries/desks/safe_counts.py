"""Safes counted by surprise: what is still to be counted, what was found, and where nobody has counted for long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.clock import end_of_day, start_of_day
from app.models import Office, OnePerson, SafeCount, SurpriseCount
from app.queries.visible import Offices, within

OFTEN_ENOUGH: Final = timedelta(days=30)
SHOWN: Final = 50


def open_count(session: Session, office_id: int) -> SurpriseCount | None:
    """What this office is asked to count and has not."""
    return session.scalar(
        select(SurpriseCount).where(SurpriseCount.office_id == office_id, ~SurpriseCount.result.has())
    )


def newest(session: Session, office_ids: Offices) -> Sequence[SurpriseCount]:
    whole = (joinedload(SurpriseCount.office), joinedload(SurpriseCount.result), joinedload(SurpriseCount.first))
    asked = select(SurpriseCount).where(*within(SurpriseCount.office_id, office_ids)).options(*whole)
    return session.scalars(asked.order_by(SurpriseCount.asked_at.desc(), SurpriseCount.id.desc()).limit(SHOWN)).all()


def of_day(session: Session, office_id: int, day: date) -> Sequence[SurpriseCount]:
    """Asked for that day, or from before and still to be counted at its end."""
    counted_by_then = SurpriseCount.result.has(SafeCount.at < start_of_day(day))
    asked = (SurpriseCount.office_id == office_id, SurpriseCount.asked_at < end_of_day(day), ~counted_by_then)
    return session.scalars(select(SurpriseCount).where(*asked).order_by(SurpriseCount.asked_at)).all()


def long_uncounted(session: Session, office_ids: Offices, now: datetime) -> Sequence[Office]:
    """One-person offices whose safe nobody has asked to see counted for thirty days; by name."""
    counted = func.max(SafeCount.at)
    last = (
        select(counted)
        .join(SurpriseCount)
        .where(SurpriseCount.office_id == Office.id)
        .correlate(Office)
        .scalar_subquery()
    )
    alone = (OnePerson.until.is_(None), *within(Office.id, office_ids))
    long_ago = func.coalesce(last < now - OFTEN_ENOUGH, True)
    return session.scalars(select(Office).join(OnePerson).where(*alone, long_ago).order_by(Office.name)).all()
