"""`tannha reconcile`: us and both outside systems, side by side; what is safe is repaired. Exit code 1 while they differ."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from app.cli.opening import opened
from app.cli.output import add_json, say, show
from app.clock import make_clock
from app.config import Settings, load_keys
from app.worker.context import WorkerContext
from app.worker.reconcile import reconcile
from integrations.errors import Unavailable

DIFFER, AWAY = 1, 3


def configure(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database:
        try:
            found = reconcile(WorkerContext(settings, database, make_clock(settings), load_keys(settings)))
        except Unavailable as error:
            say(f"tannha: {error.service} does not answer ({error.reason}): nothing was compared; try again later.")
            return AWAY
    lines = [f"{found.checked} checked"]
    lines += [f"  missing here: {code}" for code in found.missing_here]
    lines += [f"  missing there: {code}" for code in found.missing_there]
    lines += [f"  different: {one['code']} here {one['here']}, there {one['there']}" for one in found.different]
    lines += [f"  not read: {code}" for code in found.unread]
    lines += [f"  repaired: {code}" for code in found.repaired]
    show(asdict(found), "\n".join(lines), as_json=args.json)
    return 0 if found.agree else DIFFER
