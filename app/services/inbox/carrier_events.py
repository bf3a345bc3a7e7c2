"""What a carrier tells: stored raw, then taken by the time of the event; a final milestone is never moved back.

An unknown code, an unreadable line and an order nobody knows wait for a person; none is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.milestone import MONEY
from app.domain.order import ENDED, OrderState
from app.jobs import defer
from app.models import CarrierOrder, FeedCursor, InboxMessage
from app.services import audit
from app.services.booking import pickups
from app.services.desks import refusals
from app.services.inbox import carrier_acts
from app.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """One line as read. `milestone` None: a code in no table; `proven` False: no signature covered it."""

    event_id: str
    kind: str  # carrier_event | unreadable
    order_number: str | None
    item_code: str | None
    code: str | None
    milestone: str | None
    final: bool
    occurred_at: datetime | None
    proven: bool = True
    reason: str | None = None
    carrier_id: str | None = None
    raw: bytes | None = field(default=None, repr=False)


def store(work: UnitOfWork, link: str, told: Iterable[CarrierEvent], now: datetime) -> int:
    """Keep what was not told before, and promise that somebody reads it. Returns how many were new."""
    rows = [_row(link, one, now) for one in told]
    if not rows:
        return 0
    once = insert(InboxMessage).on_conflict_do_nothing(index_elements=["link", "event_id"]).returning(InboxMessage.id)
    new = work.scalars(once, rows).all()
    if new:
        defer(work, "take_arrivals", {}, lock="take_arrivals")
    return len(new)


def keep_raw(session: Session, link: str, event_id: str, raw: bytes, now: datetime) -> None:
    """A pushed body as it came, once: whatever anybody reads out of it later."""
    row = insert(InboxMessage).values(
        link=link,
        event_id=f"webhook/{event_id}",
        kind="webhook",
        fields={},
        raw=raw,
        received_at=now,
        state="taken",
        settled_at=now,
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["link", "event_id"]))


def _row(link: str, told: CarrierEvent, now: datetime) -> dict[str, Any]:
    readable = told.kind != "unreadable"
    return {
        "link": link,
        "event_id": told.event_id,
        "kind": told.kind,
        "subject": told.order_number or told.item_code,
        "code": told.code,
        "fields": {
            "milestone": told.milestone,
            "final": told.final,
            "proven": told.proven,
            "item_code": told.item_code,
            "carrier_id": told.carrier_id,
        },
        "raw": told.raw,
        "occurred_at": told.occurred_at,
        "received_at": now,
        "state": "stored" if readable else "parked",
        "reason": None if readable else told.reason,
    }


def keep_cursor(session: Session, link: str, customer_code: str, cursor: str, new: int, now: datetime) -> None:
    """How far the feed was read: with the lines themselves, in one transaction, and never backwards."""
    row = session.get(FeedCursor, (link, customer_code), with_for_update=True)
    if row is None:
        row = FeedCursor(link=link, customer_code=customer_code, cursor=cursor, read_at=now)
        session.add(row)
    row.cursor, row.read_at = max(row.cursor, cursor), now
    row.moved_at = now if new else row.moved_at


def cursor_of(session: Session, link: str, customer_code: str) -> str | None:
    row = session.get(FeedCursor, (link, customer_code))
    return row.cursor if row is not None and row.cursor else None


# -- taken


def waiting(session: Session, most: int) -> Sequence[InboxMessage]:
    """What nobody has read yet, by the time of the event, so that an older one never comes after a newer."""
    stored = select(InboxMessage).where(InboxMessage.state == "stored")
    return session.scalars(
        stored.order_by(InboxMessage.occurred_at.nulls_last(), InboxMessage.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def take(work: UnitOfWork, inbox_message: InboxMessage, now: datetime) -> str:
    """Apply one inbox message; returns its new state."""
    order = order_of(work, inbox_message)
    fields = inbox_message.fields
    if order is None:
        return _settle(inbox_message, "parked", "order_unknown", now)
    if not fields["proven"]:
        order.seen_at = None  # it is read again before anyone acts on it
        return _settle(inbox_message, "ignored", "unproven", now)
    if fields["milestone"] is None:
        return _settle(inbox_message, "parked", "code_unmapped", now)
    order.item_code = order.item_code or fields["item_code"]
    order.carrier_id = order.carrier_id or fields["carrier_id"]
    return _settle(inbox_message, "taken", _advance(work, order, inbox_message, now), now)


def learn(inbox_message: InboxMessage, milestone: str, *, final: bool) -> None:
    """What the code means: it was in no table when the line came, and is in one now."""
    inbox_message.fields = {**inbox_message.fields, "milestone": milestone, "final": final}


def take_or_park(work: UnitOfWork, inbox_message: InboxMessage, now: datetime) -> str:
    """`take`; what a rule of ours refuses waits for a person, and stops no other."""
    try:
        with work.begin_nested():
            return take(work, inbox_message, now)
    except DomainError as refusal:
        work.refresh(inbox_message)
        return _settle(inbox_message, "parked", refusal.code, now)


def _advance(work: UnitOfWork, order: CarrierOrder, inbox_message: InboxMessage, now: datetime) -> str | None:
    milestone, final = inbox_message.fields["milestone"], bool(inbox_message.fields["final"])
    if milestone == MONEY:
        return "money"
    at = inbox_message.occurred_at or inbox_message.received_at
    if order.milestone_final:
        return "after_final"
    if order.milestone_at is not None and at < order.milestone_at and not final:
        return "older"
    # the end is the end, even told by a clock that is behind the one that told the step before
    order.milestone, order.milestone_at, order.milestone_final = milestone, max(at, order.milestone_at or at), final
    work.flush()
    if order.executed_by == "carrier":
        carrier_acts.follow(work, order, inbox_message, now)
    _end(work, order, now)
    return None


def _end(work: UnitOfWork, order: CarrierOrder, now: datetime) -> None:
    """Their last word on the order: cancelled as somebody asked, or done."""
    if not order.milestone_final or order.state in ENDED:
        return
    called_off = order.milestone in {"cancelled", "delivery_cancelled"}
    asked = order.state in {OrderState.CANCEL_WANTED, OrderState.CANCEL_WAITING}
    order.state, order.settled_at = (OrderState.CANCELLED if called_off else OrderState.CLOSED), now
    work.flush()
    if asked:
        refusals.answered(work, order, now)


def order_of(session: Session, inbox_message: InboxMessage) -> CarrierOrder | None:
    """By our number, or by the waybill that they gave it; locked, and its dossier's errands before it."""
    item_code = inbox_message.fields.get("item_code")
    same = [CarrierOrder.number == inbox_message.subject]
    same += [CarrierOrder.item_code == item_code] if item_code else []
    mine = select(CarrierOrder).where(CarrierOrder.link == inbox_message.link, or_(*same))
    order = session.scalars(mine.limit(1)).first()
    if order is None:
        return None
    if order.errand_id is not None:
        pickups.hold(session, order.dossier_id)
    session.refresh(order, with_for_update={"of": CarrierOrder})
    return order


def _settle(inbox_message: InboxMessage, state: str, reason: str | None, now: datetime) -> str:
    inbox_message.state, inbox_message.reason, inbox_message.settled_at = state, reason, now
    return state


# -- for a person


def parked_again(work: UnitOfWork, inbox_message_id: int, by: str, now: datetime) -> InboxMessage:
    """Read once more what was parked: the code's meaning, or its order, is known now. Raises `not_found`."""
    inbox_message = work.get(InboxMessage, inbox_message_id, with_for_update=True)
    if inbox_message is None or inbox_message.state != "parked" or inbox_message.kind == "unreadable":
        raise DomainError("not_found", kind="not_found")
    inbox_message.state, inbox_message.reason = "stored", None
    audit.record(work, by, "inbox_message.read_again", "inbox_message", inbox_message.id, now, link=inbox_message.link)
    defer(work, "take_arrivals", {}, lock="take_arrivals")
    return inbox_message


def put_aside(session: Session, inbox_message_id: int, by: str, now: datetime) -> InboxMessage:
    """A person has looked: it says nothing about our orders. Raises `not_found`."""
    inbox_message = session.get(InboxMessage, inbox_message_id, with_for_update=True)
    if inbox_message is None or inbox_message.state != "parked":
        raise DomainError("not_found", kind="not_found")
    inbox_message.state, inbox_message.settled_at, inbox_message.settled_by = "ignored", now, by
    audit.record(
        session, by, "inbox_message.put_aside", "inbox_message", inbox_message.id, now, link=inbox_message.link
    )
    return inbox_message
