"""Who wants to be told of our events: subscribe, change, end; secrets that replace each other; a ping; a delivery again.

A secret (`whsec_…`) is shown once and kept encrypted. An end withdraws what waits, in the same transaction.
"""

from __future__ import annotations

import base64
import logging
import secrets
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import LOCAL
from app.config import Keys
from app.domain.errors import DomainError
from app.domain.webhook import (
    MOST_SUBSCRIPTIONS,
    PING,
    RATE_PER_MINUTE,
    ChangeSubscription,
    Subscribe,
    check_url,
    former_until,
)
from app.models import Link, OutboxMessage, Partner, Subscriber
from app.services import audit
from app.services.evidence import vault
from app.services.outbox import link_health, links, queue
from app.services.outbox.queue import FOR_A_PERSON, SETTLED, OutboxDraft
from app.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

SECRET_BYTES: Final = 32  # the specification: 24 to 64
KIND: Final = "subscription"


def subscribe(work: UnitOfWork, wanted: Subscribe, keys: Keys, *, production: bool) -> tuple[Subscriber, str]:
    """The subscription, and its secret. Raises what `check_url` finds, `subscriptions_too_many`."""
    url = check_url(wanted.url, production=production)
    work.get_one(Partner, wanted.partner_id, with_for_update=True)  # two at once would both be the last
    live = select(func.count()).where(Subscriber.partner_id == wanted.partner_id, Subscriber.ended_at.is_(None))
    if (work.scalar(live) or 0) >= MOST_SUBSCRIPTIONS:
        raise DomainError("subscriptions_too_many", most=MOST_SUBSCRIPTIONS)
    secret = _new_secret()
    subscriber = Subscriber(
        partner_id=wanted.partner_id,
        url=url,
        events=list(wanted.events),
        secret=vault.close_secret(keys, wanted.by, secret),
        created_at=wanted.now,
    )
    work.add(subscriber)
    work.flush()
    link_health.join(work, subscriber.link, RATE_PER_MINUTE)
    links.forget(work)
    audit.record(work, wanted.by, f"{KIND}.made", KIND, subscriber.id, wanted.now, events=list(wanted.events))
    return subscriber, secret


def change(session: Session, subscriber: Subscriber, wanted: ChangeSubscription, now: datetime) -> None:
    """What a subscription that is switched off would have been told is withdrawn; a delivery may be asked for again."""
    if wanted.events is not None:
        subscriber.events = list(wanted.events)
    if wanted.active is not None and wanted.active != subscriber.active:
        subscriber.active = wanted.active
        if not wanted.active:
            queue.withdraw_all(session, subscriber.link, now)
    audit.record(
        session, _by(subscriber), f"{KIND}.changed", KIND, subscriber.id, now,
        events=list(subscriber.events), active=subscriber.active,
    )  # fmt: skip


def end(session: Session, subscriber: Subscriber, by: str, now: datetime) -> None:
    """Nothing is told any more, and its secrets are gone."""
    subscriber.active, subscriber.ended_at = False, now
    subscriber.secret, subscriber.former_secret, subscriber.former_until = "", None, None
    queue.withdraw_all(session, subscriber.link, now)
    audit.record(session, by, f"{KIND}.ended", KIND, subscriber.id, now)


def end_all(session: Session, partner_id: int, by: str, now: datetime) -> None:
    """A partner whose key opens nothing any more is told nothing any more."""
    theirs = select(Subscriber).where(Subscriber.partner_id == partner_id, Subscriber.ended_at.is_(None))
    for subscriber in session.scalars(theirs.order_by(Subscriber.id).with_for_update()):
        end(session, subscriber, by, now)


def gone(session: Session, outbox_message: OutboxMessage, now: datetime) -> None:
    """The endpoint answered that it wants no more (410): off, until the partner switches it on; an administrator reads why."""
    subscriber = session.get_one(Subscriber, subscriber_id(outbox_message.link), with_for_update={"of": Subscriber})
    subscriber.active = False
    withdrawn = queue.withdraw_all(session, outbox_message.link, now, besides=outbox_message.id)
    fault = {"last_fault": "Rejected: answered 410, the subscription is off", "last_fault_at": now}
    session.execute(update(Link).where(Link.name == outbox_message.link).values(fault))
    audit.record(session, "system", f"{KIND}.gone", KIND, subscriber.id, now, withdrawn=withdrawn)
    log.warning(
        "%s: answered 410, the subscription is off; %s waiting messages withdrawn", outbox_message.link, withdrawn
    )


def rotate(session: Session, subscriber: Subscriber, overlap_hours: int, now: datetime, keys: Keys) -> str:
    """A new secret beside the one in use, which signs on for so many hours; 0: it ends now, as after a leak.

    Raises `secret_rotating` while a former one still signs: a third would end it before its time.
    """
    if overlap_hours and _former_lives(subscriber, now):
        raise DomainError("secret_rotating", until=subscriber.former_until)
    secret = _new_secret()
    until = former_until(now, overlap_hours)
    subscriber.former_secret = subscriber.secret if until is not None else None
    subscriber.former_until = until
    subscriber.secret = vault.close_secret(keys, _by(subscriber), secret)
    audit.record(session, _by(subscriber), f"{KIND}.rotated", KIND, subscriber.id, now, hours=overlap_hours)
    return secret


def signing_secrets(subscriber: Subscriber, now: datetime, keys: Keys) -> tuple[str, ...]:
    """Those that live, the newest first."""
    kept = [subscriber.secret]
    if subscriber.former_secret is not None and _former_lives(subscriber, now):
        kept.append(subscriber.former_secret)
    return tuple(vault.open_secret(keys, _by(subscriber), one) for one in kept)


def forget_former_secrets(session: Session, now: datetime) -> None:
    """What signs no more is not kept."""
    over = update(Subscriber).where(Subscriber.former_until <= now)
    session.execute(over.values(former_secret=None, former_until=None).execution_options(synchronize_session=False))


def ping(work: UnitOfWork, subscriber: Subscriber, now: datetime) -> OutboxMessage:
    """Promise a test on the road of all events; one that is refused holds up no other. Raises `subscription_off`."""
    _check_active(subscriber)
    body = {"type": PING, "timestamp": now.astimezone(LOCAL).isoformat(), "data": {"subscription_id": subscriber.id}}
    alone = f"{PING}:{uuid4()}"
    draft = OutboxDraft(subscriber.link, PING, alone, f"{subscriber.link}:{alone}", body)
    promised = queue.promise(work, draft, now)
    return work.get_one(OutboxMessage, promised)


def deliver_again(
    work: UnitOfWork, subscriber: Subscriber, outbox_message: OutboxMessage, now: datetime
) -> OutboxMessage:
    """The same message under the same id. Raises `subscription_off`, `delivery_under_way` while it is being tried."""
    _check_active(subscriber)
    if outbox_message.state == "queued":
        raise DomainError("delivery_under_way")
    return queue.replay(work, outbox_message.id, _by(subscriber), now, states=(*SETTLED, *FOR_A_PERSON))


def subscriber_id(link: str) -> int:
    return int(link.removeprefix(links.WEBHOOK))


def _check_active(subscriber: Subscriber) -> None:
    if not subscriber.active:
        raise DomainError("subscription_off")


def _former_lives(subscriber: Subscriber, now: datetime) -> bool:
    return subscriber.former_until is not None and subscriber.former_until > now


def _by(subscriber: Subscriber) -> str:
    """The actor, and whose secrets they are."""
    return f"partner:{subscriber.partner_id}"


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
