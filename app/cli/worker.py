"""`tannha worker`: does the jobs of the database's queues until it is told to stop."""

from __future__ import annotations

import argparse

from app.cli import figures_page
from app.cli.embedded import start_embedded
from app.cli.opening import opened
from app.cli.starting import begin_well
from app.config import Settings
from app.watching.beginning import begin
from app.worker import run_worker


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: queues and concurrency belong to the worker."""


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 (every command takes them)
    begin(settings, "worker")
    settings = start_embedded(settings)
    with opened(settings) as database:
        begin_well(database, settings)
    figures_page.of_worker(settings)
    run_worker(settings)
    return 0
