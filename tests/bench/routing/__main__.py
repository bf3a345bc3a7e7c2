"""`python -m tests.bench.routing [PART …]`: the targets of routing, measured; see `docs/routing.md`.

Without a part all of them, shortest first, each for 40 minutes at most; what was finished is in the results file and is not
run again, so the next call goes on. `table` only writes the table. Runs with other parameters of the search (`--set`,
`--params`) are kept in a file of their own and never come into the table.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from routing.params_reader import from_toml, with_settings
from routing.search_params import SearchParams
from tests.bench.routing import busy, country, parts, parts_of_time, trips
from tests.bench.routing.paired import MINUTES, OutOfTime, Runner, say
from tests.bench.routing.parts import Options
from tests.bench.routing.references import FROZEN, References
from tests.bench.routing.report import write
from tests.bench.routing.results import RESULTS, Results
from tests.bench.routing.seat import Seats

PARTS: Mapping[str, Callable[[Runner, Options], None]] = {
    "insertion": parts_of_time.insertion,
    "first": parts_of_time.first,
    "deadline": parts_of_time.deadline,
    "same": parts_of_time.same,
    "busy": busy.busy,
    "trips": trips.trips,
    "driven": parts_of_time.driven,
    "complete": parts.complete,
    "towns": parts.towns,
    "regions": parts.regions,
    "public": parts.public,
    "offices": parts.offices,
    "province": parts.province,
    "large": parts.large,
    "country": country.country,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench.routing", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)} or table")
    parser.add_argument("--short", action="store_true", help="few days, small budgets: minutes")
    parser.add_argument("--fresh", action="store_true", help="forget the finished runs of these parts first")
    parser.add_argument("--instances", type=Path, help="folder of the public instances")
    parser.add_argument(
        "--reference-seconds", type=float, default=60.0, help="CPU for the best known plan of an office"
    )
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of each part")
    parser.add_argument("--results", type=Path, help="file of the finished runs (default: var/bench.jsonl)")
    add_params(parser)
    args = parser.parse_args()
    params = params_of(parser, args)
    path = args.results or RESULTS.with_name(file_of(params, short=args.short))
    names = [name for name in args.parts or PARTS if name not in {"table", "routing"}]
    if "routing" in args.parts:
        names = list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    results = Results.read(path)
    if args.fresh:
        results.forget(names)
    frozen = References.read(path.with_suffix(".references.json") if args.short or args.results else FROZEN)
    options = Options(short=args.short, instances=args.instances, reference_s=args.reference_seconds)
    for name in names:
        run(name, results, frozen, options, args.minutes, params)
    write(results, to_document=not args.short and params == SearchParams())


def add_params(parser: argparse.ArgumentParser) -> None:
    """Take parameters of the search as `python -m routing solve` does."""
    parser.add_argument("--params", type=Path, metavar="FILE.toml", help="parameters of the search")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="one of them")


def params_of(parser: argparse.ArgumentParser, args: argparse.Namespace) -> SearchParams:
    """Return the parameters asked for; end with a sentence where they cannot be read."""
    try:
        return with_settings(from_toml(args.params.read_text() if args.params else ""), args.set)
    except (OSError, ValueError) as error:
        parser.error(str(error))


def file_of(params: SearchParams, *, short: bool) -> str:
    if params != SearchParams():
        return "bench-params.jsonl"
    return "bench-short.jsonl" if short else RESULTS.name


def run(
    name: str, results: Results, frozen: References, options: Options, minutes: float, params: SearchParams
) -> None:
    """Run one part, or as much of it as its minutes allow."""
    say(f"== {name}")
    with Seats(params) as seats:
        try:
            PARTS[name](Runner(results, seats, time.monotonic() + 60 * minutes, frozen), options)
        except OutOfTime:
            say(f"{name}: {minutes:g} minutes are over; the same command goes on from here")


if __name__ == "__main__":
    main()
