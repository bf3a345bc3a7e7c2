"""Who comes to the counter to be helped with filing online, and how it went over the month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.domain.online_help import HelpState
from app.models import OnlineHelp
from app.queries.visible import Offices, within


def help_of_day(session: Session, day: date, offices: Offices) -> Sequence[OnlineHelp]:
    """In the order in which they come; what was not settled on earlier days stands first."""
    due = (OnlineHelp.day == day) | ((OnlineHelp.day < day) & (OnlineHelp.state == HelpState.ASKED))
    return session.scalars(
        select(OnlineHelp)
        .where(due, *within(OnlineHelp.office_id, offices))
        .options(joinedload(OnlineHelp.procedure), joinedload(OnlineHelp.office))
        .order_by(OnlineHelp.day, OnlineHelp.half.desc(), OnlineHelp.id)
    ).all()


def helped(session: Session, since: date, until: date, offices: Offices) -> Mapping[HelpState, int]:
    """How many ended how, of those for the days from `since` to `until`."""
    counted = session.execute(
        select(OnlineHelp.state, func.count().label("number"))
        .where(OnlineHelp.day.between(since, until), *within(OnlineHelp.office_id, offices))
        .group_by(OnlineHelp.state)
    ).all()
    return {row.state: row.number for row in counted}
