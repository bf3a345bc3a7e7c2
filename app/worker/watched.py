"""What a job did, how it ended and how long it took: one line of the log, and the figures."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import procrastinate

from app.watching import figures, sentry, traces, trail

log = logging.getLogger("tannha.jobs")

EVERY_MINUTE: Final = frozenset({"poll_one_stop", "poll_carrier", "ask_operators", "take_arrivals"})


@contextmanager
def watched(
    name: str, retry: procrastinate.BaseRetryStrategy, job: procrastinate.JobContext, arguments: dict[str, Any]
) -> Iterator[None]:
    """Around a job's handler; what it raises goes on. Takes out of `arguments` what belongs to the request behind it."""
    given: dict[str, str] = arguments.pop(trail.KEY, {})
    began, outcome = time.perf_counter(), "done"
    with trail.of_job(job.job.id, given), traces.span(name, given, job=job.job.id or 0):
        try:
            yield
        except asyncio.CancelledError:
            outcome = "stopped"
            raise
        except BaseException as error:
            outcome = "again"
            if retry.get_retry_decision(exception=error, job=job.job) is None:
                outcome = "failed"
                sentry.report(error)
            raise
        finally:
            took_s = time.perf_counter() - began
            figures.JOB_S.labels(name, outcome).observe(took_s)
            level = logging.DEBUG if outcome == "done" and name in EVERY_MINUTE else logging.INFO
            fields = {"task": name, "outcome": outcome, "ms": round(took_s * 1000)}
            log.log(level, "%s %s %.2fs", name, outcome, took_s, extra=fields)
