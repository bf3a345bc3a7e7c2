"""Distances on the ellipsoid: the default travel times, and geopy as their reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pyproj import Geod

from routing.calibrate import TravelCalibration, apply
from routing.problem import Ints, Point, TravelTimes

__all__ = ["SPEEDS", "Geodesic", "PartlyStraight", "TravelTimes", "distance_m"]

SPEEDS: Mapping[str, float] = {"car": 35.0, "truck": 30.0, "motorbike": 30.0, "bike": 14.0, "foot": 4.5}
"""km/h door to door on provincial and village roads, by profile [assumption until days driven calibrate it]."""

_ELLIPSOID = Geod(ellps="WGS84")


def distance_m(a: Point, b: Point) -> float:
    """Return the geodesic metres between two ``(lon, lat)`` points (Karney 2013, by geopy): the reference."""
    from geopy.distance import geodesic  # noqa: PLC0415 - its package loads requests and aiohttp: half of our own start

    return float(geodesic((a[1], a[0]), (b[1], b[0])).meters)


@dataclass(frozen=True, slots=True)
class Geodesic:
    """Travel times without a road network: metres × ``detour`` at the speed (km/h) of the profile.

    ``learned``: by profile what driven days teach (``routing.calibrate``), instead of both where it knows better.
    ``detour`` 1.35 is the usual ratio of road to straight line in hilly country [assumption].
    """

    detour: float = 1.35
    speeds: Mapping[str, float] = field(default_factory=lambda: dict(SPEEDS))
    learned: Mapping[str, TravelCalibration] = field(default_factory=dict)

    @property
    def profiles(self) -> frozenset[str]:
        """The profiles that have a speed."""
        return frozenset(self.speeds)

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """Return (seconds, metres), each ``(len(sources), len(targets))``; raise ``ValueError`` without a speed."""
        if profile not in self.speeds:
            raise ValueError(f"no speed for profile {profile!r}: known are {', '.join(sorted(self.speeds))}")
        shape = (len(sources), len(targets))
        if 0 in shape:
            return np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        start, goal = np.asarray(sources, dtype=float), np.asarray(targets, dtype=float)
        lon1, lon2 = np.broadcast_arrays(start[:, None, 0], goal[None, :, 0])
        lat1, lat2 = np.broadcast_arrays(start[:, None, 1], goal[None, :, 1])
        straight = np.asarray(_ELLIPSOID.inv(lon1.ravel(), lat1.ravel(), lon2.ravel(), lat2.ravel())[2]).reshape(shape)
        if profile in self.learned:
            pace = self.detour * 3.6 / self.speeds[profile]
            return apply(self.learned[profile], straight, (sources, targets), pace, self.detour)
        metres = straight * self.detour
        seconds = metres * 3.6 / self.speeds[profile]
        return np.rint(seconds).astype(np.int64), np.rint(metres).astype(np.int64)


@dataclass(frozen=True, slots=True)
class PartlyStraight:
    """Roads, but straight lines from and to the ``places`` that no road reaches."""

    roads: TravelTimes
    straight: TravelTimes
    places: frozenset[Point]

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """See ``routing.problem.TravelTimes``."""
        table = np.stack(self.straight.block(profile, sources, targets))
        rows, columns = ([n for n, place in enumerate(ends) if place not in self.places] for ends in (sources, targets))
        if rows and columns:
            known = self.roads.block(profile, [sources[n] for n in rows], [targets[n] for n in columns])
            table[:, np.array(rows)[:, None], np.array(columns)[None, :]] = known
        return table[0], table[1]
