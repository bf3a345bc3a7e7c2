"""The jobs. `run_worker` loads the rest when it is called: `tannha migrate` needs the schema of this package alone."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.config import Settings

if TYPE_CHECKING:
    from app.worker.run import WorkerTimings

QUEUES = (
    "plans",
    "messages",
    "codes",
    "files",
    "sys",
    "one_stop",
    "carrier",
    "webhooks",
    "arrivals",
    "polls",
    "reports",
)


def run_worker(
    settings: Settings,
    *,
    queues: Iterable[str] = QUEUES,
    stop: threading.Event | None = None,
    until_idle: bool = False,
    pace: WorkerTimings | None = None,
) -> None:
    """Do jobs until SIGINT, SIGTERM or `stop`; with `until_idle`, until none is left that is due. See `app.worker.run`."""
    from app.worker.run import run  # noqa: PLC0415  (procrastinate, services and routing load here)

    run(settings, queues=tuple(queues), stop=stop, until_idle=until_idle, pace=pace)
