"""Promise a message to an outside system in the business transaction; the worker sends it afterwards.

Of one link and subject the messages go one after the other, in the order of their promise: the next is sent when the one
before is settled (`sent` or `withdrawn`). One that needs a person (`refused`, `parked`, `late`) holds up its own subject only.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain import outbox as message_states
from app.domain.errors import DomainError
from app.jobs import defer, hasten
from app.models import OutboxMessage
from app.services import audit
from app.services.outbox import link_health, links
from app.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

SETTLED = message_states.SETTLED
FOR_A_PERSON = message_states.FOR_A_PERSON
MOST_WOKEN = 500  # the rest comes at its own time
JOB_ARGUMENT: Final = "dispatch_id"  # jobs that wait carry their argument under this name: it stays


def task_of(link: str) -> str:
    """The job that sends to this link: one-stop, carriers and subscribers never wait for each other."""
    if link == links.ONE_STOP:
        return "tell_one_stop"
    return "tell_subscriber" if link.startswith(links.WEBHOOK) else "tell_carrier"


@dataclass(frozen=True, slots=True)
class OutboxDraft:
    """What to tell which link, about what, once a trigger.

    `body` holds ids, codes and times as JSON, nothing personal: the rows are read when the message is sent.
    """

    link: str
    kind: str
    subject: str
    trigger: str
    body: Mapping[str, Any]


def promise(work: UnitOfWork, draft: OutboxDraft, now: datetime) -> UUID | None:
    """Promise it with this transaction; None when it was promised before."""
    row = {
        "id": uuid4(),
        "link": draft.link,
        "kind": draft.kind,
        "subject": draft.subject,
        "trigger": draft.trigger,
        "body": dict(draft.body),
        "state": "queued",
        "tries": 0,
        "created_at": now,
    }
    once = insert(OutboxMessage).on_conflict_do_nothing(index_elements=["trigger"]).returning(OutboxMessage.id)
    outbox_message_id = work.scalars(once, [row]).one_or_none()
    if outbox_message_id is not None:
        defer(work, task_of(draft.link), {JOB_ARGUMENT: str(outbox_message_id)})
    return outbox_message_id


def hold_order(session: Session, outbox_message: OutboxMessage) -> None:
    """Make claim and settlement of one subject follow each other: whoever comes second sees what the first has done."""
    key = f"outbox_message {outbox_message.link} {outbox_message.subject}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def is_head(session: Session, outbox_message: OutboxMessage) -> bool:
    """Is nothing of the same link and subject waiting before it? Within `hold_order`."""
    before = select(OutboxMessage.id).where(
        OutboxMessage.link == outbox_message.link,
        OutboxMessage.subject == outbox_message.subject,
        OutboxMessage.number < outbox_message.number,
        OutboxMessage.state.not_in(SETTLED),
    )
    return session.scalars(before.limit(1)).first() is None


def call_next(work: UnitOfWork, outbox_message: OutboxMessage) -> None:
    """After a settlement: promise the next one's turn. Within `hold_order`."""
    following = (
        select(OutboxMessage)
        .where(
            OutboxMessage.link == outbox_message.link,
            OutboxMessage.subject == outbox_message.subject,
            OutboxMessage.number > outbox_message.number,
            OutboxMessage.state == "queued",
        )
        .order_by(OutboxMessage.number)
        .limit(1)
    )
    following_one = work.scalars(following).first()
    if following_one is not None:
        defer(work, task_of(following_one.link), {JOB_ARGUMENT: str(following_one.id)})


def replay(
    work: UnitOfWork, outbox_message_id: UUID, by: str, now: datetime, *, states: Collection[str] = FOR_A_PERSON
) -> OutboxMessage:
    """Send once more what waits for a person, under the same id. Raises `not_found`, `message_not_waiting`.

    Other `states`: for links that may be told twice, and want to be.
    """
    outbox_message = _in_state(work, outbox_message_id, states)
    outbox_message.state, outbox_message.created_at, outbox_message.next_at, outbox_message.settled_at = (
        "queued",
        now,
        None,
        None,
    )
    audit.record(
        work, by, "outbox_message.replayed", "outbox_message", outbox_message.id, now, link=outbox_message.link
    )
    defer(work, task_of(outbox_message.link), {JOB_ARGUMENT: str(outbox_message.id)})
    return outbox_message


def hurry(session: Session, outbox_message_id: UUID, by: str, now: datetime) -> OutboxMessage:
    """Send now what waits for its next try. Raises `not_found`, `message_not_waiting` (also while it is being sent)."""
    outbox_message = _in_state(session, outbox_message_id, ("queued",))
    if not hasten(session, task_of(outbox_message.link), JOB_ARGUMENT, [str(outbox_message.id)]):
        raise DomainError("message_not_waiting", state=outbox_message.state)
    outbox_message.next_at = None
    audit.record(
        session, by, "outbox_message.hurried", "outbox_message", outbox_message.id, now, link=outbox_message.link
    )
    return outbox_message


def link_answered(session: Session, link: str, now: datetime) -> None:
    """They answered. When they had been away, what waits for its next try goes now, the oldest first."""
    if not link_health.answered(session, link, now):
        return
    waits = (OutboxMessage.link == link, OutboxMessage.state == "queued", OutboxMessage.next_at > now)
    oldest = session.scalars(select(OutboxMessage.id).where(*waits).order_by(OutboxMessage.number).limit(MOST_WOKEN))
    woken = hasten(session, task_of(link), JOB_ARGUMENT, [str(outbox_message_id) for outbox_message_id in oldest])
    log.info("%s is back: %d messages go at once", link, woken)


def withdraw(work: UnitOfWork, outbox_message_id: UUID, by: str, now: datetime) -> OutboxMessage:
    """Settle by hand what was told otherwise, or must not be told. Raises `not_found`, `message_not_waiting`."""
    outbox_message = _in_state(work, outbox_message_id, FOR_A_PERSON)
    outbox_message.state, outbox_message.settled_at, outbox_message.next_at = "withdrawn", now, None
    audit.record(
        work, by, "outbox_message.withdrawn", "outbox_message", outbox_message.id, now, link=outbox_message.link
    )
    work.flush()
    call_next(work, outbox_message)
    return outbox_message


def withdraw_all(session: Session, link: str, now: datetime, *, besides: UUID | None = None) -> int:
    """Settle what waits for a link that wants no more; how many. What is being sent at this moment finds out afterwards."""
    waiting = select(OutboxMessage.id).where(
        OutboxMessage.link == link, OutboxMessage.state.in_(("queued", *FOR_A_PERSON))
    )
    if besides is not None:
        waiting = waiting.where(OutboxMessage.id != besides)
    found = session.scalars(waiting.with_for_update(skip_locked=True)).all()
    gone = {"state": "withdrawn", "settled_at": now, "next_at": None}
    session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(found)).values(gone))
    return len(found)


def _in_state(session: Session, outbox_message_id: UUID, states: Collection[str]) -> OutboxMessage:
    outbox_message = session.get(OutboxMessage, outbox_message_id)
    if outbox_message is None:
        raise DomainError("not_found", kind="not_found")
    hold_order(session, outbox_message)
    session.refresh(outbox_message, with_for_update=True)
    if outbox_message.state not in states:
        raise DomainError("message_not_waiting", state=outbox_message.state)
    return outbox_message
