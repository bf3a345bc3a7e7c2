"""Seasons in which a commune's roads take longer: rain, mud, unpaved tracks. Months from 1 to 12; a season may pass the new year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.domain.errors import DomainError

LEAST, MOST = 1.05, 5.0
"""Times the usual time: less is nobody's reason, more is a road on which nobody rides."""
LAST_MONTH: Final = 12
LONGEST_REASON: Final = 80


@dataclass(frozen=True, slots=True)
class RoadSeasonTold:
    """What an operator says of a commune's roads: `factor` times the usual time from the first to the last month."""

    unit_code: str
    first_month: int
    last_month: int
    factor: float
    reason: str


def covers(first_month: int, last_month: int, month: int) -> bool:
    """October to January covers December and January, too."""
    if first_month <= last_month:
        return first_month <= month <= last_month
    return month >= first_month or month <= last_month


def factor_of(seasons: Iterable[tuple[int, int, float]], month: int) -> float:
    """The slowest of (first month, last month, factor) that cover the month; 1 where none does."""
    return max((factor for first, last, factor in seasons if covers(first, last, month)), default=1.0)


def check_season(told: RoadSeasonTold) -> None:
    """Raise `season_months`, `season_factor` or `season_reason_missing`, at the field of the form."""
    if not (1 <= told.first_month <= LAST_MONTH and 1 <= told.last_month <= LAST_MONTH):
        raise DomainError("season_months", kind="invalid", field="tu-thang")
    if not LEAST <= told.factor <= MOST:
        raise DomainError("season_factor", kind="invalid", field="lau-hon", least=percent(LEAST), most=percent(MOST))
    if not told.reason:
        raise DomainError("season_reason_missing", kind="invalid", field="ly-do")


def percent(factor: float) -> int:
    """By how many per cent a ride takes longer."""
    return round((factor - 1) * 100)
