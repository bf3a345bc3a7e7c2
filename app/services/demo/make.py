"""Make a demonstration: people and couriers, a yesterday, and the visits of the day, by the services that real ones use."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session, selectinload

from app import jobs
from app.clock import LOCAL, at
from app.config import Keys
from app.database import Database
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.slot import STOPS_A_COURIER
from app.models import Errand, FormerUnit, FormerUnitSuccessor, Message, Procedure, ServiceRequest, Slot, Unit
from app.queries.calendar import calendar
from app.services.demo.crew import Crew, couriers_for, hire
from app.services.demo.demand import Door, Place, doors_of, share_out
from app.services.demo.scene import Scene
from app.services.demo.story import Days, Told, left_at_the_desk, play_yesterday, prepare_the_day
from app.services.digests import sign_all

PILOTS: Final = 5
LEFT_AT_DESK: Final = 2  # results a pilot office still has to fetch
SAID_EVERY: Final = 15  # offices
OPEN_SINCE: Final = timedelta(days=60)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """What to make. The same order on a new database makes the same demonstration."""

    day: date
    errands: int
    seed: int
    password: str


@dataclass(frozen=True, slots=True)
class Cast:
    """What all offices share."""

    days: Days
    units: Mapping[str, Unit]
    pilots: tuple[str, ...]
    shares: Mapping[str, int]
    crews: Mapping[str, Crew]
    former_names: Mapping[str, Sequence[str]]


def make_demo(database: Database, order: DemoOrder, keys: Keys, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Fill a database that has reference data and no requests; one transaction an office. Returns the counts to print.

    Raises `demo_day_closed`, `demo_too_small` or `demo_made_already`.
    """
    cast = _prepare(database, order)
    told = Told()
    number = 0
    for index, code in enumerate(sorted(cast.shares)):
        random = Random(f"{order.seed} {code}")
        with _acting(database, random) as session:
            scene = _scene(session, cast, code, random, keys)
            number = _play(scene, cast, order, number, told)
            session.flush()
            _settle(session)
        if index % SAID_EVERY == SAID_EVERY - 1 or index + 1 == len(cast.shares):
            progress(f"{index + 1} of {len(cast.shares)} offices")
    _sign(database, cast.days, keys)
    with database.transaction() as session:
        return _report(session, order, cast, told)


def first_pilot(session: Session) -> Unit:
    """The unit that was opened first: its office has an account of every role."""
    return session.scalars(select(Unit).order_by(Unit.in_service_from, Unit.code).limit(1)).one()


def days_before(session: Session, day: date) -> Days:
    working = calendar(session)
    yesterday = working.previous_working(day)
    return Days(day, yesterday, working.previous_working(yesterday))


def _prepare(database: Database, order: DemoOrder) -> Cast:
    with database.transaction() as session:
        _check(session, order)
        days = days_before(session, order.day)
        open_everything(session, order.day)
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        places = _places(session, units)
        pilots = tuple(sorted(units, key=lambda code: (_opened(units[code]), code))[:PILOTS])
        shares = share_out(places, order.errands)
        crews = hire(session, shares, pilots, order.password, at(days.before, time(7)))
        return Cast(days, units, pilots, shares, crews, _former_names(session))


def _check(session: Session, order: DemoOrder) -> None:
    if not calendar(session).is_working(order.day):
        raise DomainError("demo_day_closed", kind="invalid", field="day", day=order.day)
    if order.errands < 1:
        raise DomainError("demo_too_small", kind="invalid", field="errands")
    if session.scalar(select(ServiceRequest.id).limit(1)) is not None:
        raise DomainError("demo_made_already")


def open_everything(session: Session, day: date) -> None:
    """The demonstration has the whole province in service, on whatever day it is given."""
    since = day - OPEN_SINCE
    session.execute(update(Unit).where(Unit.in_service_from > since).values(in_service_from=since))
    session.execute(update(Procedure).where(Procedure.in_service_from > since).values(in_service_from=since))


def _opened(unit: Unit) -> date:
    return unit.in_service_from or date.max


def _places(session: Session, units: Mapping[str, Unit]) -> list[Place]:
    parts = dict(
        session.execute(
            select(FormerUnitSuccessor.unit_code, func.count()).group_by(FormerUnitSuccessor.unit_code)
        ).all()
    )
    return [
        Place(unit.code, unit.ward, unit.lon, unit.lat, unit.area_km2 or 100.0, parts.get(code, 1), _opened(unit))
        for code, unit in sorted(units.items())
    ]


def _former_names(session: Session) -> dict[str, list[str]]:
    rows = session.execute(
        select(FormerUnitSuccessor.unit_code, FormerUnit.name)
        .join(FormerUnit, FormerUnit.code == FormerUnitSuccessor.former_code)
        .order_by(FormerUnit.code)
    )
    names: dict[str, list[str]] = {}
    for code, name in rows:
        names.setdefault(code, []).append(name)
    return names


@contextmanager
def _acting(database: Database, random: Random) -> Iterator[Session]:
    """A transaction whose new rows get ids from the seed, so that the same order makes the same rows."""
    ids = Random(random.getrandbits(64))

    def name(_: Session, row: Any) -> None:
        if "id" in row.__mapper__.columns and row.__mapper__.columns["id"].type.python_type is UUID and row.id is None:
            row.id = UUID(int=ids.getrandbits(128), version=4)

    with database.transaction() as session:
        event.listen(session, "transient_to_pending", name)
        yield session


def _scene(session: Session, cast: Cast, code: str, random: Random, keys: Keys) -> Scene:
    carried = (
        select(Procedure)
        .where(Procedure.current, Procedure.in_service_from <= cast.days.before)
        .options(selectinload(Procedure.papers))
        .order_by(Procedure.code)
    )
    procedures = [procedure for procedure in session.scalars(carried) if procedure.carried]
    names = cast.former_names.get(code, [])
    return Scene(session, keys, random, cast.units[code], cast.crews[code], procedures, names)


def _play(scene: Scene, cast: Cast, order: DemoOrder, number: int, told: Told) -> int:
    """One office's story; returns the number of the last applicant."""
    code = scene.unit.code
    place = _place_of(scene.unit, cast)
    couriers = couriers_for(cast.shares[code])
    if code in cast.pilots:
        visits = max(6, min(STOPS_A_COURIER * couriers // 2, order.errands // 25 // PILOTS))
        doors = _doors(scene, place, visits, couriers, number)
        number += len(doors)
        play_yesterday(scene, doors, cast.days, told)
        doors = _doors(scene, place, LEFT_AT_DESK, couriers, number)
        number += len(doors)
        left_at_the_desk(scene, doors, cast.days)
    doors = _doors(scene, place, cast.shares[code], couriers, number)
    prepare_the_day(scene, doors, cast.days, told)
    return number + len(doors)


def _doors(scene: Scene, place: Place, errands: int, couriers: int, number: int) -> list[Door]:
    return doors_of(place, errands, couriers, number + 1, scene.random)


def _place_of(unit: Unit, cast: Cast) -> Place:
    parts = len(cast.former_names.get(unit.code, ())) or 1
    return Place(unit.code, unit.ward, unit.lon, unit.lat, unit.area_km2 or 100.0, parts, _opened(unit))


def _settle(session: Session) -> None:
    """What was said in the past was said: nothing of it is sent when the worker starts."""
    session.execute(update(Message).where(Message.state == "queued").values(state="sent", sent_at=Message.created_at))
    jobs.withdraw(session, "deliver_message")


def _sign(database: Database, days: Days, keys: Keys) -> None:
    """The digests of the two days, each signed ten minutes after its midnight."""
    for day in (days.before, days.yesterday):
        with database.transaction() as session:
            sign_all(session, day, at(day + timedelta(days=1), time(0, 10)), keys)


def _report(session: Session, order: DemoOrder, cast: Cast, told: Told) -> dict[str, Any]:
    rows = session.execute(
        select(Errand.id, Errand.kind, Errand.state, Errand.office_id, Errand.place_id, Slot.starts_at, Slot.ends_at)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Slot.day == order.day, Errand.state == ErrandState.SCHEDULED)
        .order_by(Errand.id)
    ).all()
    kinds = Counter(row.kind for row in rows)
    digest = hashlib.sha256(
        "\n".join(
            f"{row.id} {row.kind} {row.office_id} {row.starts_at.astimezone(LOCAL):%H%M}-{row.ends_at.astimezone(LOCAL):%H%M}"
            for row in rows
        ).encode()
    )
    return {
        "day": order.day.isoformat(),
        "seed": order.seed,
        "errands": len(rows),
        "offices": len(cast.shares),
        "couriers": sum(len(crew.couriers) for code, crew in cast.crews.items() if code in cast.shares),
        "deliveries": kinds[ErrandKind.DELIVER],
        "collections": kinds[ErrandKind.COLLECT],
        "both": told.both,
        "spread": "former communes merged into the unit, twice in wards (populations by unit are not published)",
        "yesterday": {"day": cast.days.yesterday.isoformat(), **dict(sorted(told.yesterday.items()))},
        "digest": digest.hexdigest(),
    }
