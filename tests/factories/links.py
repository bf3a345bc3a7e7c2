"""Connections to outside systems and what went over them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import CarrierOrder, Dossier, DossierStep, InboxMessage, Link, OutboxMessage
from tests.factories.counter import number
from tests.factories.times import NOW

HANGING = (
    "attempt",  # a carrier's is known by its report, and the next test's reports have the same ids
    "outbox_message", "inbox_message", "carrier_order", "waybill_use", "feed_cursor", "dossier_step", "subscriber",
)  # fmt: skip


def make_link(session: Session, name: str = "vnpost", **given: Any) -> Link:
    link = session.get(Link, name)
    if link is None:
        link = Link(name=name, enabled=True, rate_per_minute=None, tokens=0.0, failures=0)
        session.add(link)
    for key, value in given.items():
        setattr(link, key, value)
    session.flush()
    return link


def make_step(session: Session, dossier: Dossier, **given: Any) -> DossierStep:
    defaults: dict[str, Any] = {"state": 2, "at": NOW, "recorded_at": NOW, "by": "staff:1"}
    step = DossierStep(**{"dossier_id": dossier.id, **defaults, **given})
    session.add(step)
    session.flush()
    return step


def make_order(session: Session, dossier: Dossier, **given: Any) -> CarrierOrder:
    """A collection's order at `vnpost`; needs a dossier with a code."""
    make_link(session, "vnpost")
    defaults: dict[str, Any] = {
        "id": uuid4(), "number": f"{dossier.code}-TG01", "link": "vnpost", "customer_code": "GL01", "purpose": "TG",
        "attempt": 1, "executed_by": "own", "dossier": dossier, "state": "wanted", "weight_g": 80, "created_at": NOW,
    }  # fmt: skip
    order = CarrierOrder(**{**defaults, **given})
    session.add(order)
    session.flush()
    return order


def make_outbox_message(session: Session, dossier: Dossier | None = None, **given: Any) -> OutboxMessage:
    """A message to the one-stop system about the dossier that waits to be sent."""
    make_link(session, given.get("link", "one_stop"))
    defaults: dict[str, Any] = {
        "id": uuid4(), "link": "one_stop", "kind": "step", "subject": str(dossier.id) if dossier else f"thu-{number()}",
        "trigger": f"thu:{number()}", "body": {}, "state": "queued", "tries": 1, "created_at": NOW,
    }  # fmt: skip
    if dossier is not None and "body" not in given and given.get("kind", "step") == "step":
        defaults["body"] = {"dossier_id": str(dossier.id), "step_id": make_step(session, dossier).id}
    outbox_message = OutboxMessage(**{**defaults, **given})
    session.add(outbox_message)
    session.flush()
    return outbox_message


def make_inbox_message(session: Session, **given: Any) -> InboxMessage:
    """A line of `vnpost` with a code that is in no table."""
    make_link(session, given.get("link", "vnpost"))
    fields = {"milestone": None, "final": False, "proven": True, "item_code": None, "carrier_id": None}
    defaults: dict[str, Any] = {
        "link": "vnpost", "event_id": f"thu-{number()}", "kind": "carrier_event", "subject": None, "code": "999",
        "received_at": NOW, "state": "parked", "reason": "code_unmapped",
    }  # fmt: skip
    inbox_message = InboxMessage(**{**defaults, **given, "fields": fields | given.get("fields", {})})
    session.add(inbox_message)
    session.flush()
    return inbox_message


def forget_links(session: Session) -> None:
    """Empty what hangs on a link, and the links: in a database where transactions commit, other tests leave theirs."""
    for table in (*HANGING, "link"):
        session.execute(text(f"delete from {table}"))
