"""T14: the same offices with bags that bind, planned with one trip a courier and with two."""

from __future__ import annotations

import math
from dataclasses import replace

from routing.problem import Problem
from tests.bench.routing.paired import Runner, Trial
from tests.bench.routing.parts import Options, office

SECONDS = 1.0
BAG = 12
"""Envelopes: less than half of what a courier could serve in a day."""
RELOAD = 600


def trips(runner: Runner, options: Options) -> None:
    """Plan each office in both ways, with couriers enough for one trip each."""
    for number in range(1, (2 if options.short else 20) + 1):
        for most in (1, 2):
            runner.pair(Trial("trips", f"{most} a day", bound_by_bags(number, most), SECONDS, number), ["auto"])


def bound_by_bags(number: int, most: int) -> Problem:
    """Return the day of an office of 10 to 80 stops whose couriers' bags are small."""
    day = office(number).problem
    count = math.ceil(len(day.jobs) / (BAG / 2))
    crew = (day.vehicles[n % len(day.vehicles)] for n in range(count))
    return replace(
        day,
        vehicles=tuple(
            replace(courier, id=n, capacity=(BAG,), max_trips=most, reload=RELOAD) for n, courier in enumerate(crew)
        ),
    )
