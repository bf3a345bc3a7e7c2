"""Travel times in which some places are harder to reach than the roads say: a season's mud, a boat instead of a road."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.problem import Ints, Point, TravelTimes


@dataclass(frozen=True, slots=True)
class SlowedTravelTimes:
    """``times``, where rides from or to a point of ``factors`` take that many times as long; the greater of two holds.

    Distances stay: the road is as long as it was.
    """

    times: TravelTimes
    factors: Mapping[Point, float] = field(default_factory=dict)

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """Return (seconds, metres) as ``times`` does."""
        seconds, metres = self.times.block(profile, sources, targets)
        start = np.asarray([self.factors.get(place, 1.0) for place in sources], dtype=float)
        goal = np.asarray([self.factors.get(place, 1.0) for place in targets], dtype=float)
        slower = np.maximum(start[:, None], goal[None, :])
        return np.where(slower > 1.0, np.rint(seconds * slower), seconds).astype(np.int64), metres


@dataclass(frozen=True, slots=True)
class BoatCrossing:
    """An island: its places, where the boat lands, the pier on the other shore, and the seconds between the two."""

    places: frozenset[Point]
    landing: Point
    pier: Point
    seconds: int


@dataclass(frozen=True, slots=True)
class TravelTimesByBoat:
    """``times`` on either shore; between them to the pier, over by boat, and on from the landing. Metres are those by land."""

    times: TravelTimes
    crossings: tuple[BoatCrossing, ...] = ()

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """Return (seconds, metres) as ``times`` does."""
        seconds, metres = self.times.block(profile, sources, targets)
        for over in self.crossings:
            out = np.asarray([place in over.places for place in sources], dtype=bool)[:, None]
            there = np.asarray([place in over.places for place in targets], dtype=bool)[None, :]
            for which, quay, shore in (
                (~out & there, over.pier, over.landing),
                (out & ~there, over.landing, over.pier),
            ):
                if which.any():
                    before = self.times.block(profile, sources, [quay])
                    after = self.times.block(profile, [shore], targets)
                    seconds = np.where(which, before[0] + over.seconds + after[0], seconds)
                    metres = np.where(which, before[1] + after[1], metres)
        return seconds.astype(np.int64), metres.astype(np.int64)
