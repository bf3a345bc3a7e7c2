"""Units, their old names, offices and desks. What was measured or told is never overwritten by what is bundled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Desk, FormerUnit, FormerUnitSuccessor, Office, Unit, UnitShape
from app.services.reference.catalogue import Centre, OfficePosition, Pilot, read_centres, read_pilots, read_positions
from app.services.reference.files import BadReference
from app.services.reference.places import FormerUnitRow, Point, UnitRow, beside, zones
from app.services.reference.rows import Changes, ReferenceTable

SIDES: Final = {"pleiku": "west", "quy-nhon": "east"}
MEASURED: Final = ("name", "address", "lon", "lat", "position_provisional")

Files = Mapping[str, Path]


def load_units(
    session: Session, units: Sequence[UnitRow], former_units: Sequence[FormerUnitRow], files: Files, changes: Changes
) -> int:
    table = ReferenceTable(session, Unit, ["code"], changes)
    zone_of, pilots = zones(units, former_units), _pilots(units, files)
    surveyed = _positions(files, "units", {unit.code for unit in units})
    for unit in units:
        place, pilot = surveyed.get(unit.code), pilots.get(unit.code)
        table.put(
            code=unit.code,
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            lon=place.lon if place else unit.lon,
            lat=place.lat if place else unit.lat,
            area_km2=(place and place.area_km2) or unit.area_km2,
            side=SIDES[unit.hub],
            zone=zone_of[unit.code],
            in_service_from=pilot.in_service_from if pilot else None,
        )
    session.flush()
    return len(units)


def load_former_units(session: Session, former_units: Sequence[FormerUnitRow], changes: Changes) -> int:
    names = ReferenceTable(session, FormerUnit, ["code"], changes)
    for former in former_units:
        names.put(code=former.code, name=former.name, kind=former.kind, district=former.district)
    session.flush()
    successors = ReferenceTable(session, FormerUnitSuccessor, ["former_code", "unit_code"], changes)
    pairs = [(former.code, code) for former in former_units for code in former.unit_codes]
    for former_code, unit_code in pairs:
        successors.put(former_code=former_code, unit_code=unit_code)
    successors.drop_all_but(pairs)
    return len(former_units)


def load_offices(session: Session, units: Sequence[UnitRow], files: Files, changes: Changes) -> int:
    """One commune post office a unit and the hubs."""
    table = ReferenceTable(session, Office, ["code"], changes)
    hubs = _centres(units, files, "hub")
    surveyed = _positions(files, "offices", {*map(office_code, units), *(hub.code for hub, _ in hubs)})
    for unit in units:
        code = office_code(unit)
        stand = _stand(table, unit, code, f"Bưu cục {_within(unit)}", surveyed.get(code))
        table.put(**stand, kind="commune", has_counter=True)
    for hub, unit in hubs:
        table.put(**_stand(table, unit, hub.code, hub.name, surveyed.get(hub.code)), kind="hub", has_counter=False)
    session.flush()
    return len(units) + len(hubs)


def load_desks(session: Session, units: Sequence[UnitRow], files: Files, changes: Changes) -> int:
    """One one-stop desk a unit and the provincial centre; some sit in the post office, as the whole desk of Ia Tô did."""
    table = ReferenceTable(session, Desk, ["code"], changes)
    offices = ReferenceTable(session, Office, ["code"], changes).rows
    centres, pilots = _centres(units, files, "desk"), _pilots(units, files)
    surveyed = _positions(files, "desks", {*map(desk_code, units), *(centre.code for centre, _ in centres)})
    for unit in units:
        code = desk_code(unit)
        pilot = pilots.get(unit.code)
        office = offices[(office_code(unit),)] if pilot and pilot.desk_at_office else None
        at = Point(office.lon, office.lat) if office else None
        stand = _stand(table, unit, code, f"Bộ phận một cửa {_within(unit)}", surveyed.get(code), at)
        table.put(**stand, level="commune", office_id=office.id if office else None)
    for centre, unit in centres:
        stand = _stand(table, unit, centre.code, centre.name, surveyed.get(centre.code))
        table.put(**stand, level="province", office_id=None)
    session.flush()
    return len(units) + len(centres)


def load_shapes(session: Session, file: Path | None, changes: Changes) -> int:
    """Without a file those of before stay: a map that knew borders does not forget them at an update."""
    if file is None:
        return session.scalar(select(func.count()).select_from(UnitShape)) or 0
    from app.services.reference.shapes import read_shapes  # noqa: PLC0415 - an installation without shapes needs no geometry

    table = ReferenceTable(session, UnitShape, ["unit_code"], changes)
    rows = read_shapes(file, {unit.code: (unit.lon, unit.lat) for unit in session.scalars(select(Unit))})
    for row in rows:
        table.put(**asdict(row))
    session.flush()
    return len(rows)


def office_code(unit: UnitRow) -> str:
    return f"BC{unit.code}"


def desk_code(unit: UnitRow) -> str:
    return f"MC{unit.code}"


def _stand(
    table: ReferenceTable, unit: UnitRow, code: str, name: str, surveyed: OfficePosition | None, at: Point | None = None
) -> dict[str, Any]:
    """Return the values of where something stands: told by a table or on a page, else surveyed, else provisional."""
    values: dict[str, Any] = {"code": code, "unit_code": unit.code}
    row = table.rows.get((code,))
    known = row is not None and (row.told_at is not None or not row.position_provisional)
    place = tuple(getattr(row, field) for field in MEASURED) if known else ()
    if surveyed:  # it may measure alone: then name and address stay as they were told
        named, address = place[:2] or (name, f"{unit.name}, tỉnh Gia Lai")
        measured = (row.lon, row.lat) if row is not None and row.position_told_at else (surveyed.lon, surveyed.lat)
        place = (surveyed.name or named, surveyed.address or address, *measured, False)
    elif not known:
        point = at or beside(unit.lon, unit.lat, code)
        place = (name, f"{unit.name}, tỉnh Gia Lai", point.lon, point.lat, True)
    return values | dict(zip(MEASURED, place, strict=True))


def _within(unit: UnitRow) -> str:
    """Return "xã Ia Krái" for "Xã Ia Krái": the name within a sentence."""
    return unit.name[0].lower() + unit.name[1:]


def _pilots(units: Sequence[UnitRow], files: Files) -> dict[str, Pilot]:
    pilots = read_pilots(files.get("pilots"))
    _refuse_unknown("pilots", "unit_code", (pilot.unit_code for pilot in pilots), {unit.code for unit in units})
    return {pilot.unit_code: pilot for pilot in pilots}


def _centres(units: Sequence[UnitRow], files: Files, kind: str) -> list[tuple[Centre, UnitRow]]:
    by_code = {unit.code: unit for unit in units}
    centres = read_centres(files.get("centres"))
    _refuse_unknown("centres", "unit_code", (centre.unit_code for centre in centres), by_code.keys())
    return [(centre, by_code[centre.unit_code]) for centre in centres if centre.kind == kind]


def _positions(files: Files, part: str, known: set[str]) -> dict[str, OfficePosition]:
    if part not in files:
        return {}
    positions = read_positions(files[part])
    _refuse_unknown(files[part].name, "code", (position.code for position in positions), known)
    return {position.code: position for position in positions}


def _refuse_unknown(file: str, field: str, codes: Iterable[str], known: Iterable[str]) -> None:
    unknown = set(codes) - set(known)
    if unknown:
        raise BadReference(file, f"{len(unknown)} row(s)", field, f"no such code: {', '.join(sorted(unknown)[:5])}")
