"""Learn from days that were driven how long a straight kilometre takes, and how much longer its road is.

For each band of distance: the median over all legs, then for each unit the median of its own legs, drawn towards the
province's as long as it has few of them. Medians, because a leg with a coffee in it is not a road.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

import numpy as np

from routing.problem import Ints, Point

BANDS: Final = (500.0, 2_000.0, 5_000.0, 10_000.0)
"""Upper ends, in metres of straight line, of the bands; the last band is open."""
ENOUGH: Final = 20
"""Legs of a unit in a band that weigh as much as the whole province [assumption]."""
LEAST: Final = 5
"""Legs below which a band of the province teaches nothing."""
SHORTEST_M: Final = 50.0
SLOWEST_KMH, FASTEST_KMH = 2.0, 70.0
"""A leg that was slower (somebody waited) or faster (a clock jumped) along the straight line teaches nothing."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One ride from door to door: metres in a straight line, seconds it took, and the metres ridden where known.

    ``ended``: the second of the day.
    """

    unit: str
    straight: float
    seconds: float
    metres: float | None = None
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class DistanceBand:
    """``pace``: seconds a straight metre takes; ``detour``: road metres by straight metre, ``None`` where not known."""

    pace: float
    detour: float | None
    legs: int


@dataclass(frozen=True, slots=True)
class TravelCalibration:
    """What was learned: for the province and by unit, one ``Band`` (or ``None``) for each of ``BANDS`` and beyond.

    ``seats``: a point of each unit; a place belongs to the unit whose point is nearest.
    """

    province: tuple[DistanceBand | None, ...]
    units: Mapping[str, tuple[DistanceBand | None, ...]] = field(default_factory=dict)
    seats: Mapping[str, Point] = field(default_factory=dict)

    def factors(self, unit: str | None, pace: float, detour: float) -> tuple[list[float], list[float]]:
        """Return (seconds by straight metre, detour) for each band; ``pace`` and ``detour`` where nothing is known."""
        own = self.units.get(unit or "", (None,) * len(self.province))
        bands = [mine or whole for mine, whole in zip(own, self.province, strict=True)]
        paces = [pace if band is None else band.pace for band in bands]
        detours = [detour if band is None or band.detour is None else band.detour for band in bands]
        return paces, detours


def fit(legs: Iterable[Leg], seats: Mapping[str, Point] | None = None) -> TravelCalibration:
    """Learn from legs; those that cannot be a ride (``SLOWEST_KMH`` … ``FASTEST_KMH``) are left out."""
    sound = [leg for leg in legs if is_ride(leg)]
    province = tuple(_band([leg for leg in sound if band_of(leg.straight) == n], None) for n in range(len(BANDS) + 1))
    by_unit: dict[str, list[Leg]] = {}
    for leg in sound:
        by_unit.setdefault(leg.unit, []).append(leg)
    units = {
        unit: tuple(
            _band([leg for leg in own if band_of(leg.straight) == n], whole) for n, whole in enumerate(province)
        )
        for unit, own in sorted(by_unit.items())
    }
    known = {unit: seat for unit, seat in (seats or {}).items() if unit in units}
    return TravelCalibration(province, units, known)


def is_ride(leg: Leg) -> bool:
    """Say whether a leg can be a ride from door to door."""
    if leg.straight < SHORTEST_M or leg.seconds <= 0:
        return False
    return SLOWEST_KMH <= leg.straight * 3.6 / leg.seconds <= FASTEST_KMH


def band_of(straight: float) -> int:
    """Return the number of the band of a distance."""
    return next((number for number, most in enumerate(BANDS) if straight <= most), len(BANDS))


def _band(legs: Sequence[Leg], whole: DistanceBand | None) -> DistanceBand | None:
    """Return the medians of the legs, for a unit drawn towards the province's by their number."""
    if (whole is None and len(legs) < LEAST) or not legs:
        return None
    pace = median(leg.seconds / leg.straight for leg in legs)
    ridden = [leg.metres / leg.straight for leg in legs if leg.metres is not None]
    detour = max(1.0, median(ridden)) if ridden else None
    if whole is None:
        return DistanceBand(pace, detour if len(ridden) >= LEAST else None, len(legs))
    own = len(legs) / (len(legs) + ENOUGH)
    pace = own * pace + (1 - own) * whole.pace
    if detour is None or whole.detour is None:
        return DistanceBand(pace, whole.detour, len(legs))
    trust = len(ridden) / (len(ridden) + ENOUGH)
    return DistanceBand(pace, trust * detour + (1 - trust) * whole.detour, len(legs))


def seat_of(calibration: TravelCalibration, places: Sequence[Point]) -> list[str | None]:
    """Return the unit whose point is nearest to each place."""
    if not calibration.seats:
        return [None] * len(places)
    names = list(calibration.seats)
    seats = np.asarray([calibration.seats[name] for name in names], dtype=float)
    points = np.asarray(places, dtype=float)
    apart = ((points[:, None, :] - seats[None, :, :]) ** 2).sum(axis=2)
    return [names[int(number)] for number in apart.argmin(axis=1)]


def apply(
    calibration: TravelCalibration,
    straight: "np.ndarray[Any, Any]",
    ends: tuple[Sequence[Point], Sequence[Point]],
    pace: float,
    detour: float,
) -> tuple[Ints, Ints]:
    """Return (seconds, metres) of straight lines (metres) between sources and targets; both ends' units count half."""
    band = np.searchsorted(np.asarray(BANDS), straight)
    units = [seat_of(calibration, places) for places in ends]
    names: list[str | None] = sorted({*units[0], *units[1]}, key=lambda name: name or "")
    row = {name: number for number, name in enumerate(names)}
    table = np.asarray([calibration.factors(name, pace, detour) for name in names])  # (units, 2, bands)
    seconds, metres = np.zeros_like(straight), np.zeros_like(straight)
    for side, which in enumerate(units):
        number = np.asarray([row[name] for name in which])
        shaped = number[:, None] if side == 0 else number[None, :]
        seconds += straight * table[shaped, 0, band] / 2
        metres += straight * table[shaped, 1, band] / 2
    return np.rint(seconds).astype(np.int64), np.rint(metres).astype(np.int64)


def to_json(calibration: TravelCalibration) -> dict[str, Any]:
    """Return the calibration as JSON keeps it."""
    return {
        "province": [_written(band) for band in calibration.province],
        "units": {unit: [_written(band) for band in bands] for unit, bands in calibration.units.items()},
        "seats": {unit: list(seat) for unit, seat in calibration.seats.items()},
    }


def from_json(document: Mapping[str, Any]) -> TravelCalibration:
    """Read back what ``to_json`` wrote."""
    return TravelCalibration(
        tuple(_read(band) for band in document["province"]),
        {unit: tuple(_read(band) for band in bands) for unit, bands in document["units"].items()},
        {unit: (float(seat[0]), float(seat[1])) for unit, seat in document["seats"].items()},
    )


def _written(band: DistanceBand | None) -> list[float | int | None] | None:
    return None if band is None else [band.pace, band.detour, band.legs]


def _read(band: Sequence[Any] | None) -> DistanceBand | None:
    return (
        None
        if band is None
        else DistanceBand(float(band[0]), None if band[1] is None else float(band[1]), int(band[2]))
    )
