"""Where units, offices and desks are until somebody has measured: derived from the unit's point, marked provisional."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

METRES_A_DEGREE: Final = 111_195.0
NEAREST_M, FARTHEST_M = 150, 650
"""An office stands near the middle of its commune, but not on the polygon's centroid and not on its desk."""


class UnitRow(Protocol):
    """A unit as the caller read it: code, names, kind commune | ward, point in degrees, hub pleiku | quy-nhon."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def short_name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...
    @property
    def area_km2(self) -> float: ...
    @property
    def hub(self) -> str: ...


class FormerUnitRow(Protocol):
    """A unit before 1 July 2025 as the caller read it, with the codes of the units it lies in today."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def district(self) -> str: ...
    @property
    def district_code(self) -> str: ...
    @property
    def unit_codes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Point:
    lon: float
    lat: float


def zones(units: Iterable[UnitRow], former_units: Sequence[FormerUnitRow]) -> Mapping[str, str]:
    """Return each unit's postage zone: the old district of most of its old communes, ties by code (docs/decisions/money.md)."""
    return {unit.code: _zone(unit.code, former_units) for unit in units}


def _zone(code: str, former_units: Iterable[FormerUnitRow]) -> str:
    districts = Counter((former.district_code, former.district) for former in former_units if code in former.unit_codes)
    if not districts:
        raise ValueError(f"unit {code} was made of no former unit, so it has no postage zone")
    (_, name), _ = min(districts.items(), key=lambda item: (-item[1], item[0]))
    return name


def beside(lon: float, lat: float, key: str) -> Point:
    """Return a point 150 to 650 m from (lon, lat), always the same one for the same key; six decimals, about 0.1 m."""
    digest = hashlib.sha256(key.encode()).digest()
    angle = 2 * math.pi * int.from_bytes(digest[:4]) / 2**32
    metres = NEAREST_M + (FARTHEST_M - NEAREST_M) * int.from_bytes(digest[4:8]) / 2**32
    north = metres * math.cos(angle) / METRES_A_DEGREE
    east = metres * math.sin(angle) / (METRES_A_DEGREE * math.cos(math.radians(lat)))
    return Point(round(lon + east, 6), round(lat + north, 6))
