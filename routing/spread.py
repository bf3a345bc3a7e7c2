"""Learn from days that were driven how far rides stray from what they should take, so that a plan can leave room for it.

For each part of the day: the ride of which one in five takes longer still, against what the same days taught about its
length and unit (``routing.calibrate``). A unit with few rides is drawn towards the province, as with the paces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from routing.calibrate import ENOUGH, Leg, TravelCalibration, band_of, is_ride

PARTS: Final = (9 * 3600, 12 * 3600, 15 * 3600)
"""Seconds of the day at which its parts end; the last is open. As the two-hour slots are cut."""
QUANTILE: Final = 0.8
"""One ride in five strays further [assumption]."""
LEAST: Final = 30
"""Rides of the province in a part of the day below which it teaches nothing."""


@dataclass(frozen=True, slots=True)
class TravelSpread:
    """Seconds by which a ride may be late, by part of the day: for the province and by unit; ``None`` where nothing is known."""

    province: tuple[float | None, ...] = (None,) * (len(PARTS) + 1)
    units: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)

    def late(self, unit: str | None, second: int) -> int:
        """Return the seconds for a ride that ends in a unit at a second of the day; 0 without data."""
        part = part_of(second)
        own = self.units[unit][part] if unit is not None and unit in self.units else None
        known = self.province[part] if own is None else own
        return 0 if known is None else max(0, round(known))


def part_of(second: int) -> int:
    """Return the number of the part of the day; its last second belongs to it."""
    return next((number for number, ends in enumerate(PARTS) if second <= ends), len(PARTS))


def fit_spread(legs: Sequence[Leg], calibration: TravelCalibration) -> TravelSpread:
    """Learn from legs of which is known when they ended; their expected times are the calibration's."""
    strayed: list[tuple[str, int, float]] = []
    for leg in legs:
        expected = _expected(leg, calibration)
        if leg.ended is not None and expected is not None and is_ride(leg):
            strayed.append((leg.unit, part_of(leg.ended), leg.seconds - expected))
    parts = range(len(PARTS) + 1)
    by_part = [[late for _, at, late in strayed if at == part] for part in parts]
    province = tuple(quantile(known) if len(known) >= LEAST else None for known in by_part)
    units = {
        unit: tuple(
            _drawn([late for of, at, late in strayed if (of, at) == (unit, part)], province[part]) for part in parts
        )
        for unit in sorted({unit for unit, _, _ in strayed})
    }
    return TravelSpread(province, units)


def _expected(leg: Leg, calibration: TravelCalibration) -> float | None:
    unknown = -1.0
    pace = calibration.factors(leg.unit, unknown, 1.0)[0][band_of(leg.straight)]
    return None if pace == unknown else pace * leg.straight


def _drawn(own: Sequence[float], whole: float | None) -> float | None:
    if whole is None or not own:
        return whole
    weight = len(own) / (len(own) + ENOUGH)
    return weight * quantile(own) + (1 - weight) * whole


def quantile(values: Sequence[float]) -> float:
    """Return the value that ``QUANTILE`` of them do not pass."""
    ranked = sorted(values)
    return ranked[max(0, round(QUANTILE * len(ranked)) - 1)]


def to_json(spread: TravelSpread) -> dict[str, Any]:
    """Return the spread as JSON keeps it."""
    return {"province": list(spread.province), "units": {unit: list(late) for unit, late in spread.units.items()}}


def from_json(document: Mapping[str, Any] | None) -> TravelSpread:
    """Read back what ``to_json`` wrote; of an older row, that nothing is known."""
    if document is None:
        return TravelSpread()
    return TravelSpread(tuple(document["province"]), {unit: tuple(late) for unit, late in document["units"].items()})
