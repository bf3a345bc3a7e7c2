"""`python -m tests.app.worker.worker_process`: a worker in a hurry, settings as JSON on standard input."""

from __future__ import annotations

import sys

from app.worker import run_worker
from app.worker.plan_process import settings_from_json
from app.worker.run import WorkerTimings

IN_A_HURRY = WorkerTimings(heartbeat_s=0.5, silent_s=2.0, rescue_s=0.5, poll_s=0.5)

if __name__ == "__main__":
    run_worker(settings_from_json(sys.stdin.buffer.read()), pace=IN_A_HURRY)
