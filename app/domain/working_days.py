"""Working days in Gia Lai. The calendar is a value, built from rows by `queries` (docs/decisions/clock-and-day.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from app.domain.boat import BoatHours

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays, substitute working Saturdays, and days on which one commune is closed (flood)."""

    holidays: frozenset[date] = frozenset()
    working_saturdays: frozenset[date] = frozenset()
    closed: frozenset[tuple[str, date]] = frozenset()
    names: dict[date, str] = field(default_factory=dict)
    boats: dict[str, dict[int, BoatHours]] = field(default_factory=dict)  # by unit and weekday (1 is Monday)

    def is_working(self, day: date) -> bool:
        if day in self.holidays:
            return False
        return day.weekday() < SATURDAY or day in self.working_saturdays

    def is_open(self, unit_code: str, day: date) -> bool:
        return self.is_working(day) and (unit_code, day) not in self.closed

    def by_boat(self, unit_code: str) -> bool:
        """Is it a commune that is reached by boat only?"""
        return unit_code in self.boats

    def boat_hours(self, unit_code: str, day: date) -> BoatHours | None:
        """When a courier is there on that day, where it is reached `by_boat`; None: no boat goes."""
        return self.boats[unit_code].get(day.isoweekday())

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add(day, 1)

    def previous_working(self, day: date) -> date:
        day -= timedelta(days=1)
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def add(self, day: date, working_days: int) -> date:
        """`day` plus n ≥ 0 working days; n = 0 gives `day` itself when it works, else the next that does."""
        while working_days > 0 or not self.is_working(day):
            day += timedelta(days=1)
            if self.is_working(day):
                working_days -= 1
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`: two invitations need at least two of them."""
        return sum(self.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
