"""Make a demonstration: people and couriers, a yesterday, and the visits of the day, by the services that real ones use."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import LOCAL, at
from app.config import Keys
from app.database import Database
from app.domain.errand import ErrandKind, ErrandState
from app.domain.slot import STOPS_A_COURIER
from app.models import Courier, Errand, Slot
from app.services.custody.digests import sign_all
from app.services.demo.demand import Door, doors_of
from app.services.demo.history import (
    Booked,
    Days,
    StoryTotals,
    book_yesterday,
    left_at_the_desk,
    play_yesterday,
    prepare_the_day,
)
from app.services.demo.office import DemoOffice
from app.services.demo.plan import PILOTS, DemoOrder, DemoPlan, cast_of, check, open_everything
from app.services.demo.staff import hire
from app.services.demo.transaction import Stage
from app.services.messaging.messages import tell_evening_before

LEFT_AT_DESK: Final = 2  # results a pilot office still has to fetch
YESTERDAY_SHARE, LEAST_YESTERDAY = 25, 6  # visits yesterday: a twenty-fifth of today's, six a pilot office at least
NUMBERS, NEIGHBOURS = 1000, 100  # applicants' numbers kept for an office, and of these for the days before
HANDFUL: Final = 9  # offices played in one go
EVENING: Final = time(17)
SPREAD: Final = "former communes merged into the unit, twice in wards (populations by unit are not published)"

Progress = Callable[[str], None]
Players = Callable[[DemoOrder, Sequence[Sequence[str]]], Iterable[StoryTotals]]
"""Plays handfuls of offices, here or in other processes, and says after each what came of it."""


def make_demo(
    database: Database,
    order: DemoOrder,
    keys: Keys,
    progress: Progress = lambda _: None,
    players: Players | None = None,
) -> dict[str, Any]:
    """Fill a database that has reference data and no requests; one transaction an office. Returns the counts to print.

    Raises `demo_day_closed`, `demo_too_small` or `demo_made_already`.
    """
    with database.transaction() as session:
        check(session, order)
        open_everything(session, order.day)
        cast = cast_of(session, order)
        hire(session, cast.codes, cast.shares, cast.pilots, order.password, at(cast.days.before, time(7)))
    told, done = StoryTotals(), 0
    handfuls = [cast.codes[first : first + HANDFUL] for first in range(0, len(cast.codes), HANDFUL)]
    for part in (players or _here(database, keys))(order, handfuls):
        told.add(part)
        done += HANDFUL
        progress(f"{min(done, len(cast.codes))} of {len(cast.codes)} offices are booked")
    _sign(database, cast.days, keys)
    with database.transaction() as session:
        return _report(session, order, cast, told)


def _here(database: Database, keys: Keys) -> Players:
    return lambda order, handfuls: (play_offices(database, order, keys, codes) for codes in handfuls)


def play_offices(database: Database, order: DemoOrder, keys: Keys, codes: Sequence[str]) -> StoryTotals:
    """The story of some offices: no office waits for another."""
    with database.transaction() as session:
        cast = cast_of(session, order)
    stage, told = Stage(database, order, cast, keys), StoryTotals()
    for code in codes:
        if code in cast.pilots:
            booked = _book_yesterday(stage, code)
            _play_yesterday(stage, code, booked, told)
        if code in cast.shares:
            _prepare_the_day(stage, code, told)
    return told


def _book_yesterday(stage: Stage, code: str) -> Booked:
    days = stage.cast.days
    with stage.scene(code, "before") as scene:
        most = STOPS_A_COURIER * len(scene.crew.couriers) // 2
        visits = max(LEAST_YESTERDAY, min(most, stage.order.errands // YESTERDAY_SHARE // PILOTS))
        booked = book_yesterday(scene, _doors(scene, stage.cast, visits, LEFT_AT_DESK), days)
        _evening(scene, days.before, days.yesterday)
        return booked


def _play_yesterday(stage: Stage, code: str, booked: Booked, told: StoryTotals) -> None:
    with stage.scene(code, "yesterday") as scene:
        play_yesterday(scene, booked, stage.cast.days, told)
        left_at_the_desk(scene, _doors(scene, stage.cast, LEFT_AT_DESK, 0), stage.cast.days)


def _prepare_the_day(stage: Stage, code: str, told: StoryTotals) -> None:
    days = stage.cast.days
    with stage.scene(code, "day") as scene:
        prepare_the_day(scene, _doors(scene, stage.cast, stage.cast.shares[code], NEIGHBOURS), days, told)
        _evening(scene, days.yesterday, days.day)


def _doors(scene: DemoOffice, cast: DemoPlan, errands: int, first: int) -> list[Door]:
    """Applicants are numbered by office: who lives where does not depend on other offices."""
    number = NUMBERS * cast.codes.index(scene.unit.code) + first
    return doors_of(cast.places[scene.unit.code], errands, len(scene.crew.couriers), number, scene.random)


def _evening(scene: DemoOffice, evening: date, day: date) -> None:
    """Everybody whom the office visits on `day` hears of it at five o'clock on the evening before."""
    tell_evening_before(scene.work, day, at(evening, EVENING), scene.keys, scene.crew.office.id)


def _sign(database: Database, days: Days, keys: Keys) -> None:
    """The digests of the two days, each signed ten minutes after its midnight."""
    for day in (days.before, days.yesterday):
        with database.transaction() as session:
            sign_all(session, day, at(day + timedelta(days=1), time(0, 10)), keys)


def _report(session: Session, order: DemoOrder, cast: DemoPlan, told: StoryTotals) -> dict[str, Any]:
    rows = session.execute(
        select(Errand.id, Errand.kind, Errand.office_id, Slot.starts_at, Slot.ends_at)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Slot.day == order.day, Errand.state == ErrandState.SCHEDULED)
        .order_by(Errand.id)
    ).all()
    kinds = Counter(row.kind for row in rows)
    lines = (
        f"{row.id} {row.kind} {row.office_id} {row.starts_at.astimezone(LOCAL)} {row.ends_at.astimezone(LOCAL)}\n"
        for row in rows
    )
    return {
        "day": order.day.isoformat(),
        "seed": order.seed,
        "errands": len(rows),
        "offices": len(cast.shares),
        "couriers": session.scalar(select(func.count()).select_from(Courier)),
        "deliveries": kinds[ErrandKind.DELIVER],
        "collections": kinds[ErrandKind.COLLECT],
        "both": told.both,
        "spread": SPREAD,
        "yesterday": {"day": cast.days.yesterday.isoformat(), **dict(sorted(told.yesterday.items()))},
        "digest": hashlib.sha256("".join(lines).encode()).hexdigest(),
    }
