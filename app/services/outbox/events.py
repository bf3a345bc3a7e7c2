"""Our events, promised to whoever subscribed: one message a subscriber and event.

What an event says is written when it is promised: a state is told as it was, not as it is when the message goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import LOCAL
from app.domain.errand import ErrandState
from app.domain.webhook import DOSSIER_MOVED
from app.models import Attempt, Dossier, DossierStep, Errand, ServiceRequest, Subscriber
from app.services.outbox import queue
from app.unit_of_work import UnitOfWork


def errand_changed(work: UnitOfWork, errand: Errand, now: datetime) -> None:
    """`errand.scheduled`, `errand.done`, `errand.failed`, …: once a state and revision."""

    def body(dossiers: Sequence[Dossier]) -> dict[str, Any]:
        return {
            "errand_id": str(errand.id),
            "request_id": str(errand.request_id),
            "kind": errand.kind.value,
            "state": errand.state.value,
            "revision": errand.revision,
            "executed_by": errand.executed_by,
            "slot": _slot(errand),
            "outcome": _outcome(work, errand),
            "dossiers": [{"dossier_id": str(one.id), "dossier_code": one.code} for one in dossiers],
        }

    happened = SubscriberEvent(
        f"errand.{errand.state}", now, f"errand:{errand.id}:{errand.revision}", errand.request, body
    )
    publish(work, happened, lambda: errand.dossiers, now)


def dossier_moved(work: UnitOfWork, dossier: Dossier, step: DossierStep, now: datetime, *, anew: str = "") -> None:
    """`dossier.state_changed`, once a step and number."""

    def body(_: Sequence[Dossier]) -> dict[str, Any]:
        return {
            "dossier_id": str(dossier.id),
            "dossier_code": dossier.code,
            "request_id": str(dossier.request_id),
            "state": step.state,
            "sub_state": step.sub_state,
            "due_on": dossier.due_on.isoformat() if dossier.due_on else None,
        }

    happened = SubscriberEvent(DOSSIER_MOVED, step.at, f"step:{step.id}{anew}", dossier.request, body)
    publish(work, happened, lambda: [dossier], now)


@dataclass(frozen=True, slots=True)
class SubscriberEvent:
    """What happened, when, to whose request. `trigger` is the same whenever the same thing is told.

    `body` says it by ids, codes, states and times, nothing personal, of the dossiers that the reader may know of.
    """

    name: str
    at: datetime
    trigger: str
    request: ServiceRequest
    body: Callable[[Sequence[Dossier]], dict[str, Any]]


def publish(
    work: UnitOfWork, event: SubscriberEvent, concerned: Callable[[], Sequence[Dossier]], now: datetime
) -> None:
    """Promise it to the partner that booked the visit, and to each agency that told us of a dossier of it."""
    listening = [one for one in _listening(work) if not one.events or event.name in one.events]
    for subscriber in listening:
        booked = subscriber.partner_id == event.request.partner_id
        theirs = [one for one in concerned() if booked or one.partner_id == subscriber.partner_id]
        if booked or theirs:
            _promise(work, subscriber, event, theirs, now)


def _promise(
    work: UnitOfWork, subscriber: Subscriber, event: SubscriberEvent, dossiers: Sequence[Dossier], now: datetime
) -> None:
    said = {"type": event.name, "timestamp": _moment(event.at), "data": event.body(dossiers)}
    link, subject = subscriber.link, str(event.request.id)
    queue.promise(work, queue.OutboxDraft(link, event.name, subject, f"{link}:{event.trigger}", said), now)


def _listening(work: UnitOfWork) -> Sequence[Subscriber]:
    """Asked once: a phone's batch changes fifty errands."""
    if work.subscribers is None:
        active = select(Subscriber).where(Subscriber.active, Subscriber.ended_at.is_(None)).order_by(Subscriber.id)
        with work.no_autoflush:  # nothing of ours decides it
            work.subscribers = work.scalars(active).all()
    return work.subscribers


def _slot(errand: Errand) -> dict[str, str] | None:
    slot = errand.slot
    return None if slot is None else {"starts_at": _moment(slot.starts_at), "ends_at": _moment(slot.ends_at)}


def _outcome(session: Session, errand: Errand) -> str | None:
    """Why it failed, as the outcome's code."""
    if errand.state is not ErrandState.FAILED:
        return None
    tries = select(Attempt.outcome).where(Attempt.errand_id == errand.id).order_by(Attempt.number.desc())
    return session.scalars(tries.limit(1)).first()


def _moment(at: datetime) -> str:
    return at.astimezone(LOCAL).isoformat()
