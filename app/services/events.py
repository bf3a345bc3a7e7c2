"""Our events, promised to whoever subscribed: one message a subscriber and event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Dossier, DossierStep, Errand, ServiceRequest, Subscriber
from app.services import dispatches

_KNOWN = "subscribers known"


def errand_changed(session: Session, errand: Errand, now: datetime) -> None:
    """`errand.scheduled`, `errand.done`, `errand.failed`, …: once a state and revision."""
    what = Event(f"errand.{errand.state}", {"errand_id": str(errand.id)}, f"errand:{errand.id}:{errand.revision}")
    publish(session, errand.request, what, now)


def dossier_moved(session: Session, dossier: Dossier, step: DossierStep, now: datetime) -> None:
    """`dossier.state_changed`, once a step."""
    body = {"dossier_id": str(dossier.id), "step_id": step.id}
    publish(session, dossier.request, Event("dossier.state_changed", body, f"step:{step.id}"), now)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, by ids; `trigger` is the same whenever the same thing is told."""

    name: str
    body: Mapping[str, Any]
    trigger: str


def publish(session: Session, request: ServiceRequest, event: Event, now: datetime) -> None:
    """Promise the event to every subscriber of the partner that the request belongs to."""
    for subscriber in _listening(session, request.partner_id):
        if not subscriber.events or event.name in subscriber.events:
            link = subscriber.link
            telling = dispatches.Telling(link, event.name, str(request.id), f"{link}:{event.trigger}", event.body)
            dispatches.promise(session, telling, now)


def _listening(session: Session, partner_id: int | None) -> Sequence[Subscriber]:
    """Asked once a partner and session: a phone's batch changes fifty errands."""
    if partner_id is None:
        return ()
    known: dict[int, Sequence[Subscriber]] = session.info.setdefault(_KNOWN, {})
    if partner_id not in known:
        theirs = select(Subscriber).where(Subscriber.active, Subscriber.partner_id == partner_id)
        known[partner_id] = session.scalars(theirs.order_by(Subscriber.id)).all()
    return known[partner_id]
