"""Travel times by road where the operator runs an OSRM server, by straight line wherever it does not answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from integrations.errors import IntegrationError
from integrations.travel_times import Osrm
from routing.matrix import SPEEDS
from routing.problem import Ints, Point, TravelTimes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RoadsOrStraight:
    """Picklable, because a solver's child asks it. A day is planned even while the road server is away."""

    roads: Osrm
    straight: TravelTimes

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """See `routing.problem.TravelTimes`."""
        try:
            return self.roads.block(profile, sources, targets)
        except IntegrationError as error:
            log.warning("roads: %s, straight lines instead", type(error).__name__)
            return self.straight.block(profile, sources, targets)


def travel_times(url: str, straight: TravelTimes) -> RoadsOrStraight:
    """One server for every way of moving: a province's motorbikes and vans share its roads."""
    return RoadsOrStraight(Osrm(dict.fromkeys(SPEEDS, url)), straight)
