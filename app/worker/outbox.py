"""Send one outbox message: claim → commit → call → settle, never with a transaction open while a partner is asked.

Of one link and subject only the first that waits is sent; whoever settles it calls the next. A worker killed between call
and settlement sends again: every message says the same thing under the same id, so that the effect stays one.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, Protocol
from uuid import UUID

from app.domain.breaker import PATIENCE, wait_s
from app.models import OutboxMessage
from app.services.outbox import link_health, queue
from app.unit_of_work import UnitOfWork
from app.worker.context import WorkerContext
from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable

log = logging.getLogger(__name__)

MOST_OF_ONE_LINK: Final = {"tell_one_stop": 8, "tell_carrier": 6, "tell_subscriber": 2}
"""How many messages to one link a process sends at a time: a slow one leaves room for the others of its queue."""
CROWDED_S: Final = (1.0, 4.0)


class OutboxHandler(Protocol):
    """What one kind of outbox message says, and what comes of the answer."""

    def prepare(self, context: WorkerContext, session: UnitOfWork, outbox_message: OutboxMessage) -> Any | None:
        """Read the rows; None: there is nothing to say any more."""
        ...

    def send(self, context: WorkerContext, message: Any) -> Any:
        """Call out; raises integrations.errors and nothing else."""
        ...

    def settle(self, session: UnitOfWork, outbox_message: OutboxMessage, answer: Any, now: datetime) -> None:
        """Write down what the answer means."""
        ...

    def fail(self, session: UnitOfWork, outbox_message: OutboxMessage, error: IntegrationError, now: datetime) -> None:
        """After a refusal or a broken answer: what else follows."""
        ...


class NotYet(Exception):
    """The job comes again in `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"again in {wait_s:.0f} s")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Claimed:
    link: str
    handler: OutboxHandler
    message: Any


_busy: Counter[str] = Counter()
_lock = Lock()


def tell(context: WorkerContext, outbox_message_id: UUID, handlers: dict[str, OutboxHandler]) -> str | None:
    """Send it if its turn has come; returns its new state, or None when it was not its turn. Raises NotYet."""
    with _room(context, outbox_message_id):
        claimed = _claim(context, outbox_message_id, handlers)
        if claimed is None:
            return None
        try:
            answer = claimed.handler.send(context, claimed.message)
        except Unavailable as error:
            return _put_off(context, outbox_message_id, error)
        except (Rejected, BadAnswer) as error:
            return _refused(context, outbox_message_id, claimed, error)
        return _sent(context, outbox_message_id, claimed, answer)


@contextmanager
def _room(context: WorkerContext, outbox_message_id: UUID) -> Iterator[None]:
    """Take one of the places for this link in this process, or come again."""
    with context.database.transaction() as session:
        outbox_message = session.get(OutboxMessage, outbox_message_id)
        link = outbox_message.link if outbox_message is not None else ""
    most = MOST_OF_ONE_LINK[queue.task_of(link)]
    with _lock:
        if _busy[link] >= most:
            raise NotYet(random.uniform(*CROWDED_S))
        _busy[link] += 1
    try:
        yield
    finally:
        with _lock:
            _busy[link] -= 1


def _claim(context: WorkerContext, outbox_message_id: UUID, handlers: dict[str, OutboxHandler]) -> Claimed | None:
    now = context.clock.now()
    with context.database.transaction() as session:
        outbox_message = _held(session, outbox_message_id)
        if outbox_message is None or not queue.is_head(session, outbox_message):
            return None
        handler = handlers.get(outbox_message.kind) or handlers.get(queue.task_of(outbox_message.link))
        if handler is None:
            raise LookupError(f"nobody tells {outbox_message.kind!r} to {outbox_message.link}")
        wait = link_health.may_call_in_s(session, outbox_message.link, now)
        if wait > 0:
            raise NotYet(wait * random.uniform(1.0, 1.5))
        message = handler.prepare(context, session, outbox_message)
        if message is None:
            _settle(session, outbox_message, "withdrawn", now)
            return None
        outbox_message.tries, outbox_message.tried_at, outbox_message.next_at = outbox_message.tries + 1, now, None
        return Claimed(outbox_message.link, handler, message)


def _held(session: UnitOfWork, outbox_message_id: UUID) -> OutboxMessage | None:
    """The outbox message while it is queued, its subject held; None when somebody settled it."""
    outbox_message = session.get(OutboxMessage, outbox_message_id)
    if outbox_message is None:
        return None
    queue.hold_order(session, outbox_message)
    session.refresh(outbox_message, with_for_update=True)
    return outbox_message if outbox_message.state == "queued" else None


def _sent(context: WorkerContext, outbox_message_id: UUID, claimed: Claimed, answer: Any) -> str | None:
    now = context.clock.now()
    with context.database.transaction() as session:
        outbox_message = _held(session, outbox_message_id)  # before the link, as whoever claims does
        queue.link_answered(session, claimed.link, now)
        if outbox_message is None:
            return None
        outbox_message.fault = outbox_message.reason = outbox_message.said = outbox_message.raw = (
            outbox_message.status
        ) = None
        claimed.handler.settle(session, outbox_message, answer, now)
        return _settle(session, outbox_message, "sent", now)


def _refused(
    context: WorkerContext, outbox_message_id: UUID, claimed: Claimed, error: Rejected | BadAnswer
) -> str | None:
    """A person's task: with their sentence, or with the answer that nobody could read."""
    now = context.clock.now()
    with context.database.transaction() as session:
        outbox_message = _held(session, outbox_message_id)
        queue.link_answered(session, claimed.link, now)
        if outbox_message is None:
            return None
        outbox_message.fault = type(error).__name__
        outbox_message.reason, outbox_message.status = error.reason, error.status
        outbox_message.next_at = None
        if isinstance(error, Rejected):
            outbox_message.state, outbox_message.said = "refused", error.said
        else:
            outbox_message.state, outbox_message.raw = "parked", error.raw
        log.warning(
            "%s: %s %s is %s (%s)",
            outbox_message.link,
            outbox_message.kind,
            outbox_message.id,
            outbox_message.state,
            error.reason,
        )
        session.flush()
        claimed.handler.fail(session, outbox_message, error, now)
        return outbox_message.state


def _put_off(context: WorkerContext, outbox_message_id: UUID, error: Unavailable) -> str | None:
    """Try again later (raises NotYet) for two days; then a person decides."""
    now = context.clock.now()
    with context.database.transaction() as session:
        outbox_message = _held(session, outbox_message_id)
        if outbox_message is None:
            return None
        link_health.failed(session, outbox_message.link, f"{type(error).__name__}: {error.reason}", now)
        outbox_message.fault = type(error).__name__
        outbox_message.reason, outbox_message.status = error.reason, error.status
        if now - outbox_message.created_at > PATIENCE:
            outbox_message.state, outbox_message.next_at = "late", None
            log.warning(
                "%s: %s %s is late: %s", outbox_message.link, outbox_message.kind, outbox_message.id, error.reason
            )
            return outbox_message.state
        wait = wait_s(outbox_message.tries, random.random(), error.retry_after_s)
        outbox_message.next_at = now + timedelta(seconds=wait)
    raise NotYet(wait)


def _settle(session: UnitOfWork, outbox_message: OutboxMessage, state: str, now: datetime) -> str:
    outbox_message.state, outbox_message.settled_at, outbox_message.next_at = state, now, None
    session.flush()
    queue.call_next(session, outbox_message)
    return state
