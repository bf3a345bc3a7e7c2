"""A promised visit of which nobody has heard, though its time is over.

"Nobody has heard" is all that is known: the courier may have been there with a phone that finds no network.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from app.clock import local_day
from app.domain.errand import ErrandState
from app.models import Errand

PROMISED: Final = frozenset({ErrandState.SCHEDULED, ErrandState.PLANNED, ErrandState.UNDER_WAY})


class MissedVisit(StrEnum):
    """`hours`: the interval is over, the day is not. `day`: an earlier day. `on_the_road`: of those, one whose courier had set out."""

    HOURS = "hours"
    DAY = "day"
    ON_THE_ROAD = "on_the_road"


def missed(errand: Errand, now: datetime) -> MissedVisit | None:
    slot = errand.slot
    if slot is None or errand.state not in PROMISED or now < slot.ends_at:
        return None
    if slot.day >= local_day(now):
        return MissedVisit.HOURS
    return MissedVisit.ON_THE_ROAD if errand.state is ErrandState.UNDER_WAY else MissedVisit.DAY
