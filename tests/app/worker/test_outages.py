"""What the worker says of a database that went away."""

from __future__ import annotations

import asyncio
import logging

import psycopg
import pytest

from app.database import Database
from app.worker import outages

QUEUE = logging.getLogger("procrastinate.worker.quiet")


async def _round_of(error: Exception | None) -> str | None:
    """As the queue's library ends a worker whose heartbeat fails: it writes the error down and returns."""
    outages.keep_quiet(["quiet"])
    outages.listen()
    if error is not None:
        QUEUE.error("Main coroutine error, initiating shutdown", exc_info=error)
    return outages.fault_in([None, asyncio.CancelledError()])


def test_a_restart_that_only_the_queues_log_tells_of_is_named() -> None:
    assert asyncio.run(_round_of(psycopg.errors.AdminShutdown("terminating connection"))) == "AdminShutdown"
    assert asyncio.run(_round_of(None)) is None  # … and explains no later round


@pytest.mark.parametrize(
    ("ended_by", "said"),
    [
        ("AdminShutdown", "the connection to the database was lost (AdminShutdown), it answers again: the jobs go on"),
        (None, "a queue's worker ended by itself and told no fault, the database answers: all queues begin again"),
    ],
)
def test_what_ended_a_round_is_said_in_a_line(
    committed: Database, caplog: pytest.LogCaptureFixture, ended_by: str | None, said: str
) -> None:
    async def wait() -> None:
        told = asyncio.create_task(asyncio.Event().wait())
        await outages.until_back(committed, told, ended_by, short=0)  # type: ignore[arg-type]  # a task that never ends
        told.cancel()

    asyncio.run(wait())
    assert [record.getMessage() for record in caplog.records if record.name == outages.__name__] == [said]
