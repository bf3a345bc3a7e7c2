"""One order in one process: `python -m app.worker.plan_process PLANNING_ID`, settings as JSON on standard input.

A process of its own, because solving holds the GIL: in the worker's thread it would starve the heartbeat, and the plan
would be made twice (docs/platform.md). It ends with the worker; its solver children end with it.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from app.config import Settings
from app.database import passes
from app.gateways.roads import roads_of
from app.watching import sentry, traces, trail
from app.watching.beginning import begin
from app.worker.carry_out import carry_out
from app.worker.context import WorkerContext

log = logging.getLogger("app.worker.plan_process")  # by its name: as a program it has none
PR_SET_PDEATHSIG = 1
INTERRUPTED = 75  # the exit code of "try again": EX_TEMPFAIL of sysexits.h


def settings_to_json(settings: Settings) -> bytes:
    return json.dumps(asdict(settings), default=str).encode()


def settings_from_json(text: bytes) -> Settings:
    given = json.loads(text)
    links = Path(given["links"]) if given.get("links") else None
    return Settings(**{**given, "var": Path(given["var"]), "links": links})


def end_with(parent: int) -> None:
    """Ask the kernel for our end with the worker's, however it ends; and end now if it is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def main(planning_id: int, parent: int) -> None:
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's to answer
    settings = settings_from_json(sys.stdin.buffer.read())
    begin(settings, "plan")
    belongs = trail.from_parent()
    try:
        with closing(WorkerContext.of(settings)) as context, traces.span("plan", belongs, planning=planning_id):
            roads, stranger = roads_of(settings), settings.stranger_price
            carry_out(context.database, planning_id, context.clock, roads, stranger)
    except Exception as error:
        if passes(error):
            log.warning("planning %d was interrupted (%s)", planning_id, type(error).__name__)
            sys.exit(INTERRUPTED)
        log.exception("planning %d failed", planning_id)  # Python's own traceback would tell the error's words
        sentry.report(error)
        sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
