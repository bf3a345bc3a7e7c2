"""Communes that are reached by boat: on which weekdays a courier can be there, and between which hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from app.clock import at, local_day

LEAST_THERE: Final = timedelta(hours=1)
"""A promise of which less lies within the boat's hours is none [assumption]."""


@dataclass(frozen=True, slots=True)
class BoatHours:
    """From when to when a courier is on the island."""

    first: time
    last: time

    def within(self, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime] | None:
        """What is left of an interval of one day; None where the boat leaves too little of it."""
        day = local_day(starts_at)
        begin, end = max(starts_at, at(day, self.first)), min(ends_at, at(day, self.last))
        return (begin, end) if end - begin >= LEAST_THERE else None


@dataclass(frozen=True, slots=True)
class BoatDayTold:
    """What an operator says of a commune's boat on a weekday (1 is Monday). The pier is the mainland's."""

    unit_code: str
    weekday: int
    first: time
    last: time
    crossing_minutes: int
    pier_lon: float
    pier_lat: float
