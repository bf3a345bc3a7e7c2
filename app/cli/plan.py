"""`tannha plan`: plan a day here and now, by the same code as the job `plan_day`; no worker is needed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.output import add_json, say, show
from app.clock import Clock, make_clock
from app.config import Settings
from app.database import Database, check_reachable, connect
from app.domain.commands import AskForPlan
from app.domain.errors import DomainError
from app.gateways.roads import roads_of
from app.models import Office, Plan
from app.queries.planning.plan_pages import counterpart
from app.queries.planning.plans import plan_summary
from app.services.planning import ask_for_plan, compare, free_saves
from app.services.planning.asking import ENGINES
from app.texts import dong, kilometres
from app.texts.free_savings import free_sentence
from app.texts.working_hours import balance_sentence
from app.worker.carry_out import CarriedOut, carry_out
from routing.validate import Invalid
from routing.vroom_json import plan_to_json, problem_to_json

SHOWN = 20
"""Errands left out that the sentence names."""
SECONDS = 30
"""Default search time, of CPU: with loading and saving, 3,000 errands are planned within half a minute on two cores."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--day", required=True, type=date.fromisoformat, help="the day, as YYYY-MM-DD")
    parser.add_argument("--offices", default="", metavar="A,B", help="codes of offices (default: all)")
    parser.add_argument(
        "--assignment",
        choices=("home", "free"),
        default="home",
        help="home: each commune's own office; free: boundary-free collections may go to any office",
    )
    parser.add_argument(
        "--balance",
        type=int,
        metavar="MINUTES",
        help="working days within an office may differ by this much (default: not asked for); the price is told",
    )
    parser.add_argument(
        "--compare", action="store_true", help="make a draft of the other assignment, too, and tell what free saves"
    )
    parser.add_argument(
        "--seconds",
        type=int,
        default=SECONDS,
        help=f"CPU seconds of search (default {SECONDS}); done within eight times as long",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the search's random choices (default 0)")
    parser.add_argument("--engine", choices=ENGINES, default="auto", help="default auto: all that are installed")
    parser.add_argument("--dump", type=Path, metavar="DIR", help="write problem.json and plan.json, as VROOM's JSON")
    parser.add_argument("--publish", action="store_true", help="publish at once instead of keeping a draft")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    database = connect(settings)
    check_reachable(database.engine)
    clock = make_clock(settings)
    try:
        done = None
        for order in _orders(args):  # home first: free begins there
            made = _carried_out(database, order, clock, settings)
            done = made if order is args else done
        assert done is not None  # what was asked for is among them
        with database.transaction() as session:
            plan = session.get_one(Plan, done.plan.id)
            result = plan_summary(session, plan) | {"free_saves": _saving(session, plan)}
    except Invalid as error:
        say(f"tannha: {error}")
        return 2
    finally:
        database.engine.dispose()
    if args.dump is not None:
        _dump(args.dump, done)
    show(result, _sentence(result), as_json=args.json)
    return 0


def _orders(args: argparse.Namespace) -> list[argparse.Namespace]:
    """What is planned, in this order: what was asked for, and with `--compare` a draft of the other assignment."""
    if not args.compare:
        return [args]
    other = {"assignment": "home" if args.assignment == "free" else "free", "publish": False}
    both = [args, argparse.Namespace(**{**vars(args), **other})]
    return sorted(both, key=lambda order: order.assignment == "free")


def _carried_out(database: Database, args: argparse.Namespace, clock: Clock, settings: Settings) -> CarriedOut:
    with database.transaction() as session:
        planning = ask_for_plan(session, _command(session, args, clock.now()), by_job=False)
    done = carry_out(database, planning.id, clock, roads_of(settings), settings.stranger_price)
    assert done is not None  # the order is ours alone: no job was promised
    return done


def _saving(session: Session, plan: Plan) -> dict[str, Any] | None:
    """What `free` takes off `home`, where the same day and offices are planned both ways."""
    other = counterpart(session, plan)
    if other is None:
        return None
    home, free = compare(sorted((plan, other), key=lambda one: one.assignment, reverse=True))
    saved = free_saves(home, free)
    movable = max(plan, other, key=lambda one: one.assignment == "free").movable
    said = free_sentence(movable, saved, "en")
    return {"home": home.plan_id, "free": free.plan_id, **asdict(saved), "movable": movable, "why": said}


def _command(session: Session, args: argparse.Namespace, now: datetime) -> AskForPlan:
    return AskForPlan(
        day=args.day,
        by="system",
        now=now,
        office_ids=_office_ids(session, [code.strip() for code in args.offices.split(",") if code.strip()]),
        assignment=args.assignment,
        engine=args.engine,
        seconds=args.seconds,
        seed=args.seed,
        publish=args.publish,
        balance_s=None if args.balance is None else args.balance * 60,
    )


def _office_ids(session: Session, codes: Sequence[str]) -> tuple[int, ...]:
    found = {row.code: row.id for row in session.execute(select(Office.code, Office.id).where(Office.code.in_(codes)))}
    missing = [code for code in codes if code not in found]
    if missing:
        raise DomainError("unknown_office_codes", kind="invalid", field="offices", codes=", ".join(missing))
    return tuple(found[code] for code in codes)


def _dump(folder: Path, done: CarriedOut) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    problem = done.loaded.problem
    documents = {"problem.json": problem_to_json(problem), "plan.json": plan_to_json(done.solution, problem)}
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document, ensure_ascii=False))


def _sentence(result: dict[str, Any]) -> str:
    told = [_figures(result)]
    if result["balance"]:
        told.append(balance_sentence(result["balance"], "en"))
    if result["usual"]["doors"]:
        told.append(
            f"Usual couriers come to {result['usual']['kept']} of the {result['usual']['doors']} doors that have one."
        )
    if saved := result["free_saves"]:
        told.append(
            f"free (plan {saved['free']}) against home (plan {saved['home']}): {kilometres(saved['distance_m'])} ridden, "
            f"{kilometres(saved['all_m'])} with the onward legs, {saved['couriers']} couriers, "
            f"{dong(saved['cost'])} and {saved['riding_s'] / 3600:.1f} h less."
        )
        told.append(saved["why"])
    told += [
        f"- {left['errand']}: {left['sentence']} {left['way_out'] or ''}".rstrip()
        for left in result["unserved"][:SHOWN]
    ]
    if len(result["unserved"]) > SHOWN:
        told.append(f"- and {len(result['unserved']) - SHOWN} more (--json lists all)")
    return "\n".join(told)


def _figures(result: dict[str, Any]) -> str:
    return (
        f"Plan {result['plan']} of {result['day']} ({result['state']}, {result['assignment']}): "
        f"{result['served']} of {result['errands']} errands, {result['couriers']} couriers, "
        f"{kilometres(result['distance_m'])}, {dong(result['cost'])}, {result['violations']} violations, "
        f"{result['engine']}, {result['wall_s']} s.{_searched(result['searched'])}"
    )


def _searched(searched: dict[str, Any] | None) -> str:
    if searched is None:
        return ""
    state = {True: "settled", False: "still improving", None: "first routes alone"}[searched["settled"]]
    return f" Searched {searched['cpu_s']} CPU s, {searched['iterations']} iterations: {state}."
