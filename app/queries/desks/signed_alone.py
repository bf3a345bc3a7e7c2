"""Money that one person handed in to the own safe: open until whoever stands above has signed that day's book."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import end_of_day, local_day, start_of_day
from app.domain.cash import Signed
from app.domain.custody import Holder, Party
from app.models import CashHandIn
from app.queries.desks.cash import stands
from app.queries.desks.day_book import signed


def taken_alone(session: Session, office_id: int, day: date) -> Sequence[CashHandIn]:
    """Of the day on which it was handed in, whichever day's money it is; oldest first."""
    that_day = (CashHandIn.taken_at >= start_of_day(day), CashHandIn.taken_at < end_of_day(day))
    alone = (CashHandIn.office_id == office_id, CashHandIn.signed == Signed.ONE_PERSON, *stands())
    return session.scalars(select(CashHandIn).where(*alone, *that_day).order_by(CashHandIn.taken_at)).all()


def not_looked_at(session: Session, office_ids: Collection[int]) -> list[CashHandIn]:
    """Handed in after the last signature under the safe's book of that day, or never signed for; oldest first."""
    alone = (CashHandIn.office_id.in_(office_ids), CashHandIn.signed == Signed.ONE_PERSON, *stands())
    rows = session.scalars(select(CashHandIn).where(*alone).order_by(CashHandIn.taken_at, CashHandIn.id)).all()
    return [row for row in rows if not _is_signed_for(session, row)]


def _is_signed_for(session: Session, row: CashHandIn) -> bool:
    safe = Party(Holder.OFFICE_SAFE, str(row.office_id))
    signature = signed(session, safe, local_day(row.taken_at))
    return signature is not None and signature.signed_at >= row.taken_at
