"""`tannha resolve-address`: which unit an address lies in today, and where about that is."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.output import add_json, show
from app.config import Settings
from app.gateways import administrative_units, resolver

NOT_CERTAIN = 1


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", help="as people write it, with old or new names")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Exit code 1 when a person has to choose."""
    found = resolver(settings)(args.address)
    units = {unit.code: unit for unit in administrative_units()[0]}
    candidates: list[dict[str, Any]] = [
        {
            "unit_code": one.unit_code,
            "unit": units[one.unit_code].name,
            "point": [units[one.unit_code].lon, units[one.unit_code].lat],
            "score": round(one.score, 1),
            "matched": one.matched,
            "via": one.via,
        }
        for one in found.candidates
    ]
    result = {"address": args.address, "unit_code": found.unit_code, "certain": found.certain, "candidates": candidates}
    lines = [
        f"{one['unit_code']}  {one['unit']}  ({one['score']}, {one['via']}: {one['matched']})" for one in candidates
    ]
    verdict = "Certain." if found.certain else "Not certain: a person has to choose."
    text = "\n".join([*lines, verdict]) if lines else "No unit of Gia Lai is named in this address."
    show(result, text, as_json=args.json)
    return 0 if found.certain else NOT_CERTAIN
