"""What makes a day of ``days`` harder: tight shifts, mixed fleets, streets of one way.

Tight: eight hours, 07:30 to 15:30, an hour's rest (on days with rules) that begins between 11:00 and 12:30; whatever the day had
later lies an hour and a half earlier. Mixed: every second courier has a smaller bag and costs less, and each office may
call couriers for half a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from routing.problem import Job, Problem, Vehicle, Window
from tests.bench.routing.streets import on_streets
from tests.routing.days import HOUR

TIGHT = 7 * HOUR + HOUR // 2, 15 * HOUR + HOUR // 2
TIGHT_REST = (11 * HOUR, 12 * HOUR + HOUR // 2)
NOON = 13 * HOUR
EARLIER = HOUR + HOUR // 2
SMALL_BAG, SMALL_FIXED = 40, 90_000
HALF_BAG, HALF_FIXED = 30, 50_000
HALF_NUMBER = 50
"""Numbers of an office's half-day couriers begin here."""


@dataclass(frozen=True, slots=True)
class Hardship:
    """What a day has beside its seed."""

    tight: bool = False
    mixed: bool = False
    streets: bool = False

    def __str__(self) -> str:
        names = {"tight": self.tight, "mixed fleet": self.mixed, "streets": self.streets}
        return "".join(f", {name}" for name, there in names.items() if there)


def harder(day: Problem, seed: int, hardship: Hardship) -> Problem:
    """Return the day with it."""
    if hardship.mixed:
        day = replace(day, vehicles=tuple(_fleet(day.vehicles)))
    if hardship.tight:
        vehicles, jobs = (_hurried(vehicle) for vehicle in day.vehicles), (_sooner(job) for job in day.jobs)
        day = replace(day, vehicles=tuple(vehicles), jobs=tuple(jobs))
    return on_streets(day, seed) if hardship.streets else day


def _fleet(vehicles: Sequence[Vehicle]) -> Iterator[Vehicle]:
    """Yield each office's full days, large and small bags in turn, then its half days: morning and afternoon in turn."""
    crews: dict[int | None, list[Vehicle]] = {}
    for vehicle in vehicles:
        crews.setdefault(vehicle.office, []).append(vehicle)
    for office, crew in crews.items():
        for number, vehicle in enumerate(crew):
            small = replace(vehicle, capacity=(SMALL_BAG,), fixed=SMALL_FIXED)
            yield small if number % 2 else vehicle
        first, last = crew[0].window
        middle = (first + last) // 2
        for number in range((len(crew) + 2) // 2):
            yield replace(
                crew[0],
                id=(office or 0) * 100 + HALF_NUMBER + number,
                window=(middle, last) if ((office or 0) + number) % 2 else (first, middle),
                capacity=(HALF_BAG,),
                fixed=HALF_FIXED,
                breaks=(),
                skills=frozenset(),
            )


def _hurried(vehicle: Vehicle) -> Vehicle:
    (begins, ends), (first, last), middle = vehicle.window, TIGHT, sum(TIGHT) // 2
    window = (first if begins < NOON - HOUR else middle, last if ends >= NOON else middle)
    rests = tuple(replace(rest, windows=(TIGHT_REST,)) for rest in vehicle.breaks)
    return replace(vehicle, window=window, breaks=rests)


def _sooner(job: Job) -> Job:
    return replace(job, windows=tuple(_moved(window) for window in job.windows))


def _moved(window: Window) -> Window:
    return (window[0] - EARLIER, window[1] - EARLIER) if window[0] >= NOON else window
