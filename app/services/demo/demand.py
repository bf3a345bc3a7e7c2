"""Where the errands of a demonstration day are, and what they are: a pure function of units, number and seed.

How demand is spread: nobody publishes a population by unit for the two-level province. A unit's weight is the number of
former communes that were merged into it (former communes were cut to similar populations), doubled in wards, where offices
and young families are. Errands are shared out by weight (largest remainder, at least one a unit). A small demo keeps to the
units opened first, about eight errands each. Within a unit people live in hamlets: points scattered around the unit's own,
with doors close to them; in wards everything is nearer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random
from typing import Final

from app.domain.slot import HALF_DAYS, TWO_HOURS, SlotTimes

WARD_WEIGHT: Final = 2
ERRANDS_A_UNIT: Final = 8  # a small demo opens no more units than have about so many
DELIVERIES, COLLECTIONS = 0.6, 0.3  # of the doors; the rest: both at one door
TWO_HOUR_SHARE: Final = 0.6  # in wards
METRES_A_DEGREE: Final = 111_195.0
HAMLETS_A_COMMUNE: Final = 3  # for each former commune


class DemoWish(StrEnum):
    DELIVER = "deliver"
    COLLECT = "collect"
    BOTH = "both"

    @property
    def errands(self) -> int:
        return 2 if self is DemoWish.BOTH else 1


@dataclass(frozen=True, slots=True)
class UnitDemand:
    """What the spread needs of a unit. `parts`: former communes merged into it."""

    code: str
    ward: bool
    lon: float
    lat: float
    area_km2: float
    parts: int
    in_service_from: date

    @property
    def weight(self) -> int:
        return self.parts * (WARD_WEIGHT if self.ward else 1)


@dataclass(frozen=True, slots=True)
class Door:
    """One household's wish for the day. `number`: of the applicant; `hamlet`: counted within the unit."""

    number: int
    unit_code: str
    hamlet: int
    lon: float
    lat: float
    wish: DemoWish
    slot: SlotTimes


def share_out(places: Sequence[UnitDemand], errands: int) -> dict[str, int]:
    """Errands by unit code, adding up to `errands`; largest remainder, at least one a chosen unit."""
    by_opening = sorted(places, key=lambda place: (place.in_service_from, place.code))
    chosen = by_opening[: max(1, min(len(places), errands // ERRANDS_A_UNIT, errands))]
    total = sum(place.weight for place in chosen)
    spare = errands - len(chosen)
    exact = {place.code: spare * place.weight / total for place in chosen}
    shares = {code: 1 + math.floor(value) for code, value in exact.items()}
    left = errands - sum(shares.values())
    for code in sorted(exact, key=lambda code: (math.floor(exact[code]) - exact[code], code))[:left]:
        shares[code] += 1
    return shares


def doors_of(place: UnitDemand, errands: int, couriers: int, first_number: int, random: Random) -> list[Door]:
    """The households of one unit: their errands add up to `errands`, their slots fit its couriers."""
    hamlets = _hamlets(place, random)
    room = _SlotRoom(place.ward, couriers)
    doors: list[Door] = []
    left = errands
    while left:
        wish = _wish(random, left)
        hamlet = random.randrange(len(hamlets))
        lon, lat = _beside(hamlets[hamlet], 0.12 if place.ward else 0.3, random)
        slot = room.take(wish.errands, random)
        doors.append(Door(first_number + len(doors), place.code, hamlet + 1, lon, lat, wish, slot))
        left -= wish.errands
    return doors


def _wish(random: Random, left: int) -> DemoWish:
    draw = random.random()
    if draw < DELIVERIES:
        return DemoWish.DELIVER
    if draw < DELIVERIES + COLLECTIONS or left < DemoWish.BOTH.errands:
        return DemoWish.COLLECT
    return DemoWish.BOTH


def _hamlets(place: UnitDemand, random: Random) -> list[tuple[float, float]]:
    """Hamlet points within half the radius of a disc of the unit's area, and never beyond eight kilometres."""
    spread_km = min(8.0, 0.5 * math.sqrt(place.area_km2 / math.pi))
    return [
        _beside((place.lon, place.lat), spread_km, random) for _ in range(2 + HAMLETS_A_COMMUNE * max(1, place.parts))
    ]


def _beside(point: tuple[float, float], spread_km: float, random: Random) -> tuple[float, float]:
    """A point scattered normally around another, cut at twice the spread. Six decimals: a phone's own precision."""
    east, north = (max(-2.0, min(2.0, random.gauss(0, 1))) * spread_km * 1000 for _ in range(2))
    lat = point[1] + north / METRES_A_DEGREE
    lon = point[0] + east / (METRES_A_DEGREE * math.cos(math.radians(point[1])))
    return round(lon, 6), round(lat, 6)


class _SlotRoom:
    """How much is left in each half day and two-hour slot: what `services.booking.slots` will allow (14 visits a half day)."""

    def __init__(self, ward: bool, couriers: int) -> None:  # noqa: FBT001 (a fact of the unit)
        self.ward = ward
        self.halves = dict.fromkeys(HALF_DAYS, couriers * 14)
        self.twos = dict.fromkeys(TWO_HOURS, couriers * 7) if ward else {}

    def take(self, errands: int, random: Random) -> SlotTimes:
        halves = [half for half, left in self.halves.items() if left >= errands]
        half = random.choice(halves or [max(self.halves, key=lambda one: self.halves[one])])
        self.halves[half] -= errands
        within = [two for two, left in self.twos.items() if left >= errands and half.start <= two.start < half.end]
        if not within or random.random() >= TWO_HOUR_SHARE:
            return half
        two = random.choice(within)
        self.twos[two] -= errands
        return two
