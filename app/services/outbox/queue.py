"""Promise a message to an outside system in the business transaction; the worker sends it afterwards.

Of one link and subject the messages go one after the other, in the order of their promise: the next is sent when the one
before is settled (`sent` or `withdrawn`). One that needs a person (`refused`, `parked`, `late`) holds up its own subject only.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain import dispatch as dispatch_states
from app.domain.errors import DomainError
from app.jobs import defer, hasten
from app.models import Dispatch
from app.services import audit
from app.services.outbox import link_health, links

log = logging.getLogger(__name__)

SETTLED = dispatch_states.SETTLED
FOR_A_PERSON = dispatch_states.FOR_A_PERSON
MOST_WOKEN = 500  # the rest comes at its own time


def task_of(link: str) -> str:
    """The job that sends to this link: one-stop, carriers and subscribers never wait for each other."""
    if link == links.ONE_STOP:
        return "tell_one_stop"
    return "tell_subscriber" if link.startswith(links.WEBHOOK) else "tell_carrier"


@dataclass(frozen=True, slots=True)
class Telling:
    """What to tell which link, about what, once a trigger.

    `body` holds ids, codes and times as JSON, nothing personal: the rows are read when the message is sent.
    """

    link: str
    kind: str
    subject: str
    trigger: str
    body: Mapping[str, Any]


def promise(session: Session, telling: Telling, now: datetime) -> UUID | None:
    """Promise it with this transaction; None when it was promised before."""
    row = {
        "id": uuid4(),
        "link": telling.link,
        "kind": telling.kind,
        "subject": telling.subject,
        "trigger": telling.trigger,
        "body": dict(telling.body),
        "state": "queued",
        "tries": 0,
        "created_at": now,
    }
    once = insert(Dispatch).on_conflict_do_nothing(index_elements=["trigger"]).returning(Dispatch.id)
    dispatch_id = session.scalars(once, [row]).one_or_none()
    if dispatch_id is not None:
        defer(session, task_of(telling.link), {"dispatch_id": str(dispatch_id)})
    return dispatch_id


def hold_order(session: Session, dispatch: Dispatch) -> None:
    """Make claim and settlement of one subject follow each other: whoever comes second sees what the first has done."""
    key = f"dispatch {dispatch.link} {dispatch.subject}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def is_head(session: Session, dispatch: Dispatch) -> bool:
    """Is nothing of the same link and subject waiting before it? Within `hold_order`."""
    before = select(Dispatch.id).where(
        Dispatch.link == dispatch.link,
        Dispatch.subject == dispatch.subject,
        Dispatch.number < dispatch.number,
        Dispatch.state.not_in(SETTLED),
    )
    return session.scalars(before.limit(1)).first() is None


def call_next(session: Session, dispatch: Dispatch) -> None:
    """After a settlement: promise the next one's turn. Within `hold_order`."""
    following = (
        select(Dispatch)
        .where(
            Dispatch.link == dispatch.link,
            Dispatch.subject == dispatch.subject,
            Dispatch.number > dispatch.number,
            Dispatch.state == "queued",
        )
        .order_by(Dispatch.number)
        .limit(1)
    )
    following_one = session.scalars(following).first()
    if following_one is not None:
        defer(session, task_of(following_one.link), {"dispatch_id": str(following_one.id)})


def replay(
    session: Session, dispatch_id: UUID, by: str, now: datetime, *, states: Collection[str] = FOR_A_PERSON
) -> Dispatch:
    """Send once more what waits for a person, under the same id. Raises `not_found`, `dispatch_not_waiting`.

    Other `states`: for links that may be told twice, and want to be.
    """
    dispatch = _in_state(session, dispatch_id, states)
    dispatch.state, dispatch.created_at, dispatch.next_at, dispatch.settled_at = "queued", now, None, None
    audit.record(session, by, "dispatch.replayed", "dispatch", dispatch.id, now, link=dispatch.link)
    defer(session, task_of(dispatch.link), {"dispatch_id": str(dispatch.id)})
    return dispatch


def hurry(session: Session, dispatch_id: UUID, by: str, now: datetime) -> Dispatch:
    """Send now what waits for its next try. Raises `not_found`, `dispatch_not_waiting` (also while it is being sent)."""
    dispatch = _in_state(session, dispatch_id, ("queued",))
    if not hasten(session, task_of(dispatch.link), "dispatch_id", [str(dispatch.id)]):
        raise DomainError("dispatch_not_waiting", state=dispatch.state)
    dispatch.next_at = None
    audit.record(session, by, "dispatch.hurried", "dispatch", dispatch.id, now, link=dispatch.link)
    return dispatch


def link_answered(session: Session, link: str, now: datetime) -> None:
    """They answered. When they had been away, what waits for its next try goes now, the oldest first."""
    if not link_health.answered(session, link, now):
        return
    waits = (Dispatch.link == link, Dispatch.state == "queued", Dispatch.next_at > now)
    oldest = session.scalars(select(Dispatch.id).where(*waits).order_by(Dispatch.number).limit(MOST_WOKEN))
    woken = hasten(session, task_of(link), "dispatch_id", [str(dispatch_id) for dispatch_id in oldest])
    log.info("%s is back: %d messages go at once", link, woken)


def withdraw(session: Session, dispatch_id: UUID, by: str, now: datetime) -> Dispatch:
    """Settle by hand what was told otherwise, or must not be told. Raises `not_found`, `dispatch_not_waiting`."""
    dispatch = _in_state(session, dispatch_id, FOR_A_PERSON)
    dispatch.state, dispatch.settled_at, dispatch.next_at = "withdrawn", now, None
    audit.record(session, by, "dispatch.withdrawn", "dispatch", dispatch.id, now, link=dispatch.link)
    session.flush()
    call_next(session, dispatch)
    return dispatch


def withdraw_all(session: Session, link: str, now: datetime, *, besides: UUID | None = None) -> int:
    """Settle what waits for a link that wants no more; how many. What is being sent at this moment finds out afterwards."""
    waiting = select(Dispatch.id).where(Dispatch.link == link, Dispatch.state.in_(("queued", *FOR_A_PERSON)))
    if besides is not None:
        waiting = waiting.where(Dispatch.id != besides)
    found = session.scalars(waiting.with_for_update(skip_locked=True)).all()
    gone = {"state": "withdrawn", "settled_at": now, "next_at": None}
    session.execute(update(Dispatch).where(Dispatch.id.in_(found)).values(gone))
    return len(found)


def _in_state(session: Session, dispatch_id: UUID, states: Collection[str]) -> Dispatch:
    dispatch = session.get(Dispatch, dispatch_id)
    if dispatch is None:
        raise DomainError("not_found", kind="not_found")
    hold_order(session, dispatch)
    session.refresh(dispatch, with_for_update=True)
    if dispatch.state not in states:
        raise DomainError("dispatch_not_waiting", state=dispatch.state)
    return dispatch
