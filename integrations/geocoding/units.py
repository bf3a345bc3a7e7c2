"""The 135 units of Gia Lai since 1 July 2025 and the 373 communes, wards and townships they were made of.

Source: the data files of vietnamadminunits (MIT). Its code is never imported: it loads 72 MiB, and its converter asks an
outside geocoder about split communes, which would hand a citizen's address to a stranger.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal

from integrations.geocoding.faults import AREAS_KM2, VAGUE_ADDRESSES

PROVINCE: Final = "52"
WEST_FROM: Final = "23500"  # codes were given west and east apart; a test holds them against the old province

Kind = Literal["commune", "ward", "township"]
KINDS: Final[Mapping[str, Kind]] = {"Xã": "commune", "Phường": "ward", "Thị trấn": "township"}

Hub = Literal["pleiku", "quy-nhon"]


@dataclass(frozen=True, slots=True)
class AdminUnit:
    """A commune or ward of today: code of the statistics office, names, point `lon`, `lat` (WGS 84), area in km².

    The point is mostly a polygon's centroid, not the seat. `area_certain` is false where the package's area could not
    be right and a difference of published areas stands in.
    """

    code: str
    name: str
    short_name: str
    kind: Kind
    lon: float
    lat: float
    area_km2: float
    area_certain: bool
    hub: Hub


@dataclass(frozen=True, slots=True)
class FormerAdminUnit:
    """A commune, ward or township before 1 July 2025, by its old code; `unit_codes` are where it lies today.

    More than one code means the unit was split (`split`): an address there needs a person's choice. The first code is
    the larger part. `position_certain` is false where the package gave the point of a district or a province.
    """

    code: str
    name: str
    short_name: str
    kind: Kind
    district: str
    district_code: str
    province: str
    unit_codes: tuple[str, ...]
    lon: float
    lat: float
    position_certain: bool
    aliases: tuple[str, ...]

    @property
    def split(self) -> bool:
        return len(self.unit_codes) > 1


@cache
def units() -> tuple[AdminUnit, ...]:
    """Return the 135 units, by code."""
    return tuple(sorted((_unit(row) for row in _new_rows()), key=lambda unit: unit.code))


@cache
def former_units() -> tuple[FormerAdminUnit, ...]:
    """Return the 373 former units, by old code."""
    points = {unit.code: (unit.lon, unit.lat) for unit in units()}
    mapping = _unit_codes_by_old_key()
    return tuple(
        sorted((_former(row, mapping[_old_key(row)], points) for row in _old_rows()), key=lambda unit: unit.code)
    )


@cache
def other_provinces() -> frozenset[str]:
    """Return the short names of all other provinces, of today and of before: an address there is not ours."""
    rows = _query("select distinct provinceShort from admin_units union select provinceShort from admin_units_legacy")
    return frozenset(row["provinceShort"] for row in rows) - {"Gia Lai", "Bình Định"}


@cache
def names_elsewhere() -> frozenset[tuple[Kind, str]]:
    """Return kind and short name of every commune, ward and township of other provinces, of today and of before."""
    ours = ("Gia Lai", "Bình Định")
    sql = "select wardType, wardShort from {} where provinceShort not in (?, ?)"
    rows = [row for table in ("admin_units", "admin_units_legacy") for row in _query(sql.format(table), *ours)]
    return frozenset((KINDS[row["wardType"]], row["wardShort"]) for row in rows if row["wardType"] in KINDS)


def _unit(row: Mapping[str, Any]) -> AdminUnit:
    code = row["wardCode"]
    return AdminUnit(
        code=code,
        name=row["ward"],
        short_name=row["wardShort"],
        kind=KINDS[row["wardType"]],
        lon=row["wardLon"],
        lat=row["wardLat"],
        area_km2=AREAS_KM2.get(code, row["wardAreaKm2"]),
        area_certain=code not in AREAS_KM2,
        hub="pleiku" if code >= WEST_FROM else "quy-nhon",
    )


def _former(
    row: Mapping[str, Any], unit_codes: tuple[str, ...], points: Mapping[str, tuple[float, float]]
) -> FormerAdminUnit:
    certain = row["wardGeoAddress"] not in VAGUE_ADDRESSES
    lon, lat = (row["wardLon"], row["wardLat"]) if certain else points[unit_codes[0]]
    return FormerAdminUnit(
        code=row["wardCode"],
        name=row["ward"],
        short_name=row["wardShort"],
        kind=KINDS[row["wardType"]],
        district=row["district"],
        district_code=row["districtCode"],
        province=row["provinceShort"],
        unit_codes=unit_codes,
        lon=lon,
        lat=lat,
        position_certain=certain,
        aliases=tuple(json.loads(row["wardAlias"] or "[]")),
    )


def _unit_codes_by_old_key() -> Mapping[str, tuple[str, ...]]:
    codes = {row["wardKey"]: row["wardCode"] for row in _new_rows()}
    province = _new_rows()[0]["provinceKey"]
    conversion = json.loads((_data() / "converter_2025.json").read_text("utf-8"))
    whole = conversion["DICT_PROVINCE_WARD_NO_DIVIDED"][province]
    mapping = {old: (codes[new],) for new, olds in whole.items() for old in olds}
    for old, parts in conversion["DICT_PROVINCE_WARD_DIVIDED"][province].items():
        larger_first = sorted(parts, key=lambda part: not part["isDefaultNewWard"])
        mapping[old] = tuple(codes[part["newWardKey"]] for part in larger_first)
    return mapping


def _old_key(row: Mapping[str, Any]) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey']}"


@cache
def _new_rows() -> tuple[Mapping[str, Any], ...]:
    return tuple(_query("select * from admin_units where provinceCode = ?", PROVINCE))


def _old_rows() -> Iterable[Mapping[str, Any]]:
    return _query("select * from admin_units_legacy where provinceShort in ('Gia Lai', 'Bình Định')")


def _query(sql: str, *values: str) -> list[Mapping[str, Any]]:
    # mode=ro: the package's own reader opens its file for writing, which fails where the library is read-only
    with closing(sqlite3.connect(f"file:{_data() / 'dataset.db'}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, values)]


def _data() -> Path:
    spec = find_spec("vietnamadminunits")  # finds the folder without running the package
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("vietnamadminunits is not installed: run `make setup`")
    return Path(spec.submodule_search_locations[0]) / "data"
