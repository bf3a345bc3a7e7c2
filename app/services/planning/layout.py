"""Some routes of a plan as plain rows: read, changed in the hand, and written back as they are, ids and all.

Values are what JSON keeps, so that a layout read from the tables and one read from a stored act are equal or not, byte by byte.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Uuid, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from app.models import Plan, PlanUnserved, Route, Stop, StopErrand
from app.models.base import Base

Row = Mapping[str, Any]

NEW = 0
"""The id of a stop that a proposal would make."""


@dataclass(frozen=True, slots=True)
class DoorRow:
    """A stop: its row without its route and place in the order, and its errands."""

    row: Row
    errands: tuple[str, ...]

    @property
    def id(self) -> int:
        return int(self.row["id"])

    def having(self, **values: Any) -> DoorRow:
        return replace(self, row={**self.row, **values})


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A route: its row and its doors in order. A route without doors is none."""

    row: Row
    doors: tuple[DoorRow, ...]

    def having(self, **values: Any) -> RouteRow:
        return replace(self, row={**self.row, **values})


@dataclass(frozen=True, slots=True)
class Layout:
    """Routes by shift, and the rows of errands that are left out."""

    ways: Mapping[int, RouteRow]
    out: Mapping[str, Row]

    def doors(self) -> Iterator[tuple[int, DoorRow]]:
        return ((shift, door) for shift, way in self.ways.items() for door in way.doors)

    def errands(self) -> set[str]:
        return {errand for _shift, door in self.doors() for errand in door.errands}

    def order(self, shift: int) -> list[int]:
        return [door.id for door in self.ways[shift].doors] if shift in self.ways else []

    def with_doors(self, shift: int, doors: Sequence[DoorRow]) -> Layout:
        return replace(self, ways={**self.ways, shift: replace(self.ways[shift], doors=tuple(doors))})

    def as_json(self) -> dict[str, Any]:
        """Empty routes are not there, as in the tables."""
        ways = [
            {**way.row, "stops": [{**door.row, "errands": list(door.errands)} for door in way.doors]}
            for _shift, way in sorted(self.ways.items())
            if way.doors
        ]
        return {"routes": ways, "out": [dict(row) for _errand, row in sorted(self.out.items())]}


def from_json(kept: Mapping[str, Any]) -> Layout:
    ways = {}
    for route in kept["routes"]:
        doors = tuple(
            DoorRow({name: value for name, value in stop.items() if name != "errands"}, tuple(stop["errands"]))
            for stop in route["stops"]
        )
        ways[int(route["shift_id"])] = RouteRow({k: v for k, v in route.items() if k != "stops"}, doors)
    return Layout(ways, {str(row["errand_id"]): row for row in kept["out"]})


def read_layout(session: Session, plan: Plan, shifts: Collection[int], errands: Collection[str] = ()) -> Layout:
    """The routes of these shifts, and which of these errands are left out."""
    session.flush()
    routes = session.execute(
        select(Route.__table__).where(Route.plan_id == plan.id, Route.shift_id.in_(shifts)).order_by(Route.id)
    ).mappings()
    known = {int(row["id"]): _encoded(row, ("plan_id",)) for row in routes}
    doors = _doors(session, known)
    ways = {int(row["shift_id"]): RouteRow(row, tuple(doors[number])) for number, row in known.items()}
    out = session.execute(
        select(PlanUnserved.__table__).where(
            PlanUnserved.plan_id == plan.id, PlanUnserved.errand_id.in_([UUID(errand) for errand in errands])
        )
    ).mappings()
    return Layout(ways, {str(row["errand_id"]): _encoded(row, ("plan_id",)) for row in out})


def _doors(session: Session, routes: Collection[int]) -> dict[int, list[DoorRow]]:
    found: dict[int, list[DoorRow]] = {number: [] for number in routes}
    stops = select(Stop.__table__).where(Stop.route_id.in_(routes)).order_by(Stop.route_id, Stop.sequence)
    rows = session.execute(stops).mappings().all()
    errands: dict[int, list[str]] = {row["id"]: [] for row in rows}
    for stop, errand in session.execute(
        select(StopErrand.stop_id, StopErrand.errand_id)
        .where(StopErrand.stop_id.in_(errands))
        .order_by(StopErrand.stop_id, StopErrand.errand_id)
    ):
        errands[stop].append(str(errand))
    for row in rows:
        found[row["route_id"]].append(DoorRow(_encoded(row, ("route_id", "sequence")), tuple(errands[row["id"]])))
    return found


def write_layout(session: Session, plan: Plan, old: Layout, new: Layout) -> None:
    """Make the tables say `new` where they say `old`."""
    stood = {int(way.row["id"]): way for way in old.ways.values()}
    stands = {int(way.row["id"]): way for way in new.ways.values() if way.doors}
    _put(session, Route, [{**way.row, "plan_id": plan.id} for way in stands.values()], stood)
    doors = {door.id: door for _shift, door in old.doors()}
    rows = [
        {**door.row, "route_id": number, "sequence": at}
        for number, way in stands.items()
        for at, door in enumerate(way.doors, start=1)
    ]
    _put(session, Stop, rows, doors)
    _tie(session, _ties(old), _ties(new))
    session.execute(delete(Stop).where(Stop.id.in_(doors.keys() - {row["id"] for row in rows})))
    session.execute(delete(Route).where(Route.id.in_(stood.keys() - stands.keys())))
    _leave_out(session, plan, old, new)
    session.expire_all()


def _put(session: Session, table: type[Route | Stop], rows: Sequence[Row], known: Collection[int]) -> None:
    fresh = [_decoded(table, row) for row in rows if row["id"] not in known]
    if fresh:
        session.execute(insert(table), fresh)
    held = [_decoded(table, row) for row in rows if row["id"] in known]
    if held:
        session.execute(update(table), held)


def _ties(layout: Layout) -> set[tuple[int, UUID]]:
    return {(door.id, UUID(errand)) for _shift, door in layout.doors() for errand in door.errands}


def _tie(session: Session, old: set[tuple[int, UUID]], new: set[tuple[int, UUID]]) -> None:
    if old - new:
        session.execute(delete(StopErrand).where(tuple_(StopErrand.stop_id, StopErrand.errand_id).in_(old - new)))
    if new - old:
        session.execute(insert(StopErrand), [{"stop_id": stop, "errand_id": errand} for stop, errand in new - old])


def _leave_out(session: Session, plan: Plan, old: Layout, new: Layout) -> None:
    back = [UUID(errand) for errand in old.out if errand not in new.out]
    session.execute(delete(PlanUnserved).where(PlanUnserved.plan_id == plan.id, PlanUnserved.errand_id.in_(back)))
    out = [{**_decoded(PlanUnserved, row), "plan_id": plan.id} for key, row in new.out.items() if key not in old.out]
    if out:
        session.execute(insert(PlanUnserved), out)


def encoded(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID) else value


def _encoded(row: Mapping[Any, Any], but: Collection[str]) -> dict[str, Any]:
    return {str(name): encoded(value) for name, value in row.items() if name not in but}


def _decoded(table: type[Base], row: Row) -> dict[str, Any]:
    columns = table.__table__.columns
    return {name: _plain(columns[name], value) for name, value in row.items()}


def _plain(column: ColumnElement[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    return UUID(value) if isinstance(column.type, Uuid) else value
