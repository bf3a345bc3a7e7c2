"""`tannha solve`: a routing problem in VROOM's JSON, without a database; the same program as `python -m routing solve`."""

from __future__ import annotations

import argparse

from app.config import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="as for `python -m routing solve`")


def run(args: argparse.Namespace, _settings: Settings) -> int:
    from routing.__main__ import main  # noqa: PLC0415  (loads the solvers)

    return main(["solve", *args.arguments])
