"""What a job did, how it ended and how long it took: one line of the log, and the figures."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import procrastinate

from app.watching import figures

log = logging.getLogger("tannha.jobs")

EVERY_MINUTE: Final = frozenset({"poll_one_stop", "poll_carrier", "ask_operators", "take_arrivals"})


@contextmanager
def watched(name: str, retry: procrastinate.BaseRetryStrategy, job: procrastinate.JobContext) -> Iterator[None]:
    """Around a job's handler; what it raises goes on."""
    began = time.perf_counter()
    outcome = "done"
    try:
        yield
    except asyncio.CancelledError:
        outcome = "stopped"
        raise
    except BaseException as error:
        outcome = "failed" if retry.get_retry_decision(exception=error, job=job.job) is None else "again"
        raise
    finally:
        took_s = time.perf_counter() - began
        figures.JOB_S.labels(name, outcome).observe(took_s)
        level = logging.DEBUG if outcome == "done" and name in EVERY_MINUTE else logging.INFO
        log.log(level, "%s %s %s %.2fs", name, job.job.id, outcome, took_s)
