"""`python -m tests.bench.routing.compare`: any contestants on any generated days, side by side; keeps nothing by default."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.bench.routing.__main__ import add_params, params_of
from tests.bench.routing.days import gia_lai
from tests.bench.routing.paired import Runner, Trial, check, say, summary
from tests.bench.routing.results import Results, Row
from tests.bench.routing.seat import Seats


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stops", type=int, default=300)
    parser.add_argument("--offices", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU of each contestant")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--rules", action="store_true", help="with breaks, skills and second windows")
    parser.add_argument("--assignment", choices=("home", "free"), default="free")
    parser.add_argument("--kind", choices=("", "collections", "transfers"), default="")
    parser.add_argument("--children", type=int, default=1, help="solver processes of the product")
    parser.add_argument("--contestants", default="auto,PyVRP", help="the first one against each other one")
    parser.add_argument("--results", type=Path, help="keep the runs here, and skip those that are there")
    add_params(parser)
    args = parser.parse_args()
    names = args.contestants.split(",")
    check(names)
    results = Results.read(args.results) if args.results else Results(Path("/dev/null"))
    rows: list[Row] = []
    form = " ".join([f"{args.stops}/{args.offices}", args.assignment, args.kind, "rules" if args.rules else ""])
    with Seats(params_of(parser, args)) as seats:
        runner = Runner(results, seats)
        for seed in range(args.first_seed, args.first_seed + args.seeds):
            day = gia_lai(args.stops, args.offices, seed, rules=args.rules, assignment=args.assignment, kind=args.kind)
            rows += runner.pair(Trial("compare", form.strip(), day, args.seconds, seed, args.children), names)
    for control in names[1:]:
        say(summary(rows, control, names[0]))


if __name__ == "__main__":
    main()
