"""A country's day: all 3,321 units of the 34 provinces with a post office each, 120,000 stops, planned province by province.

The units are real (vietnamadminunits, the project's reference data: names, points, areas); what is not known is assumed: a
ward has twice the stops of a commune, as on the days of Gia Lai, and every office one courier for 28 stops, with a rest.
"""

from __future__ import annotations

import math
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from routing.problem import Problem
from tests.bench.routing.days import RADIUS_KM, Seat, around, shares
from tests.bench.routing.paired import Runner, Trial
from tests.bench.routing.parts import Options
from tests.bench.routing.ratios import Line
from tests.bench.routing.results import Results, Row

STOPS = 120_000
A_STOP = 0.01
"""CPU seconds of search: what the product takes where none are given (`time.home_stop`)."""
MOST_CPU, MOST_MB = 120.0, 1000
"""For 10,000 stops; of all processes together, so of each one, too."""
PROCESSES = (1, 2)
NEAREST_KM = 0.5
AREA_KM2 = 50.0
"""Of a unit whose area the data do not know."""
SMALL = 3
"""Provinces of the short form: the smallest."""


@dataclass(frozen=True, slots=True)
class Province:
    """A group that is planned by itself."""

    name: str
    seats: tuple[Seat, ...]
    stops: int

    def day(self, seed: int) -> Problem:
        """Return its day: lunch breaks, skills and second windows."""
        return around(self.seats, self.stops, random.Random(f"{seed}/{self.name}"), rules=True)

    @property
    def words(self) -> str:
        """Name and size, as the runs are kept under."""
        return f"{self.name}, {len(self.seats)} offices, {self.stops} stops"


@cache
def provinces() -> tuple[Province, ...]:
    """Return all provinces, the smallest first."""
    held: dict[str, list[Seat]] = {}
    for name, seat in _units():
        held.setdefault(name, []).append(seat)
    counts = shares([seat.weight for seats in held.values() for seat in seats], STOPS)
    taken, found = iter(counts), []
    for name, seats in held.items():
        found.append(Province(name, tuple(seats), sum(next(taken) for _ in seats)))
    return tuple(sorted(found, key=lambda province: (province.stops, province.name)))


def _units() -> Iterator[tuple[str, Seat]]:
    spec = find_spec("vietnamadminunits")  # its folder, without running it
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("vietnamadminunits is not installed: run `make setup`")
    file = Path(spec.origin).parent / "data" / "dataset.db"
    sql = "select provinceShort, wardType, wardLon, wardLat, wardAreaKm2 from admin_units order by wardCode"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        for province, kind, lon, lat, area in connection.execute(sql):
            radius = min(RADIUS_KM, max(NEAREST_KM, 0.5 * math.sqrt((area or AREA_KM2) / math.pi)))
            yield province, Seat((lon, lat), radius, 2.0 if kind == "Phường" else 1.0)


def country(runner: Runner, options: Options) -> None:
    """Plan every province by one solver process, and again by two."""
    for province in provinces()[: SMALL if options.short else None]:
        day = province.day(1)
        for count in PROCESSES:
            runner.pair(
                Trial("country", f"{province.words}, {named(count)}", day, A_STOP * province.stops, 1, count), ["auto"]
            )


def named(count: int) -> str:
    """Return so many processes in words."""
    return "1 process" if count == 1 else f"{count} processes"


def claimed(results: Results) -> Iterator[Line]:
    """Tell what the whole country takes, or as much of it as has been planned."""
    rows = [row for row in results.of("country") if row["objective"] is not None]
    for ending in (named(count) for count in PROCESSES):
        mine = {row["instance"].rpartition(", ")[0]: row for row in rows if row["instance"].endswith(ending)}
        there = [(province, mine[province.words]) for province in provinces() if province.words in mine]
        if there:
            yield _line(ending, [province for province, _ in there], [row for _, row in there])


def _line(ending: str, there: list[Province], rows: list[Row]) -> Line:
    stops, offices = sum(province.stops for province in there), sum(len(province.seats) for province in there)
    cpu, most = sum(row["cpu_s"] for row in rows) * 10_000 / stops, max(row["peak_mb"] for row in rows)
    left, broken = sum(row["left"] for row in rows), sum(row["violations"] for row in rows)
    text = (
        f"{offices:,} offices, {stops:,} stops: {cpu:.0f} CPU s for 10,000 stops, {most} MB of all processes at most, "
        f"{sum(row['work_s'] for row in rows) / 60:.1f} min on free cores, {left} left out, {broken} violations"
    )
    met = cpu <= MOST_CPU and most <= MOST_MB and not broken
    whole = "the country" if len(there) == len(provinces()) else f"{len(there)} of {len(provinces())} provinces"
    wanted = f"≤ {MOST_CPU:g} CPU s, ≤ {MOST_MB:,} MB"
    return Line("T15", f"{whole} by provinces, {ending}", wanted, text, met, str(len(rows)))
