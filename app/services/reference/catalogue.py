"""The tables beside the procedures: tariff, calendar, outcomes, service dates, centres, positions. Pure parsing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, TypeVar

from app.domain.boat import BoatDayTold
from app.domain.season import LAST_MONTH, LEAST, LONGEST_REASON, MOST, RoadSeasonTold
from app.domain.tariff import Direction, Rate, ZoneClass
from app.models.office import MOTORBIKE
from app.services.reference.files import BadReference, Row, geojson_points, source, table_rows, unique

WEST, SOUTH, EAST, NORTH = 107.0, 12.5, 110.0, 15.2
"""Around Gia Lai and its island: a position outside is a swapped or mistyped pair."""
NEXT_ACTORS: Final = ("citizen", "courier", "office", "desk", "coordinator")

SLOWEST, FASTEST = 0.2, 3.0
"""Times the roads' speed: whatever is slower or faster is no vehicle of a courier."""
MOST_ENVELOPES: Final = 10_000
MOST_DONG: Final = 10_000_000
SUNDAY: Final = 7
LONGEST_CROSSING: Final = 600  # minutes

Anything = TypeVar("Anything")


@dataclass(frozen=True, slots=True)
class Remittance:
    """What the post takes for carrying a state fee to the desk, in đồng a dossier."""

    price: int
    valid_from: date
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Tariff:
    rates: tuple[Rate, ...]
    remittances: tuple[Remittance, ...]


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A kind of vehicle: envelopes in its bag, times the roads' speed, đồng; `basis` says where the figures come from."""

    code: str
    name: str
    capacity: int
    speed: float
    per_km: int
    per_hour: int
    fixed: int
    basis: str


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A holiday, or a Saturday on which everybody works; `basis` is the law or notice, or says that it is provisional."""

    day: date
    kind: str
    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    code: str
    version: int
    label: str
    citizen_text: str
    evidence: tuple[str, ...]
    counts: bool
    next_actor: str


@dataclass(frozen=True, slots=True)
class Pilot:
    """Since when a unit is served; `desk_at_office`: its one-stop desk sits in its post office, as in Ia Tô."""

    unit_code: str
    wave: int
    in_service_from: date
    desk_at_office: bool


@dataclass(frozen=True, slots=True)
class Centre:
    """A hub of the post or the provincial desk, and the unit it lies in."""

    kind: str
    code: str
    name: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class OfficePosition:
    """A surveyed position [degrees, WGS 84] of a unit, office or desk, with name and address where given."""

    code: str
    lon: float
    lat: float
    name: str | None
    address: str | None
    area_km2: float | None


def read_tariff(replacement: Path | None = None) -> Tariff:
    """Return the dated prices in đồng; `step_g` > 0 marks the price of each further step beyond `weight_to_g`."""
    columns = (
        "kind",
        "direction",
        "zone_class",
        "weight_to_g",
        "step_g",
        "price",
        "valid_from",
        "valid_to",
        "legal_basis",
    )
    rows = table_rows(source("tariff.csv", replacement), columns, ("together", "remark"))
    postage = [row for row in rows if row.choice("kind", ("postage", "remittance")) == "postage"]
    rates = unique(
        postage, _rate, lambda rate: (rate.direction, rate.zone_class, rate.weight_to_g, rate.step_g, rate.valid_from)
    )
    remittances = unique((row for row in rows if row not in postage), _remittance, lambda fee: fee.valid_from)
    return Tariff(rates, remittances)


def _rate(row: Row) -> Rate:
    rate = Rate(
        direction=Direction(row.choice("direction", [direction.value for direction in Direction])),
        zone_class=ZoneClass(row.choice("zone_class", [zone.value for zone in ZoneClass])),
        weight_to_g=row.whole("weight_to_g"),
        price=row.whole("price"),
        step_g=row.whole("step_g"),
        valid_from=row.day("valid_from"),
        valid_to=row.optional_day("valid_to"),
        legal_basis=row.text("legal_basis"),
        together=row.optional("together") is not None and row.flag("together"),
    )
    if rate.valid_to and rate.valid_to < rate.valid_from:
        raise row.bad("valid_to", "ends before it begins")
    return rate


def _remittance(row: Row) -> Remittance:
    return Remittance(row.whole("price"), row.day("valid_from"), row.text("legal_basis"))


def read_vehicles(replacement: Path | None = None) -> tuple[VehicleRow, ...]:
    """Return the kinds of vehicle; the motorbike, which everybody rides of whom nothing else is said, is always among them."""
    file = source("vehicles.csv", replacement)
    columns = ("code", "name", "capacity", "speed", "per_km", "per_hour", "fixed", "basis")
    kinds = unique(table_rows(file, columns), _vehicle, lambda kind: kind.code)
    if MOTORBIKE not in {kind.code for kind in kinds}:
        raise BadReference(
            file.name, "the table", "code", f"{MOTORBIKE} is missing: whoever has no other vehicle rides it"
        )
    return kinds


def _vehicle(row: Row) -> VehicleRow:
    capacity = row.whole("capacity")
    if not 1 <= capacity <= MOST_ENVELOPES:
        raise row.bad("capacity", f"{capacity} is not between 1 and {MOST_ENVELOPES}")
    return VehicleRow(
        code=row.text("code"),
        name=row.text("name"),
        capacity=capacity,
        speed=row.between("speed", SLOWEST, FASTEST),
        per_km=_dong(row, "per_km"),
        per_hour=_dong(row, "per_hour"),
        fixed=_dong(row, "fixed"),
        basis=row.text("basis"),
    )


def _dong(row: Row, field: str) -> int:
    given = row.whole(field)
    if given > MOST_DONG:
        raise row.bad(field, f"{given} is more than {MOST_DONG}")
    return given


def read_seasons(file: Path) -> tuple[RoadSeasonTold, ...]:
    """Return what an operator's file says of roads by season; nothing of it is bundled."""
    columns = ("unit_code", "first_month", "last_month", "factor", "reason")
    return unique(table_rows(file, columns), _season, lambda told: (told.unit_code, told.first_month))


def _season(row: Row) -> RoadSeasonTold:
    reason = row.text("reason")
    if len(reason) > LONGEST_REASON:
        raise row.bad("reason", f"is longer than {LONGEST_REASON} characters")
    first, last = _month(row, "first_month"), _month(row, "last_month")
    return RoadSeasonTold(row.text("unit_code"), first, last, row.between("factor", LEAST, MOST), reason)


def _month(row: Row, field: str) -> int:
    given = row.whole(field)
    if not 1 <= given <= LAST_MONTH:
        raise row.bad(field, f"{given} is no month (1 to {LAST_MONTH})")
    return given


def read_boats(file: Path) -> tuple[BoatDayTold, ...]:
    """Return what an operator's file says of boats; nothing of it is bundled."""
    columns = ("unit_code", "weekday", "first", "last", "crossing_minutes", "pier_lon", "pier_lat")
    return unique(table_rows(file, columns), _boat, lambda told: (told.unit_code, told.weekday))


def _boat(row: Row) -> BoatDayTold:
    weekday, first, last = row.whole("weekday"), _hour(row, "first"), _hour(row, "last")
    if not 1 <= weekday <= SUNDAY:
        raise row.bad("weekday", f"{weekday} is no day of the week (1 is Monday, 7 Sunday)")
    if first >= last:
        raise row.bad("last", f"{last:%H:%M} is not after {first:%H:%M}")
    crossing = row.whole("crossing_minutes")
    if not 1 <= crossing <= LONGEST_CROSSING:
        raise row.bad("crossing_minutes", f"{crossing} is not between 1 and {LONGEST_CROSSING}")
    pier = row.between("pier_lon", WEST, EAST), row.between("pier_lat", SOUTH, NORTH)
    return BoatDayTold(row.text("unit_code"), weekday, first, last, crossing, *pier)


def _hour(row: Row, field: str) -> time:
    given = row.text(field)
    try:
        return time.fromisoformat(given)
    except ValueError:
        raise row.bad(field, f"{given!r} is no time such as 08:30") from None


def read_calendar(replacement: Path | None = None) -> tuple[CalendarEntry, ...]:
    """Return the days on which the ordinary week does not hold: the bundled ones, corrected day by day by the operator's.

    A notice of the Government swaps a day or two; a file of the operator names these alone. `ordinary` there takes a bundled
    day back.
    """
    bundled = _days(source("calendar.csv", None), ("holiday", "working"))
    corrected = () if replacement is None else _days(replacement, ("holiday", "working", "ordinary"))
    days = {entry.day: entry for entry in (*bundled, *corrected)}
    return tuple(entry for _, entry in sorted(days.items()) if entry.kind != "ordinary")


def _days(file: Traversable | Path, kinds: Collection[str]) -> Sequence[CalendarEntry]:
    return unique(
        table_rows(file, ("day", "kind", "name", "basis")),
        lambda row: CalendarEntry(row.day("day"), row.choice("kind", kinds), row.text("name"), row.text("basis")),
        lambda entry: entry.day,
    )


def read_outcomes(replacement: Path | None = None) -> tuple[OutcomeRow, ...]:
    """Return the outcome codes; evidence is separated by ";"; no next actor means that nobody has to act."""
    columns = ("code", "version", "label", "citizen_text", "evidence", "counts", "next_actor")
    return unique(
        table_rows(source("outcomes.csv", replacement), columns), _outcome, lambda row: (row.code, row.version)
    )


def _outcome(row: Row) -> OutcomeRow:
    return OutcomeRow(
        code=row.text("code"),
        version=row.whole("version"),
        label=row.text("label"),
        citizen_text=row.text("citizen_text"),
        evidence=tuple(key.strip() for key in (row.optional("evidence") or "").split(";") if key.strip()),
        counts=row.flag("counts"),
        next_actor=row.choice("next_actor", NEXT_ACTORS) if row.optional("next_actor") else "",
    )


def read_pilots(replacement: Path | None = None) -> tuple[Pilot, ...]:
    """Return since when each unit is served; a unit that is not listed is not served yet."""
    columns = ("unit_code", "unit", "wave", "in_service_from", "desk_at_office")
    return unique(table_rows(source("pilots.csv", replacement), columns), _pilot, lambda pilot: pilot.unit_code)


def _pilot(row: Row) -> Pilot:
    return Pilot(row.text("unit_code"), row.whole("wave"), row.day("in_service_from"), row.flag("desk_at_office"))


def read_centres(replacement: Path | None = None) -> tuple[Centre, ...]:
    """Return the hubs of the post and the provincial desk."""
    rows = table_rows(source("centres.csv", replacement), ("kind", "code", "name", "unit_code"))
    return unique(
        rows,
        lambda row: Centre(
            row.choice("kind", ("hub", "desk")), row.text("code"), row.text("name"), row.text("unit_code")
        ),
        lambda centre: centre.code,
    )


def read_positions(path: Path) -> tuple[OfficePosition, ...]:
    """Return surveyed positions from a CSV or xlsx file (code, lon, lat, and if known name, address, area_km2) or from GeoJSON.

    The same files serve units, offices and desks: `code` is theirs.
    """
    optional = ("name", "address", "area_km2")
    if path.suffix.lower() in {".geojson", ".json"}:
        rows = geojson_points(path, optional)
    else:
        rows = table_rows(path, ("code", "lon", "lat"), optional)
    return unique(rows, _position, lambda position: position.code)


def _position(row: Row) -> OfficePosition:
    return OfficePosition(
        code=row.text("code"),
        lon=row.between("lon", WEST, EAST),
        lat=row.between("lat", SOUTH, NORTH),
        name=row.optional("name"),
        address=row.optional("address"),
        area_km2=row.between("area_km2", 0.1, 2_000) if row.optional("area_km2") else None,
    )
