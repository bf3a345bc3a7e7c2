"""`tannha quote`: what a visit costs, in parts, from the tariff of the day."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.opening import opened
from app.cli.output import add_json, show
from app.cli.output import day as a_day
from app.clock import local_day, make_clock
from app.config import Settings
from app.domain.commands import DossierGiven, QuoteVisit
from app.domain.errand import RequestKind
from app.domain.tariff import Discount, PricePart
from app.services.booking.pricing import quote, total
from app.texts import dong


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unit", required=True, metavar="CODE", help="the commune or ward, e.g. 23776")
    parser.add_argument("--procedure", required=True, action="append", metavar="CODE", help="e.g. 1.001193; repeatable")
    parser.add_argument("--kind", choices=[kind.value for kind in RequestKind], default=RequestKind.SEND.value)
    parser.add_argument("--cases", default="", metavar="A,B", help="the chosen cases of the procedure")
    parser.add_argument("--discount", choices=[one.value for one in Discount], default=Discount.NONE.value)
    parser.add_argument("--day", type=a_day, help="the tariff of that day (default: today)")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    cases = tuple(case for case in args.cases.split(",") if case)
    visit = QuoteVisit(
        kind=RequestKind(args.kind),
        unit_code=args.unit,
        dossiers=tuple(DossierGiven(code, cases) for code in args.procedure),
        day=args.day or local_day(make_clock(settings).now()),
        discount=Discount(args.discount),
    )
    with opened(settings) as database, database.transaction() as session:
        parts = quote(session, visit)
    whole = total(parts)
    result: dict[str, Any] = {
        "day": visit.day,
        "parts": [_shown(part) for part in parts],
        "total": {"lower": whole.lower, "upper": whole.upper, "state_fee_unknown": whole.unknown},
    }
    lines = [f"{part.kind.value:<11} {part.direction or '':<7} {_amount(part):>22}  {part.basis}" for part in parts]
    rest = " and the state fee that the desk will tell" if whole.unknown else ""
    text = "\n".join([*lines, f"Together {dong(whole.lower)} to {dong(whole.upper)}{rest}."])
    show(result, text, as_json=args.json)
    return 0


def _shown(part: PricePart) -> dict[str, Any]:
    return {
        "kind": part.kind.value,
        "direction": part.direction.value if part.direction else None,
        "lower": part.lower,
        "upper": part.upper,
        "basis": part.basis,
    }


def _amount(part: PricePart) -> str:
    if part.lower is None or part.upper is None:
        return "the desk will tell"
    return dong(part.lower) if part.lower == part.upper else f"{dong(part.lower)} – {dong(part.upper)}"
