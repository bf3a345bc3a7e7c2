"""The worker: every queue at once in one process, so that a plan never keeps a message waiting.

A worker that was killed leaves its jobs `doing`; whoever still runs finds them by the missing heartbeat and gives them
back (redelivery is not automatic in procrastinate 3.10: docs/platform.md, "Jobs").
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.database import APP_ROLE, JOBS, MOST_CONNECTIONS, NETWORK, app_url, options, passes
from app.domain.breaker import wait_s
from app.domain.errors import DomainError
from app.gateways import known_links
from app.jobs import QUEUES
from app.services.outbox import link_health
from app.watching.figures import POOL_MOST
from app.worker import outages
from app.worker.context import WorkerContext
from app.worker.outbox import NotYet
from app.worker.tasks import GIVING_UP, TASKS, PlanInterrupted
from app.worker.timers import look_at_the_clock
from app.worker.watched import watched

log = logging.getLogger(__name__)

AT_ONCE: Mapping[str, int] = {
    "plans": 1,
    "messages": 4,
    "codes": 2,
    "files": 2,
    "sys": 1,
    "one_stop": 8,
    "carrier": 8,
    "webhooks": 12,
    "arrivals": 1,
    "polls": 2,
    "reports": 1,
}
"""How many jobs of a queue one process does at the same time."""


class WhenStopped(procrastinate.BaseRetryStrategy):
    """A job stopped with its worker did not fail: the next worker begins it again at once. Nor did one whose database went
    away: it comes again when that is back. `otherwise`: when it did.
    """

    def __init__(self, otherwise: procrastinate.BaseRetryStrategy | None = None) -> None:
        self.otherwise = otherwise

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return procrastinate.RetryDecision()
        if (passes(exception) or isinstance(exception, PlanInterrupted)) and job.attempts < MOST_OUTAGES:
            return procrastinate.RetryDecision(retry_in={"seconds": min(60, 2 ** (job.attempts + 1))})
        return self.otherwise.get_retry_decision(exception=exception, job=job) if self.otherwise else None


class WhenTold(procrastinate.BaseRetryStrategy):
    """A message to an outside system is never given up here: it comes again when it said so, and after an error of ours."""

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision:
        if isinstance(exception, asyncio.CancelledError):
            return procrastinate.RetryDecision()
        wait = exception.wait_s if isinstance(exception, NotYet) else wait_s(job.attempts + 1, spread=0.5)
        return procrastinate.RetryDecision(retry_in={"milliseconds": round(wait * 1000)})


class WhenCarried(WhenStopped):
    """A message to a citizen comes again when it said so: how often is kept with its sending, not with the job. So is what
    its waiting costs: however often it waited, a database that went away ends no message, its age does.
    """

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if isinstance(exception, NotYet):
            return procrastinate.RetryDecision(retry_in={"milliseconds": round(exception.wait_s * 1000)})
        if passes(exception):
            return procrastinate.RetryDecision(retry_in={"milliseconds": round(DATABASE_WAIT_S * 1000)})
        return super().get_retry_decision(exception=exception, job=job)


MOST_OUTAGES = 20
DATABASE_WAIT_S = 10.0
A_FEW_TIMES = WhenStopped(procrastinate.RetryStrategy(max_attempts=6, exponential_wait=3))
UNTIL_THERE = WhenStopped(procrastinate.RetryStrategy(max_attempts=16, exponential_wait=2))
RETRIES: Mapping[str, procrastinate.BaseRetryStrategy] = {
    "tell_one_stop": WhenTold(),
    "tell_carrier": WhenTold(),
    "tell_subscriber": WhenTold(),
    "take_arrivals": WhenTold(),
    "reconcile": A_FEW_TIMES,
    "announce_plan": A_FEW_TIMES,
    "confirm_proof": A_FEW_TIMES,
    "store_file": UNTIL_THERE,
    "delete_file": UNTIL_THERE,
    "list_erasures": UNTIL_THERE,
    "deliver_message": WhenCarried(),
    "deliver_code": WhenCarried(),
}
REGULAR: Mapping[str, str] = {  # UTC: 17:00 is midnight in Gia Lai
    "sign_digests": "10 17 * * *",
    "carry_over": "20 17 * * *",
    "learn_travel_times": "30 17 * * *",
    "learn_landmarks": "35 17 * * *",
    "keep_time_limits": "40 17 * * *",
    "poll_one_stop": "* * * * *",
    "poll_carrier": "* * * * *",
    "ask_operators": "* * * * *",
    "sync_procedures": "30 18 * * *",
    "reconcile": "0 19 * * *",
    "take_arrivals": "* * * * *",
}
LET_FINISH_S = 900.0  # a drained queue waits for its last job
LONG_S, AGAIN_AND_AGAIN = 30.0, 20  # a round shorter than this is a failure; so many in a row are too many
STOP_LOOK_S = 0.2  # how often the caller's event is looked at; signals wake at once


@dataclass(frozen=True, slots=True)
class WorkerTimings:
    """Seconds. A job is given back when its worker was silent for `silent_s`; asked every `rescue_s`. The clock is
    looked at every `clock_s`.
    """

    heartbeat_s: float = 10.0
    silent_s: float = 30.0
    rescue_s: float = 15.0
    poll_s: float = 5.0
    clock_s: float = 30.0


def run(
    settings: Settings,
    *,
    queues: tuple[str, ...],
    stop: threading.Event | None,
    until_idle: bool,
    pace: WorkerTimings | None,
) -> None:
    """See `app.worker.run_worker`. A plan in the making is stopped with its children, and begun again by the next worker."""
    context = WorkerContext.of(settings)
    try:
        with context.database.transaction() as session:
            link_health.register(session, known_links(settings))
        POOL_MOST.set(MOST_CONNECTIONS)
        rhythm = pace or WorkerTimings()
        log.info("at work on %s", ", ".join(queues))
        asyncio.run(_drain(context, queues, rhythm) if until_idle else _serve(context, queues, stop, rhythm))
    finally:
        context.close()
    log.info("stopped, as it was told")


def make_app(context: WorkerContext) -> procrastinate.App:
    """procrastinate's app with every task bound to this installation."""
    url = app_url(context.settings).set(drivername="postgresql")
    connector = procrastinate.PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False),
        kwargs={"options": options(APP_ROLE, JOBS), **NETWORK},
        min_size=1,
        max_size=24,
    )
    app = procrastinate.App(connector=connector)
    for name, handler in TASKS.items():
        retry = RETRIES.get(name, WhenStopped())
        bound = (
            _later(name, handler, retry, context)
            if inspect.iscoroutinefunction(handler)
            else settling(name, handler, retry, context)
        )
        task = app.task(name=name, queue=QUEUES[name], retry=retry, pass_context=True)(bound)
        if name in REGULAR:
            app.periodic(cron=REGULAR[name])(task)
    return app


def _later(
    name: str, handler: Callable[..., Any], retry: procrastinate.BaseRetryStrategy, context: WorkerContext
) -> Callable[..., Any]:
    async def later(job: procrastinate.JobContext, **arguments: Any) -> None:
        with watched(name, retry, job, arguments):
            await handler(context, **arguments)

    return later


def settling(
    name: str, handler: Callable[..., Any], retry: procrastinate.BaseRetryStrategy, context: WorkerContext
) -> Callable[..., Any]:
    """The handler; after an error with which nobody tries again, `GIVING_UP` settles what the job was for."""

    def run_or_give_up(job: procrastinate.JobContext, **arguments: Any) -> None:
        with watched(name, retry, job, arguments):
            try:
                handler(context, **arguments)
            except Exception as error:
                if name in GIVING_UP and retry.get_retry_decision(exception=error, job=job.job) is None:
                    GIVING_UP[name](context, error, **arguments)
                raise

    return run_or_give_up


class WorkerEnded(Exception):
    """A worker gave up by itself, again and again, with its database there. Whoever supervises starts it again."""


def _make_room() -> None:
    """A thread for every job at once: asyncio's own pool has a handful, and messages would wait for slow partners."""
    threads = ThreadPoolExecutor(sum(AT_ONCE.values()) + 4, thread_name_prefix="job")
    asyncio.get_running_loop().set_default_executor(threads)


async def _serve(
    context: WorkerContext, queues: tuple[str, ...], stop: threading.Event | None, pace: WorkerTimings
) -> None:
    """Round after round: one ends when the database goes away, and the next begins when it is back."""
    _make_room()
    outages.keep_quiet(queues)
    told = asyncio.create_task(_told_to_stop(stop))
    short = unexplained = 0  # rounds in a row that ended at once; of them those of which the database is not to blame
    try:
        while not told.done():
            began = time.monotonic()
            fault = await _round(context, queues, told, pace)
            short = 0 if time.monotonic() - began > LONG_S else short + 1
            unexplained = unexplained + 1 if short and fault is None else 0
            if told.done():
                return
            if unexplained > AGAIN_AND_AGAIN:
                raise WorkerEnded("a worker ended by itself again and again; its log says why")
            await outages.until_back(context.database, told, fault, short)
    finally:
        told.cancel()


async def _round(
    context: WorkerContext, queues: tuple[str, ...], told: asyncio.Task[None], pace: WorkerTimings
) -> str | None:
    """All queues at once, until told to stop or until one of their workers ends by itself: then all do.

    What they had begun is given back by the next round, or by any other worker, as after a kill. Returns the kind of the
    database's fault that ended it; None: none did.
    """
    app = make_app(context)
    outages.listen()
    try:
        async with app.open_async():
            workers = [asyncio.create_task(_work_on(app, queue, pace)) for queue in queues]
            minding = [asyncio.create_task(_rescue(app, pace)), asyncio.create_task(_keep_time(context, pace))]
            try:
                await asyncio.wait([*workers, told], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (*minding, *workers):
                    task.cancel()
                ends = await asyncio.gather(*minding, *workers, return_exceptions=True)
        return outages.fault_in(ends)
    except outages.AWAY as error:
        return outages.kind_of(error)


async def _drain(context: WorkerContext, queues: tuple[str, ...], pace: WorkerTimings) -> None:
    """Do what is due, and what that promises in turn."""
    app = make_app(context)
    _make_room()
    async with app.open_async():
        while _due(context, queues):
            for queue in queues:
                await _work_on(app, queue, pace, wait=False)


def _due(context: WorkerContext, queues: tuple[str, ...]) -> bool:
    query = text(
        "select exists (select from procrastinate_jobs where status = 'todo' and queue_name = any(:queues) "
        "and (scheduled_at is null or scheduled_at <= now()))"
    )
    with context.database.transaction() as session:
        return bool(session.scalar(query, {"queues": list(queues)}))


async def _work_on(app: procrastinate.App, queue: str, pace: WorkerTimings, *, wait: bool = True) -> None:
    await app.run_worker_async(
        queues=[queue],
        name=queue,
        concurrency=AT_ONCE[queue],
        wait=wait,
        install_signal_handlers=False,  # all workers share one process: `_told_to_stop` listens for all
        shutdown_graceful_timeout=0.0 if wait else LET_FINISH_S,
        update_heartbeat_interval=pace.heartbeat_s,
        stalled_worker_timeout=pace.silent_s,
        fetch_job_polling_interval=pace.poll_s,
    )


async def _told_to_stop(stop: threading.Event | None) -> None:
    """Wait for SIGINT, SIGTERM or the caller's event."""
    ending = asyncio.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ending.set)
    while not ending.is_set() and not (stop is not None and stop.is_set()):
        with suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), STOP_LOOK_S)


async def _rescue(app: procrastinate.App, pace: WorkerTimings) -> None:
    """Give back, again and again, the jobs of workers that fell silent."""
    while True:
        await asyncio.sleep(pace.rescue_s)
        try:
            await rescue(app, pace.silent_s)
        except ConnectorException as error:  # the kind is enough, as below
            why = type(error.__cause__ or error).__name__
            log.warning("rescue: another worker was faster, or the database is away (%s)", why)


async def _keep_time(context: WorkerContext, pace: WorkerTimings) -> None:
    """Do by the clock what is due: the draft in the evening, the final plan in the morning."""
    while True:
        try:
            await asyncio.to_thread(look_at_the_clock, context)
        except (SQLAlchemyError, DomainError) as error:  # its words may quote a number: the kind is enough
            log.error("the clock: %s, looked at again in %s s", type(error).__name__, pace.clock_s)  # noqa: TRY400 - a traceback may quote a number
        await asyncio.sleep(pace.clock_s)


async def rescue(app: procrastinate.App, silent_s: float) -> int:
    """Give back the jobs of silent workers once; return how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_s))
    for job in stalled:
        log.warning("job %s (%s) lost its worker: given back", job.id, job.task_name)
        await app.job_manager.retry_job(job)
    return len(stalled)
