"""Send one dispatch: claim → commit → call → settle, never with a transaction open while a partner is asked.

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

from sqlalchemy.orm import Session

from app.domain.breaker import PATIENCE, wait_s
from app.models import Dispatch
from app.services.outbox import link_health, queue
from app.worker.work import Work
from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable

log = logging.getLogger(__name__)

MOST_OF_ONE_LINK: Final = {"tell_one_stop": 8, "tell_carrier": 6, "tell_subscriber": 2}
"""How many messages to one link a process sends at a time: a slow one leaves room for the others of its queue."""
CROWDED_S: Final = (1.0, 4.0)


class Teller(Protocol):
    """What one kind of dispatch says, and what comes of the answer."""

    def prepare(self, work: Work, session: Session, dispatch: Dispatch) -> Any | None:
        """Read the rows; None: there is nothing to say any more."""
        ...

    def send(self, work: Work, message: Any) -> Any:
        """Call out; raises integrations.errors and nothing else."""
        ...

    def settle(self, session: Session, dispatch: Dispatch, answer: Any, now: datetime) -> None:
        """Write down what the answer means."""
        ...

    def fail(self, session: Session, dispatch: Dispatch, error: IntegrationError, now: datetime) -> None:
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
    teller: Teller
    message: Any


_busy: Counter[str] = Counter()
_lock = Lock()


def tell(work: Work, dispatch_id: UUID, tellers: dict[str, Teller]) -> str | None:
    """Send it if its turn has come; returns its new state, or None when it was not its turn. Raises NotYet."""
    with _room(work, dispatch_id):
        claimed = _claim(work, dispatch_id, tellers)
        if claimed is None:
            return None
        try:
            answer = claimed.teller.send(work, claimed.message)
        except Unavailable as error:
            return _put_off(work, dispatch_id, error)
        except (Rejected, BadAnswer) as error:
            return _refused(work, dispatch_id, claimed, error)
        return _sent(work, dispatch_id, claimed, answer)


@contextmanager
def _room(work: Work, dispatch_id: UUID) -> Iterator[None]:
    """Take one of the places for this link in this process, or come again."""
    with work.database.transaction() as session:
        dispatch = session.get(Dispatch, dispatch_id)
        link = dispatch.link if dispatch is not None else ""
    most = MOST_OF_ONE_LINK[queue.task_of(link)]
    with _lock:
        if _busy[link] >= most:
            raise NotYet(random.uniform(*CROWDED_S))  # noqa: S311 (a pause, not a secret)
        _busy[link] += 1
    try:
        yield
    finally:
        with _lock:
            _busy[link] -= 1


def _claim(work: Work, dispatch_id: UUID, tellers: dict[str, Teller]) -> Claimed | None:
    now = work.clock.now()
    with work.database.transaction() as session:
        dispatch = _held(session, dispatch_id)
        if dispatch is None or not queue.is_head(session, dispatch):
            return None
        teller = tellers.get(dispatch.kind) or tellers.get(queue.task_of(dispatch.link))
        if teller is None:
            raise LookupError(f"nobody tells {dispatch.kind!r} to {dispatch.link}")
        wait = link_health.may_call_in_s(session, dispatch.link, now)
        if wait > 0:
            raise NotYet(wait * random.uniform(1.0, 1.5))  # noqa: S311 (spread, not a secret)
        message = teller.prepare(work, session, dispatch)
        if message is None:
            _settle(session, dispatch, "withdrawn", now)
            return None
        dispatch.tries, dispatch.tried_at, dispatch.next_at = dispatch.tries + 1, now, None
        return Claimed(dispatch.link, teller, message)


def _held(session: Session, dispatch_id: UUID) -> Dispatch | None:
    """The dispatch while it is queued, its subject held; None when somebody settled it."""
    dispatch = session.get(Dispatch, dispatch_id)
    if dispatch is None:
        return None
    queue.hold_order(session, dispatch)
    session.refresh(dispatch, with_for_update=True)
    return dispatch if dispatch.state == "queued" else None


def _sent(work: Work, dispatch_id: UUID, claimed: Claimed, answer: Any) -> str | None:
    now = work.clock.now()
    with work.database.transaction() as session:
        queue.link_answered(session, claimed.link, now)
        dispatch = _held(session, dispatch_id)
        if dispatch is None:
            return None
        dispatch.fault = dispatch.reason = dispatch.said = dispatch.raw = dispatch.status = None
        claimed.teller.settle(session, dispatch, answer, now)
        return _settle(session, dispatch, "sent", now)


def _refused(work: Work, dispatch_id: UUID, claimed: Claimed, error: Rejected | BadAnswer) -> str | None:
    """A person's task: with their sentence, or with the answer that nobody could read."""
    now = work.clock.now()
    with work.database.transaction() as session:
        queue.link_answered(session, claimed.link, now)
        dispatch = _held(session, dispatch_id)
        if dispatch is None:
            return None
        dispatch.fault, dispatch.reason, dispatch.status = type(error).__name__, error.reason, error.status
        dispatch.next_at = None
        if isinstance(error, Rejected):
            dispatch.state, dispatch.said = "refused", error.said
        else:
            dispatch.state, dispatch.raw = "parked", error.raw
        log.warning("%s: %s %s is %s (%s)", dispatch.link, dispatch.kind, dispatch.id, dispatch.state, error.reason)
        session.flush()
        claimed.teller.fail(session, dispatch, error, now)
        return dispatch.state


def _put_off(work: Work, dispatch_id: UUID, error: Unavailable) -> str | None:
    """Try again later (raises NotYet) for two days; then a person decides."""
    now = work.clock.now()
    with work.database.transaction() as session:
        dispatch = _held(session, dispatch_id)
        if dispatch is None:
            return None
        link_health.failed(session, dispatch.link, f"{type(error).__name__}: {error.reason}", now)
        dispatch.fault, dispatch.reason, dispatch.status = type(error).__name__, error.reason, error.status
        if now - dispatch.created_at > PATIENCE:
            dispatch.state, dispatch.next_at = "late", None
            log.warning("%s: %s %s is late: %s", dispatch.link, dispatch.kind, dispatch.id, error.reason)
            return dispatch.state
        wait = wait_s(dispatch.tries, random.random(), error.retry_after_s)  # noqa: S311 (spread, not a secret)
        dispatch.next_at = now + timedelta(seconds=wait)
    raise NotYet(wait)


def _settle(session: Session, dispatch: Dispatch, state: str, now: datetime) -> str:
    dispatch.state, dispatch.settled_at, dispatch.next_at = state, now, None
    session.flush()
    queue.call_next(session, dispatch)
    return state
