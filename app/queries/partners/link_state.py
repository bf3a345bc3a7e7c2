"""How every connection is doing: what waits, for how long, what needs a person, how far its feed was read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.outbox import FOR_A_PERSON
from app.domain.sending import LINK
from app.models import FeedCursor, InboxMessage, Link, Message, OutboxMessage, Partner, Subscriber

WEBHOOK = "webhook:"
ONE_STOP = "one_stop"


@dataclass(frozen=True, slots=True)
class LinkState:
    """`waiting`: messages that need a person, by (kind, state); `parked`: lines of theirs that need one, by reason."""

    link: Link
    partner: str  # whose endpoint it is; only of a subscriber
    queued: int
    oldest_at: datetime | None
    waiting: Counter[tuple[str, str]]
    parked: Counter[str]
    cursors: Sequence[FeedCursor]

    @property
    def name(self) -> str:
        return self.link.name

    @property
    def for_a_person(self) -> int:
        return self.waiting.total()

    @property
    def inbox_parked(self) -> int:
        return self.parked.total()

    def silent_until(self, now: datetime) -> datetime | None:
        """Until when nobody calls them: they did not answer several times in a row, or (no failures) asked for a pause."""
        until = self.link.open_until
        return until if until is not None and until > now else None

    @property
    def credit_is_low(self) -> bool:
        """Has somebody to pay in, so that messages go on?"""
        link = self.link
        return link.credit is not None and link.credit_low is not None and link.credit < link.credit_low

    def wants_somebody(self, now: datetime) -> bool:
        stopped = not self.link.enabled and self.queued > 0
        low = self.link.enabled and self.credit_is_low
        return bool(
            self.for_a_person or self.inbox_parked or stopped or low or (self.link.failures and self.silent_until(now))
        )

    def age_s(self, now: datetime) -> int:
        """Of the oldest message that waits to be sent."""
        return 0 if self.oldest_at is None else max(0, int((now - self.oldest_at).total_seconds()))


def link_states(session: Session, now: datetime) -> list[LinkState]:
    """Every connection, those first that want somebody, then those that are on."""
    queued = _queued(session)
    waiting, parked = _waiting(session), _parked(session)
    cursors, partners = _cursors(session), _partners(session)
    states = [
        LinkState(
            link,
            partners.get(link.name, ""),
            *queued.get(link.name, (0, None)),
            waiting[link.name],
            parked[link.name],
            cursors[link.name],
        )
        for link in session.scalars(select(Link))
    ]
    return sorted(states, key=lambda one: (not one.wants_somebody(now), not one.link.enabled, _order(one.name)))


def link_names(session: Session) -> dict[str, str]:
    """Every connection with the partner whose endpoint it is, "" for the systems of the province."""
    partners = _partners(session)
    names = sorted(session.scalars(select(Link.name)), key=_order)
    return {name: partners.get(name, "") for name in names}


def _order(name: str) -> tuple[int, str]:
    return (0 if name == ONE_STOP else 2 if name.startswith(WEBHOOK) else 1, name)


def _queued(session: Session) -> dict[str, tuple[int, datetime | None]]:
    waits = (
        select(OutboxMessage.link, func.count(), func.min(OutboxMessage.created_at))
        .where(OutboxMessage.state == "queued")
        .group_by(OutboxMessage.link)
    )
    queued: dict[str, tuple[int, datetime | None]] = {
        name: (count, oldest) for name, count, oldest in session.execute(waits)
    }
    messages = select(func.count(), func.min(Message.created_at)).where(Message.state == "queued")
    of_messages = session.execute(messages).one()
    for name in session.scalars(select(Link.name).where(Link.name.startswith(LINK), Link.enabled)):
        queued[name] = (of_messages[0], of_messages[1])
    return queued


def _waiting(session: Session) -> dict[str, Counter[tuple[str, str]]]:
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    rows = (
        select(OutboxMessage.link, OutboxMessage.kind, OutboxMessage.state, func.count())
        .where(OutboxMessage.state.in_(FOR_A_PERSON))
        .group_by(OutboxMessage.link, OutboxMessage.kind, OutboxMessage.state)
    )
    for name, kind, state, count in session.execute(rows):
        found[name][kind, state] = count
    return found


def _parked(session: Session) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    reason = func.coalesce(InboxMessage.reason, "")
    rows = (
        select(InboxMessage.link, InboxMessage.kind, reason, func.count())
        .where(InboxMessage.state == "parked")
        .group_by(InboxMessage.link, InboxMessage.kind, reason)
    )
    for name, kind, why, count in session.execute(rows):
        found[name][kind if kind == "unreadable" else why] += count
    return found


def _cursors(session: Session) -> dict[str, list[FeedCursor]]:
    found: dict[str, list[FeedCursor]] = defaultdict(list)
    for row in session.scalars(select(FeedCursor).order_by(FeedCursor.link, FeedCursor.customer_code)):
        found[row.link].append(row)
    return found


def _partners(session: Session) -> dict[str, str]:
    rows = session.execute(select(Subscriber.id, Partner.name).join(Partner, Partner.id == Subscriber.partner_id))
    return {f"{WEBHOOK}{number}": partner for number, partner in rows}
