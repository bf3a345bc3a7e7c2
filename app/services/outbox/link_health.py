"""How a link is doing: its breaker and its rate, as rows, so that all workers share them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.breaker import FAILURES_TO_OPEN, PROBE_S, open_for_s
from app.domain.errors import DomainError
from app.domain.sending import LINK
from app.models import AuditEvent, Link
from app.services import audit
from app.services.outbox.links import WEBHOOK

BURST_S = 2.0  # of its rate a link may spend at once
KEPT_FOR_URGENT = 1.0  # token of an operator's rate, which bulk leaves
SWITCHED_ON, SWITCHED_OFF = "link.switched_on", "link.switched_off"
CREDIT_EVERY = timedelta(minutes=15)
QUIET = timedelta(seconds=5)  # a link that answers all the time is noted so often


def register(session: Session, rates: Mapping[str, int | None]) -> None:
    """Make the rows of the links that are configured; those no longer named are switched off, and keep their history.

    One that is named again is on again, unless a person had switched it off.
    """
    for name, rate in sorted(rates.items()):
        join(session, name, rate)
        if not _stopped(session, name):
            session.execute(update(Link).where(Link.name == name).values(enabled=True))
    configured = (~Link.name.startswith(WEBHOOK, autoescape=True), Link.name.not_in(rates))
    session.execute(update(Link).where(*configured).values(enabled=False))


def join(session: Session, name: str, rate: int | None) -> None:
    """Make the row of a link, or give it this rate a minute."""
    row = insert(Link).values(name=name, enabled=True, rate_per_minute=rate, tokens=0.0, failures=0)
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"rate_per_minute": rate}))


def _stopped(session: Session, name: str) -> bool:
    """Was the last word of a person on this link that it stands still?"""
    said = select(AuditEvent.action).where(AuditEvent.object_kind == "link", AuditEvent.object_id == name)
    switched = said.where(AuditEvent.action.in_((SWITCHED_ON, SWITCHED_OFF)))
    return session.scalars(switched.order_by(AuditEvent.id.desc()).limit(1)).first() == SWITCHED_OFF


def switch(session: Session, name: str, by: str, now: datetime, *, on: bool) -> Link:
    """A person stops or starts a link; what waits for it goes on waiting. Raises `not_found`."""
    link = session.get(Link, name, with_for_update=True)
    if link is None:
        raise DomainError("not_found", kind="not_found")
    link.enabled = on
    if on:
        link.failures, link.open_until = 0, None
    audit.record(session, by, SWITCHED_ON if on else SWITCHED_OFF, "link", name, now)
    return link


def may_call_in_s(session: Session, name: str, now: datetime, kept: float = 0.0) -> float:
    """0: call now, and a token of the rate is spent. Otherwise the seconds until it is worth asking again.

    `kept`: so many tokens are left for who comes after.
    """
    link = session.get(Link, name)
    if link is None or not link.enabled:
        return 60.0
    if link.rate_per_minute is None and link.failures < FAILURES_TO_OPEN and link.open_until is None:
        return 0.0
    session.refresh(link, with_for_update=True)
    if link.open_until is not None and link.open_until > now:
        return (link.open_until - now).total_seconds()
    short = _spend(link, now, kept)
    if short == 0.0 and link.failures >= FAILURES_TO_OPEN:
        link.open_until = now + timedelta(seconds=PROBE_S)  # this one tries for all
    return short


def is_away(session: Session, name: str, now: datetime, *, paused: bool) -> bool:
    """Does nobody call it now: switched off by somebody, without an answer, or in a long pause? `paused`: in a short one, too."""
    link = session.get(Link, name)
    if link is None or not link.enabled:
        return link is not None
    silent_s = (link.open_until - now).total_seconds() if link.open_until is not None else 0.0
    return silent_s > 0 and (paused or link.failures >= FAILURES_TO_OPEN or silent_s > PROBE_S)


def _spend(link: Link, now: datetime, kept: float) -> float:
    if link.rate_per_minute is None:
        return 0.0
    a_second = link.rate_per_minute / 60
    most = max(1.0, a_second * BURST_S) + (KEPT_FOR_URGENT if link.name.startswith(LINK) else 0.0)
    since_s = max(0.0, (now - link.tokens_at).total_seconds()) if link.tokens_at is not None else most / a_second
    tokens = min(most, link.tokens + since_s * a_second)
    link.tokens_at = now
    if tokens < 1 + kept:
        link.tokens = tokens
        return (1 + kept - tokens) / a_second
    link.tokens = tokens - 1
    return 0.0


def answered(session: Session, name: str, now: datetime) -> bool:
    """They answered, whatever they said: the breaker closes. True when it had been open."""
    link = session.get(Link, name)
    if link is None:
        return False
    said = link.last_ok_at is not None and now - link.last_ok_at < QUIET
    if said and link.failures == 0 and link.open_until is None:
        return False
    was_away = link.failures >= FAILURES_TO_OPEN
    session.execute(update(Link).where(Link.name == name).values(failures=0, open_until=None, last_ok_at=now))
    return was_away


def failed(session: Session, name: str, fault: str, now: datetime) -> None:
    """They did not answer: after a few in a row nobody calls for a while."""
    link = session.scalars(select(Link).where(Link.name == name).with_for_update()).one_or_none()
    if link is None:
        return
    session.refresh(link)
    link.failures += 1
    link.last_fault_at, link.last_fault = now, fault
    wait = open_for_s(link.failures)
    link.open_until = None if wait is None else now + timedelta(seconds=wait)


def paused(session: Session, name: str, fault: str, for_s: float, now: datetime) -> None:
    """They answered that we are to come again in `for_s` seconds: no failure, and the breaker has no say in it."""
    link = session.scalars(select(Link).where(Link.name == name).with_for_update()).one_or_none()
    if link is None:
        return
    session.refresh(link)
    link.last_fault_at, link.last_fault = now, fault
    link.open_until = now + timedelta(seconds=for_s)


def credit_is_due(session: Session, name: str, now: datetime) -> bool:
    """Is it time to ask this operator what is left to pay with? Whoever asks notes it at once: the next waits."""
    due = or_(Link.credit_at.is_(None), Link.credit_at <= now - CREDIT_EVERY)
    asked = update(Link).where(Link.name == name, Link.enabled, due).values(credit_at=now).returning(Link.name)
    return session.execute(asked).first() is not None


def note_credit(session: Session, name: str, left: int, unit: str, low: int, now: datetime) -> None:
    """What is left, as the operator says; below `low` a person has to pay in."""
    said = {"credit": left, "credit_unit": unit, "credit_low": low, "credit_at": now}
    session.execute(update(Link).where(Link.name == name).values(said))
