"""`tannha demo`: makes a demonstration day, plans and publishes it; `--advance` goes on to the next working day."""

from __future__ import annotations

import argparse
from datetime import date, time, timedelta
from typing import Any

from app.cli.embedded import start_embedded
from app.cli.opening import opened
from app.cli.output import add_json, say, show
from app.cli.output import day as a_day
from app.cli.parallel_demo import in_parallel
from app.clock import Clock, at, local_day, make_clock
from app.config import Keys, Settings, SettingsError, load_keys, secret
from app.database import Database
from app.domain.commands import AskForPlan
from app.gateways import CONSOLE, message_board, sms_operator
from app.models import Plan
from app.queries.planning.plans import plan_summary
from app.queries.reference.calendar import calendar
from app.services.custody.digests import sign_all
from app.services.demo.make import make_demo
from app.services.demo.people import spoken_password
from app.services.demo.plan import DemoOrder, first_pilot, search_s
from app.services.demo.staff import sign_ins
from app.services.planning import ask_for_plan
from app.worker.carry_out import carry_out
from app.worker.seeded_messages import show_seeded_codes

ERRANDS, SEED = 1500, 7
FINAL_PLAN, JUST_AFTER_MIDNIGHT = time(5), time(0, 10)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--day", type=a_day, help="the day to plan (default: the next working day)")
    parser.add_argument("--errands", type=int, default=ERRANDS, help=f"visits on that day (default {ERRANDS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"the same seed makes the same day (default {SEED})")
    parser.add_argument("--advance", action="store_true", help="go on: plan the next working day and begin it")
    parser.add_argument("--seconds", type=int, help="search time of the plan (default: by its visits, 15 at most)")
    parser.add_argument("--unplanned", action="store_true", help="leave the planning to `tannha plan`")
    add_json(parser)


def demo_password(settings: Settings) -> str:
    """One password for all demo accounts, made once for this installation."""
    return spoken_password(secret(settings, "demo-password"))


def run(args: argparse.Namespace, settings: Settings) -> int:
    clock = _demo_clock(settings)
    settings = start_embedded(settings)
    with opened(settings) as database:
        if args.advance:
            result = advance(database, clock, load_keys(settings), args.seconds)
            text = f"It is 07:30 of {result['day']}: {result['served']} of {result['errands']} visits are planned."
        else:
            day = args.day or next_working_day(database, clock)
            order = DemoOrder(day, args.errands, args.seed, demo_password(settings))
            result = begin(settings, database, clock, order, args.seconds, planned=not args.unplanned)
            text = "\n".join([_sentence(result), *sign_in_lines(settings, database)])
    show(result, text, as_json=args.json)
    return 0


def _demo_clock(settings: Settings) -> Clock:
    clock = make_clock(settings)
    if settings.production:
        raise SettingsError("A demonstration has no place here: TANNHA_ENV=production. Use an installation of its own.")
    if clock.file is None:
        raise SettingsError("TANNHA_NOW holds the clock still: unset it, the demonstration sets its own time.")
    return clock


def begin(
    settings: Settings,
    database: Database,
    clock: Clock,
    order: DemoOrder,
    seconds: int | None = None,
    *,
    planned: bool = True,
) -> dict[str, Any]:
    """Make the demonstration, plan its day, and put every clock of this installation at 07:30 of it."""
    result = make_demo(database, order, load_keys(settings), lambda done: say(f"  {done}"), in_parallel(settings))
    if planned:
        say("  planning the day …")
        result["plan"] = plan_and_publish(database, order.day, seconds)
    clock.start_demo_day(order.day)
    if sms_operator(settings) == CONSOLE:
        board, keys = message_board(settings), load_keys(settings)
        result["codes"] = show_seeded_codes(
            database, board, order.day, clock.now(), keys=keys, base_url=settings.base_url
        )
    return result


def advance(database: Database, clock: Clock, keys: Keys, seconds: int | None = None) -> dict[str, Any]:
    """Close today, plan and publish the next working day, and go to its morning. Raises SettingsError without a demo."""
    if not clock.shifted:
        raise SettingsError("There is no demonstration to go on with: run `tannha demo` first.")
    today = local_day(clock.now())
    with database.transaction() as session:
        day = calendar(session).next_working(today)
        sign_all(session, today, at(today + timedelta(days=1), JUST_AFTER_MIDNIGHT), keys)
    result = plan_and_publish(database, day, seconds)
    clock.start_demo_day(day)
    return result


def plan_and_publish(database: Database, day: date, seconds: int | None) -> dict[str, Any]:
    """What the five o'clock job does, here and now. Must run in the main thread: its solvers die with it."""
    five = Clock(fixed=at(day, FINAL_PLAN))
    with database.transaction() as session:
        longest = search_s(session, day) if seconds is None else seconds
        command = AskForPlan(day=day, by="system", now=five.now(), seconds=longest, publish=True)
        planning = ask_for_plan(session, command, by_job=False)
    done = carry_out(database, planning.id, five)
    assert done is not None  # the order is ours alone: no job was promised
    with database.transaction() as session:
        return plan_summary(session, session.get_one(Plan, done.plan.id))


def next_working_day(database: Database, clock: Clock) -> date:
    with database.transaction() as session:
        return calendar(session).next_working(local_day(clock.now()))


def sign_in_lines(settings: Settings, database: Database) -> list[str]:
    """Who may sign in where, for a person at the terminal."""
    with database.transaction() as session:
        accounts = sign_ins(session, first_pilot(session))
    width = max(len(account.role) for account in accounts)
    lines = [f"  {one.role:<{width}}  {one.username:<22} {settings.base_url}{one.where}" for one in accounts]
    return [f"Sign in at {settings.base_url}/dang-nhap with the password {demo_password(settings)} as", *lines]


def _sentence(result: dict[str, Any]) -> str:
    return (
        f"The demonstration day {result['day']} is made: {result['errands']} visits "
        f"({result['deliveries']} deliveries, {result['collections']} collections, {result['both']} doors with both) "
        f"at {result['offices']} offices with {result['couriers']} couriers."
    )
