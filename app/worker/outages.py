"""The database restarts, a backend is killed, the network breaks: the worker waits for it and goes on, and says so in a line.

procrastinate ends a worker whose heartbeat fails, with a traceback a queue: 720 lines for one restart.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.database import Database

log = logging.getLogger(__name__)

AWAY: Final = (ConnectorException, psycopg.OperationalError, DBAPIError, NoConnectionFree)
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0


async def until_back(database: Database, told: asyncio.Task[None], ended_by: str | None, short: int) -> None:
    """Ask the database with growing pauses until it answers, or until told to stop.

    One that answers and takes nothing (a full disk) ends round after round, `short` of them by now: they come ever more
    slowly, however long it lasts.
    """
    began, wait_s, fault = time.monotonic(), FIRST_WAIT_S, await asyncio.to_thread(_fault_of, database)
    if fault is None:
        if ended_by is not None:
            log.warning("the connection to the database was lost (%s), it answers again: the jobs go on", ended_by)
        else:
            log.warning(
                "a queue's worker ended by itself and told no fault, the database answers: all queues begin again"
            )
        if short > 1:
            await asyncio.wait({told}, timeout=min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(short, 10)))
        return
    log.warning("the database is away (%s): waiting for it", fault)
    while fault is not None and not told.done():
        await asyncio.wait({told}, timeout=wait_s)
        wait_s = min(LONGEST_WAIT_S, wait_s * 2)
        fault = await asyncio.to_thread(_fault_of, database)
    if fault is None:
        log.warning("the database is back after %.0f s: the jobs go on", time.monotonic() - began)


def _fault_of(database: Database) -> str | None:
    try:
        with database.transaction() as session:
            session.execute(text("select"))
    except AWAY as error:
        return kind_of(error)
    return None


def kind_of(error: BaseException) -> str:
    """Its class alone: words of a database may quote what somebody typed."""
    return type(getattr(error, "orig", None) or error.__cause__ or error).__name__


def fault_in(ends: Sequence[object]) -> str | None:
    """The kind of the database's fault that ended a round. Whatever else ended it is a bug, is raised, and ends the program.

    A worker of the queue's library whose heartbeat fails raises nothing: its log alone says why.
    """
    faults = [end for end in ends if isinstance(end, Exception)]
    for fault in faults:
        if not isinstance(fault, AWAY):
            raise fault
    return kind_of(faults[0]) if faults else _QUEUE_LOG.fault


@dataclass(slots=True)
class _QueueLog:
    """What the queue's library wrote of a lost database in this round."""

    fault: str | None = None


_QUEUE_LOG: Final = _QueueLog()


def listen() -> None:
    """A round begins: what was heard before it explains nothing."""
    _QUEUE_LOG.fault = None


class _WithoutTracebacks(logging.Filter):
    """Drops what is said of a lost database where `until_back` says it once; keeps the line of a job that failed by it."""

    def filter(self, record: logging.LogRecord) -> bool:
        fault = record.exc_info[1] if record.exc_info else None
        if not isinstance(fault, AWAY):
            return True
        record.exc_info = record.exc_text = None
        kept = record.levelno < logging.ERROR or getattr(record, "action", "") == "job_error"
        if not kept:
            _QUEUE_LOG.fault = _QUEUE_LOG.fault or kind_of(fault)
        return kept


def keep_quiet(queues: Iterable[str]) -> None:
    """For the loggers of the queue's library, and for what asyncio says of tasks that nobody asks any more."""
    known_names = {name for name in logging.root.manager.loggerDict if name.startswith("procrastinate")}
    for name in known_names | {f"procrastinate.worker.{queue}" for queue in queues}:
        logger = logging.getLogger(name)
        if not any(isinstance(known, _WithoutTracebacks) for known in logger.filters):
            logger.addFilter(_WithoutTracebacks())
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # a line for each connection it could not make
    asyncio.get_running_loop().set_exception_handler(_say_in_a_line)


def _say_in_a_line(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), AWAY):
        loop.default_exception_handler(context)
