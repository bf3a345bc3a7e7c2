"""Bring the database's reference data up to date with the bundled files, or with the operator's own in their place.

The files are the truth of each run: an operator whose files replace a part hands them over at every run. Units, offices,
desks, procedures, outcomes and kinds of vehicle are never deleted, because dossiers and days point to them; prices, which
nothing points to, are exactly those of the file, days those of the bundled calendar as the operator's file corrects it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import BoatDay, CalendarDay, OutcomeCode, RemittanceFee, RoadSeason, TariffRate, Unit, VehicleKind
from app.services import audit
from app.services.reference.catalogue import (
    read_boats,
    read_calendar,
    read_outcomes,
    read_seasons,
    read_tariff,
    read_vehicles,
)
from app.services.reference.files import BadReference
from app.services.reference.load_places import load_desks, load_former_units, load_offices, load_shapes, load_units
from app.services.reference.load_procedures import load_procedures
from app.services.reference.places import FormerUnitRow, UnitRow
from app.services.reference.rows import Changes, ReferenceTable

LOCK: Final = 7_203_452_026
"""Several processes may load at once after an update: one works, the others wait and then find nothing to do."""

PARTS: Final = frozenset(
    {
        *("units", "offices", "desks"),  # positions: CSV or GeoJSON
        "shapes",  # of the units: GeoJSON
        *(
            "tariff",
            "calendar",
            "outcomes",
            "pilots",
            "centres",
            "procedures",
            "vehicles",
            "seasons",
            "boats",
        ),  # in the form of the bundled files
    }
)


@dataclass(frozen=True, slots=True)
class ReferenceCounts:
    """What there is after loading, and how many rows this run brought in, changed or removed."""

    units: int
    former_units: int
    offices: int
    desks: int
    shapes: int
    procedures: int
    outcomes: int
    rates: int
    days: int
    vehicles: int
    seasons: int
    boats: int
    changed: int


def load_reference(
    session: Session,
    units: Sequence[UnitRow],
    former_units: Sequence[FormerUnitRow],
    *,
    now: datetime,
    replacements: Mapping[str, Path] | None = None,
) -> ReferenceCounts:
    """Bring all reference data up to date; the second run with the same files changes nothing. Never commits.

    `replacements` maps parts (see PARTS) to files. Raises BadReference naming file, line and field, and ValueError for a
    part that does not exist; the caller's transaction is then rolled back, so that nothing is half loaded.
    """
    files = replacements or {}
    unknown = files.keys() - PARTS
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: no such part; known are {', '.join(sorted(PARTS))}")
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    changes = Changes()
    counts = {
        "units": load_units(session, units, former_units, files, changes),
        "former_units": load_former_units(session, former_units, changes),
        "offices": load_offices(session, units, files, changes),
        "desks": load_desks(session, units, files, changes),
        "shapes": load_shapes(session, files.get("shapes"), changes),
        "procedures": load_procedures(session, files.get("procedures"), changes),
        "outcomes": _load_outcomes(session, files.get("outcomes"), changes),
        "rates": _load_tariff(session, files.get("tariff"), changes),
        "days": _load_calendar(session, files.get("calendar"), changes),
        "vehicles": _load_vehicles(session, files.get("vehicles"), changes),
        "seasons": _load_seasons(session, files.get("seasons"), changes),
        "boats": _load_boats(session, files.get("boats"), changes),
    }
    if changes.rows:
        audit.record(
            *(session, "system", "reference_loaded", "reference", "all", now), rows=changes.rows, replaced=sorted(files)
        )
    session.flush()
    return ReferenceCounts(**counts, changed=changes.rows)


def _load_outcomes(session: Session, replacement: Path | None, changes: Changes) -> int:
    """Attempts keep code and version, so old versions stay; the newest of each code in the file is the current one."""
    table = ReferenceTable(session, OutcomeCode, ["code", "version"], changes)
    rows = read_outcomes(replacement)
    newest = {row.code: max(other.version for other in rows if other.code == row.code) for row in rows}
    for row in rows:
        values = asdict(row) | {"evidence": list(row.evidence)}
        table.put(**values, current=row.version == newest[row.code])
    for (code, version), old in list(table.rows.items()):
        if old.current and newest.get(code) != version:
            old.current = False
            changes.rows += 1
    session.flush()
    return len(newest)


def _load_tariff(session: Session, replacement: Path | None, changes: Changes) -> int:
    tariff = read_tariff(replacement)
    rates = ReferenceTable(
        session, TariffRate, ["direction", "zone_class", "weight_to_g", "step_g", "valid_from"], changes
    )
    rates.drop_all_but(
        [(rate.direction, rate.zone_class, rate.weight_to_g, rate.step_g, rate.valid_from) for rate in tariff.rates]
    )
    for rate in tariff.rates:
        rates.put(**asdict(rate))
    fees = ReferenceTable(session, RemittanceFee, ["valid_from"], changes)
    fees.drop_all_but([(fee.valid_from,) for fee in tariff.remittances])
    for fee in tariff.remittances:
        fees.put(**asdict(fee))
    session.flush()
    return len(tariff.rates) + len(tariff.remittances)


def _load_calendar(session: Session, replacement: Path | None, changes: Changes) -> int:
    """Days that close one commune (a flood) were entered by people and stay."""
    table = ReferenceTable(session, CalendarDay, ["day", "unit_code"], changes)
    days = read_calendar(replacement)
    closed_by_people = [key for key in table.rows if key[1] is not None]
    table.drop_all_but([*closed_by_people, *((day.day, None) for day in days)])
    for day in days:
        table.put(day=day.day, unit_code=None, kind=day.kind, name=day.name)
    session.flush()
    return len(days)


def _load_vehicles(session: Session, replacement: Path | None, changes: Changes) -> int:
    """Days were planned with a kind that the table names no more: it stays, and is offered to nobody."""
    table = ReferenceTable(session, VehicleKind, ["code"], changes)
    kinds = read_vehicles(replacement)
    for kind in kinds:
        values = asdict(kind)
        del values["basis"]  # for whoever reads the table
        table.put(**values, offered=True)
    for (code,), old in list(table.rows.items()):
        if old.offered and code not in {kind.code for kind in kinds}:
            old.offered = False
            changes.rows += 1
    session.flush()
    return len(kinds)


def _load_seasons(session: Session, told: Path | None, changes: Changes) -> int:
    """Exactly those of the operator's file; without one, what was told on the page stays."""
    table = ReferenceTable(session, RoadSeason, ["unit_code", "first_month"], changes)
    if told is not None:
        rows = read_seasons(told)
        _check_units(session, told, [row.unit_code for row in rows])
        for row in rows:
            table.put(**asdict(row))
        table.drop_all_but((row.unit_code, row.first_month) for row in rows)
        session.flush()
    return len(table.rows)


def _load_boats(session: Session, told: Path | None, changes: Changes) -> int:
    """Exactly those of the operator's file; without one nothing changes."""
    table = ReferenceTable(session, BoatDay, ["unit_code", "weekday"], changes)
    if told is not None:
        rows = read_boats(told)
        _check_units(session, told, [row.unit_code for row in rows])
        for row in rows:
            values = asdict(row)
            table.put(first_at=values.pop("first"), last_at=values.pop("last"), **values)
        table.drop_all_but((row.unit_code, row.weekday) for row in rows)
        session.flush()
    return len(table.rows)


def _check_units(session: Session, told: Path, codes: Sequence[str]) -> None:
    known = set(session.scalars(select(Unit.code)))
    for number, code in enumerate(codes, start=1):
        if code not in known:
            raise BadReference(told.name, f"row {number}", "unit_code", f"{code!r} is no unit")
