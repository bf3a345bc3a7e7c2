"""`tannha worker`: does the jobs of the database's queues until it is told to stop."""

from __future__ import annotations

import argparse

from app.cli.embedded import lend
from app.config import Settings
from app.database import check_reachable, connect
from app.worker import run_worker


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: queues and concurrency belong to the worker."""


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 (every command takes them)
    settings = lend(settings)
    database = connect(settings)
    check_reachable(database.engine)
    database.engine.dispose()
    run_worker(settings)
    return 0
