"""What the processes of an installation count and time, in the form of Prometheus; docs/watching.md has the table.

Labels are rules of addresses, names of jobs and of systems: never an address, a number or a name of a person.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import psutil
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app.watching.together import first_process, folder, forget_the_dead
from app.watching.version import VERSION

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library says no types here
OURS: Final = CollectorRegistry()  # the library's own also holds what it finds out of this one process
ANSWERS_S: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
JOBS_S: Final = (0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 180.0, 600.0, 1200.0)
CALLS_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

REQUESTS: Final = Counter(
    "tannha_http_requests", "Requests that were answered.", ["method", "rule", "status"], registry=OURS
)
REQUEST_S: Final = Histogram(
    "tannha_http_request_seconds", "Until the answer.", ["method", "rule"], registry=OURS, buckets=ANSWERS_S
)
JOB_S: Final = Histogram(
    "tannha_job_seconds", "How long a job took.", ["task", "outcome"], registry=OURS, buckets=JOBS_S
)
OUTSIDE_CALLS: Final = Counter(
    "tannha_outside_calls", "Calls to outside systems.", ["service", "outcome"], registry=OURS
)
OUTSIDE_S: Final = Histogram(
    "tannha_outside_call_seconds", "Until they answered, or failed.", ["service"], registry=OURS, buckets=CALLS_S
)
POOL_IN_USE: Final = Gauge(
    "tannha_pool_connections_in_use",
    "Connections to the database that somebody works with.",
    registry=OURS,
    multiprocess_mode="livesum",
)
POOL_MOST: Final = Gauge(
    "tannha_pool_connections_most", "How many there may be.", registry=OURS, multiprocess_mode="livesum"
)
LIMITS_REFUSED: Final = Counter("tannha_limits_refused", "Refused for too many tries.", registry=OURS)
CODES_REFUSED: Final = Counter(
    "tannha_codes_refused", "Telephones sent no code: too many wait to be typed.", ["of"], registry=OURS
)
LIMITS_FAILURES: Final = Counter(
    "tannha_limits_storage_failures", "Times that the shared counters could not be asked.", registry=OURS
)
LIMITS_AWAY: Final = Gauge(
    "tannha_limits_storage_away", "Processes that count tries alone.", registry=OURS, multiprocess_mode="livesum"
)


class _Together(MultiProcessCollector):
    """All processes of the command, of the living what they hold."""

    def collect(self) -> Iterator[Metric]:
        forget_the_dead(Path(self._path))
        yield from super().collect()  # type: ignore[no-untyped-call]  # the library says no types here


class _Alone(Collector):
    """This process by itself: a test, or a web that no `tannha serve` started."""

    def collect(self) -> Iterable[Metric]:
        return OURS.collect()


class _Installed(Collector):
    def collect(self) -> Iterator[Metric]:
        info = GaugeMetricFamily("tannha_info", "What is installed.", labels=["version"])
        info.add_metric([VERSION], 1)
        yield info


class Disk(Collector):
    """How much is free where keys, files and a database of our own lie."""

    def __init__(self, where: Path) -> None:
        self.where = where

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("tannha_disk_free_bytes", "Free where $TANNHA_VAR lies.", value=disk_free(self.where))


def disk_free(where: Path) -> int:
    """Bytes; `where` itself need not be there yet."""
    return shutil.disk_usage(next(path for path in (where, *where.parents) if path.exists())).free


KINDS: Final = {  # by a word of how they were started
    "routing.child": "solver",
    "app.worker.plan_process": "plan",
    "worker": "worker",
}
NOT_OURS: Final = "from multiprocessing."  # Python's own, and the page of figures itself


class Processes(Collector):
    """Those of this command, by what they do."""

    def __init__(self, first: int | None = None) -> None:
        self.first = first_process() if first is None else first

    def collect(self) -> Iterator[Metric]:
        alive = GaugeMetricFamily("tannha_processes", "Processes that live.", labels=["kind"])
        memory = GaugeMetricFamily("tannha_process_memory_bytes", "Their resident memory.", labels=["kind"])
        found: dict[str, list[int]] = {}
        for kind, size in self._living():
            found.setdefault(kind, []).append(size)
        for kind, sizes in sorted(found.items()):
            alive.add_metric([kind], len(sizes))
            memory.add_metric([kind], sum(sizes))
        yield from (alive, memory)

    def _living(self) -> Iterator[tuple[str, int]]:
        try:
            first = psutil.Process(self.first)
            family = [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for process in family:
            try:
                kind = _kind(process.cmdline(), is_first=process.pid == self.first)
                if kind is not None:
                    yield kind, process.memory_info().rss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue  # it ended while we looked


def _kind(words: Sequence[str], *, is_first: bool) -> str | None:
    if any(word.startswith(NOT_OURS) for word in words):
        return None
    kinds = (KINDS[word] for word in words if word in KINDS)
    return next(kinds, "serve" if is_first else "web")


def registry(*more: Collector) -> CollectorRegistry:
    """What one page shows: what the processes counted, and what `more` finds when it is asked for."""
    page, together = CollectorRegistry(), folder()
    if together is None:
        page.register(_Alone())
    else:
        _Together(page, str(together))  # type: ignore[no-untyped-call]  # as above
    for collector in (_Installed(), Processes(), *more):
        page.register(collector)
    return page


def page(*more: Collector) -> bytes:
    """The same, as Prometheus reads it."""
    return generate_latest(registry(*more))
