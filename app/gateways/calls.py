"""Calls to outside systems, counted and timed; each says which request of ours it belongs to."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.watching import figures, traces, trail
from integrations.calls import outcome, watch

log = logging.getLogger(__name__)


@contextmanager
def around(service: str) -> Iterator[Mapping[str, str]]:
    """See `integrations.calls.Watcher`."""
    began = time.perf_counter()
    fault: BaseException | None = None
    try:
        with traces.span(service):
            yield trail.headers()
    except BaseException as error:
        fault = error
        raise
    finally:
        took_s, came = time.perf_counter() - began, outcome(fault)
        figures.OUTSIDE_CALLS.labels(service, came).inc()
        figures.OUTSIDE_S.labels(service).observe(took_s)
        fields = {"service": service, "outcome": came, "ms": round(took_s * 1000)}
        log.log(
            logging.DEBUG if fault is None else logging.INFO,
            "%s %s %.2fs", service, came, took_s, extra=fields,
        )  # fmt: skip


watch(around)
