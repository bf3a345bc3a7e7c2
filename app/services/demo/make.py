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
    make_yesterday,
    prepare_the_day,
)
from app.services.demo.office import DemoOffice
from app.services.demo.plan import PILOTS, DemoOrder, DemoPlan, check, demo_plan_of, open_everything
from app.services.demo.rounds import make_rounds, name_prefixes
from app.services.demo.staff import hire
from app.services.demo.transaction import DemoTransactions
from app.services.messaging.messages import tell_evening_before

LEFT_AT_DESK: Final = 2  # results a pilot office still has to fetch
YESTERDAY_SHARE, LEAST_YESTERDAY = 25, 6  # visits yesterday: a twenty-fifth of today's, six a pilot office at least
NUMBERS, NEIGHBOURS = 550, 100  # applicants' numbers kept for an office, and of these for the days before
HANDFUL: Final = 9  # offices made in one go
EVENING: Final = time(17)
SPREAD: Final = "former communes merged into the unit, twice in wards (populations by unit are not published)"

Progress = Callable[[str], None]
OfficeMakers = Callable[[DemoOrder, Sequence[Sequence[str]]], Iterable[StoryTotals]]
"""Plays handfuls of offices, here or in other processes, and says after each what came of it."""


def make_demo(
    database: Database,
    order: DemoOrder,
    keys: Keys,
    progress: Progress = lambda _: None,
    in_parallel: OfficeMakers | None = None,
) -> dict[str, Any]:
    """Fill a database that has reference data and no requests; one transaction an office. Returns the counts to print.

    Raises `demo_day_closed`, `demo_too_small` or `demo_made_already`.
    """
    with database.transaction() as session:
        check(session, order)
        open_everything(session, order.day)
        demo_plan = demo_plan_of(session, order)
        name_prefixes(session)
        make_rounds(session, at(demo_plan.days.before, time(7)))
        hire(
            session,
            demo_plan.codes,
            demo_plan.shares,
            demo_plan.pilots,
            order.password,
            at(demo_plan.days.before, time(7)),
        )
    told, done = StoryTotals(), 0
    handfuls = [demo_plan.codes[first : first + HANDFUL] for first in range(0, len(demo_plan.codes), HANDFUL)]
    for part in (in_parallel or _here(database, keys))(order, handfuls):
        told.add(part)
        done += HANDFUL
        progress(f"{min(done, len(demo_plan.codes))} of {len(demo_plan.codes)} offices are booked")
    _sign(database, demo_plan.days, keys)
    with database.transaction() as session:
        return _report(session, order, demo_plan, told)


def _here(database: Database, keys: Keys) -> OfficeMakers:
    return lambda order, handfuls: (make_offices(database, order, keys, codes) for codes in handfuls)


def make_offices(database: Database, order: DemoOrder, keys: Keys, codes: Sequence[str]) -> StoryTotals:
    """The story of some offices: no office waits for another."""
    with database.transaction() as session:
        demo_plan = demo_plan_of(session, order)
    transactions, told = DemoTransactions(database, order, demo_plan, keys), StoryTotals()
    for code in codes:
        if code in demo_plan.pilots:
            booked = _book_yesterday(transactions, code)
            _make_yesterday(transactions, code, booked, told)
        if code in demo_plan.shares:
            _prepare_the_day(transactions, code, told)
    return told


def _book_yesterday(transactions: DemoTransactions, code: str) -> Booked:
    days = transactions.demo_plan.days
    with transactions.demo_office(code, "before") as demo_office:
        most = STOPS_A_COURIER * len(demo_office.staff.couriers) // 2
        visits = max(LEAST_YESTERDAY, min(most, transactions.order.errands // YESTERDAY_SHARE // PILOTS))
        booked = book_yesterday(demo_office, _doors(demo_office, transactions.demo_plan, visits, LEFT_AT_DESK), days)
        _evening(demo_office, days.before, days.yesterday)
        return booked


def _make_yesterday(transactions: DemoTransactions, code: str, booked: Booked, told: StoryTotals) -> None:
    with transactions.demo_office(code, "yesterday") as demo_office:
        make_yesterday(demo_office, booked, transactions.demo_plan.days, told)
        left_at_the_desk(
            demo_office, _doors(demo_office, transactions.demo_plan, LEFT_AT_DESK, 0), transactions.demo_plan.days
        )


def _prepare_the_day(transactions: DemoTransactions, code: str, told: StoryTotals) -> None:
    days = transactions.demo_plan.days
    with transactions.demo_office(code, "day") as demo_office:
        prepare_the_day(
            demo_office,
            _doors(demo_office, transactions.demo_plan, transactions.demo_plan.shares[code], NEIGHBOURS),
            days,
            told,
        )
        _evening(demo_office, days.yesterday, days.day)


def _doors(demo_office: DemoOffice, demo_plan: DemoPlan, errands: int, first: int) -> list[Door]:
    """Applicants are numbered by office: who lives where does not depend on other offices."""
    number = NUMBERS * demo_plan.codes.index(demo_office.unit.code) + first
    return doors_of(
        demo_plan.places[demo_office.unit.code], errands, len(demo_office.staff.couriers), number, demo_office.random
    )


def _evening(demo_office: DemoOffice, evening: date, day: date) -> None:
    """Everybody whom the office visits on `day` hears of it at five o'clock on the evening before."""
    tell_evening_before(demo_office.work, day, at(evening, EVENING), demo_office.keys, demo_office.staff.office.id)


def _sign(database: Database, days: Days, keys: Keys) -> None:
    """The digests of the two days, each signed ten minutes after its midnight."""
    for day in (days.before, days.yesterday):
        with database.transaction() as session:
            sign_all(session, day, at(day + timedelta(days=1), time(0, 10)), keys)


def _report(session: Session, order: DemoOrder, demo_plan: DemoPlan, told: StoryTotals) -> dict[str, Any]:
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
        "offices": len(demo_plan.shares),
        "couriers": session.scalar(select(func.count()).select_from(Courier)),
        "deliveries": kinds[ErrandKind.DELIVER],
        "collections": kinds[ErrandKind.COLLECT],
        "both": told.both,
        "spread": SPREAD,
        "yesterday": {"day": demo_plan.days.yesterday.isoformat(), **dict(sorted(told.yesterday.items()))},
        "digest": hashlib.sha256("".join(lines).encode()).hexdigest(),
    }
