"""Travel times by road where the operator runs an OSRM server; by straight line, and then for the whole plan, where it fails.

One matrix never holds both: an hour by road beside an hour in a straight line would pull every stop to the wrong courier.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from app.config import Settings
from integrations.errors import IntegrationError, Unavailable
from integrations.http import OutsideService
from integrations.travel_times import Osrm
from routing.matrix import SPEEDS
from routing.problem import Ints, Point

log = logging.getLogger(__name__)

Found = TypeVar("Found")

ONE_TABLE_S: Final = 10.0  # a hundred places take a fraction of a second
FAILURES_TO_GIVE_UP: Final = 3  # in a row
WHOLE_PLAN_S: Final = 240.0  # all that the roads of one plan may take; 137 offices of a province took 39 s
MAP_S: Final = 3.0  # so long a page asks for the lines of its map; the last answer may take two seconds more
DRAWN: Final = "motorbike"


class RoadsAway(Exception):
    """The road server does not answer: the plan has to be made on straight lines, from its beginning."""


@dataclass(slots=True)
class PatientRoads:
    """Roads that are given up for good when their server fails again and again, or takes too long altogether.

    Picklable, because a solver's child asks it; a child is given up by its parent, whatever it counted itself.
    """

    roads: Osrm
    whole_plan_s: float = WHOLE_PLAN_S
    spent_s: float = 0.0
    failures: int = field(default=0, compare=False)

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """See `routing.problem.TravelTimes`. Raises RoadsAway."""
        return self._patiently(lambda: self.roads.block(profile, sources, targets))

    def off_roads(self, profile: str, places: Sequence[Point]) -> list[bool]:
        """See `app.services.planning.Roads`. Raises RoadsAway."""
        return self._patiently(lambda: self.roads.off_roads(profile, places))

    def _patiently(self, ask: Callable[[], Found]) -> Found:
        while True:
            if self.failures >= FAILURES_TO_GIVE_UP or self.spent_s >= self.whole_plan_s:
                raise RoadsAway
            began = time.monotonic()
            try:
                found = ask()
            except Unavailable as error:
                self.failures += 1
                log.warning("roads: %s", type(error).__name__)
            except IntegrationError as error:
                log.warning("roads: %s", type(error).__name__)
                raise RoadsAway from error
            else:
                self.failures = 0
                return found
            finally:
                self.spent_s += time.monotonic() - began


def lines_by_road(url: str, paths: Sequence[Sequence[Point]], within_s: float = MAP_S) -> list[list[Point] | None]:
    """The ways past these places, to be drawn. None: a straight line, for no road leads there, or the time is over."""
    roads, until = _to_draw(url, within_s / 3), time.monotonic() + within_s
    lines: list[list[Point] | None] = []
    for path in paths:
        line = None
        if time.monotonic() < until:
            try:
                line = roads.line(DRAWN, path)
            except Unavailable:
                until = 0.0
            except IntegrationError as error:
                log.info("roads: %s", type(error).__name__)
        lines.append(line)
    return lines


def legs_by_road(url: str, path: Sequence[Point], within_s: float = MAP_S) -> list[list[Point]] | None:
    """The way past these places in its parts, to be drawn on a phone. None: this time there is none."""
    try:
        return _to_draw(url, within_s).legs(DRAWN, path)
    except IntegrationError as error:
        log.info("roads: %s", type(error).__name__)
        return None


def _to_draw(url: str, patience_s: float) -> Osrm:
    caller = OutsideService("OSRM", connect_s=patience_s, read_s=patience_s, whole_s=patience_s)
    return Osrm({DRAWN: url}, caller=caller)


def roads_of(settings: Settings) -> PatientRoads | None:
    """The operator's roads; None: straight lines."""
    return travel_times(settings.roads) if settings.roads else None


def travel_times(url: str, one_table_s: float = ONE_TABLE_S) -> PatientRoads:
    """One server for every way of moving: a province's motorbikes and vans share its roads."""
    return PatientRoads(Osrm(dict.fromkeys(SPEEDS, url), caller=OutsideService("OSRM", read_s=one_table_s)))
