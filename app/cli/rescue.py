"""`tannha rescue`: takes a rescue package of a phone in; feeding it twice is feeding it once."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.embedded import start_embedded
from app.cli.opening import opened
from app.cli.output import add_json, show
from app.clock import make_clock
from app.config import Settings, SettingsError, load_keys
from app.schemas.operations import WireReader
from app.services.rescue import Package, Rescue, Rescued


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the .zip that the courier's phone made")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    try:
        file = args.file.open("rb")
    except OSError as fault:
        raise SettingsError(f"{args.file} can't be read: {fault.strerror}.") from fault
    now = make_clock(settings).now()
    with file, opened(start_embedded(settings)) as database, database.transaction() as session:
        done = Rescue(session, WireReader(), load_keys(settings), now, "system").bring_home(Package.open(file))
    show(summary(done), sentence(done), as_json=args.json)
    return 0


def summary(done: Rescued) -> dict[str, object]:
    return {
        "devices": [str(device_id) for device_id in done.device_ids],
        "operations": [
            {"op_id": one["op_id"], "result": one["result"], "reviews": [review["code"] for review in one["reviews"]]}
            for one in done.answers
        ],
        "files": done.files,
    }


def sentence(done: Rescued) -> str:
    return (
        f"{len(done.answers)} operations: {done.count('applied')} applied, {done.count('duplicate')} known before, "
        f"{done.count('needs_review')} to be looked at, {done.count('rejected')} rejected. "
        f"{done.new_files} of {len(done.files)} files are new."
    )
