"""Browsers whose owners allow notices: of one request, or on a courier's phone. A notice stands beside a message, never for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.commands import AllowedBrowser
from app.domain.identity import Channel
from app.domain.templates import DAY_CHANGED, NEWS, template
from app.models import Device, Message, PushSubscription, ServiceRequest
from app.models.message import BROWSER, LETTER, NOTICE
from app.texts import say

MOST: Final = 5  # browsers of one request: whoever has its link can't fill our table


def allow_for_request(session: Session, request_id: UUID, browser: AllowedBrowser, now: datetime) -> None:
    """From now on this browser is told when the request has news. Safe to repeat; of too many the oldest goes."""
    _allow(session, {"request_id": request_id}, ["request_id", "endpoint"], browser, now)
    mine = PushSubscription.request_id == request_id
    newest = select(PushSubscription.id).where(mine).order_by(PushSubscription.used_at.desc()).limit(MOST)
    session.execute(delete(PushSubscription).where(mine, PushSubscription.id.not_in(newest)))


def allow_for_phone(session: Session, device_id: UUID, browser: AllowedBrowser, now: datetime) -> None:
    """From now on this phone is told when its courier's day changes. Safe to repeat: a phone has one browser."""
    _allow(session, {"device_id": device_id}, ["device_id"], browser, now)


def end_for_request(session: Session, request_id: UUID, endpoint: str) -> None:
    session.execute(
        delete(PushSubscription).where(PushSubscription.request_id == request_id, PushSubscription.endpoint == endpoint)
    )


def end_for_phone(session: Session, device_id: UUID) -> None:
    session.execute(delete(PushSubscription).where(PushSubscription.device_id == device_id))


def end(session: Session, recipient: str) -> None:
    """Its push service knows it no longer."""
    session.execute(delete(PushSubscription).where(PushSubscription.id == _id_of(recipient)))


def note_taken(session: Session, recipient: str, now: datetime) -> None:
    """It is still there, as far as its push service knows."""
    mine = update(PushSubscription).where(PushSubscription.id == _id_of(recipient))
    session.execute(mine.values(used_at=now).execution_options(synchronize_session=False))


def named(session: Session, recipient: str) -> PushSubscription | None:
    """The browser that a message's recipient names; None: it ended meanwhile."""
    return session.get(PushSubscription, _id_of(recipient))


def beside(session: Session, messages: Collection[Message]) -> list[dict[str, Any]]:
    """A notice for each browser that was allowed to be told of these messages' requests: that there is news, and not what."""
    told: dict[UUID | None, Message] = {
        one.request_id: one for one in messages if one.request_id is not None and not _is_letter(one)
    }
    if not told:
        return []
    wanted = (
        select(PushSubscription, ServiceRequest.reference)
        .join(ServiceRequest, ServiceRequest.id == PushSubscription.request_id)
        .where(PushSubscription.request_id.in_(told))
    )
    rows = session.execute(wanted.order_by(PushSubscription.id)).all()
    found: list[tuple[PushSubscription, str]] = [(row[0], row[1]) for row in rows]
    return [
        _row(subscription, NEWS, message.language, message.trigger, message.created_at, reference=reference)
        | {"request_id": message.request_id, "errand_id": message.errand_id}
        for subscription, reference in found
        if (message := told.get(subscription.request_id)) is not None
    ]


def of_phones(
    session: Session, courier_ids: Collection[int], now: datetime, trigger: str, name: str = DAY_CHANGED
) -> list[dict[str, Any]]:
    """A notice for each phone of these couriers that allowed it, while its shift lasts."""
    wanted = (
        select(PushSubscription)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(Device.courier_id.in_(courier_ids), Device.access_until > now)
    )
    found = session.scalars(wanted.order_by(PushSubscription.id))
    return [_row(one, name, "vi", trigger, now) for one in found]


def _row(
    subscription: PushSubscription, name: str, language: str, trigger: str, now: datetime, **params: str
) -> dict[str, Any]:
    chosen = template(name)
    return {
        "id": uuid4(),
        "channel": Channel.SMS,
        "recipient": f"{BROWSER}{subscription.id}",
        "language": language,
        "state": "queued",
        "trigger": f"{trigger}{NOTICE}{subscription.id}",
        "created_at": now,
        "template": chosen.name,
        "template_version": chosen.version,
        "body": say(chosen.sentence, language, **params),
        "params": params,
    }


def _is_letter(message: Message) -> bool:
    return message.trigger.endswith(LETTER)


def _id_of(recipient: str) -> UUID:
    return UUID(recipient.removeprefix(BROWSER))


def _allow(
    session: Session, whose: dict[str, UUID], once: Sequence[str], browser: AllowedBrowser, now: datetime
) -> None:
    told = {
        "endpoint": browser.endpoint,
        "p256dh": browser.p256dh,
        "auth": browser.auth,
        "server_key": browser.server_key,
        "used_at": now,
    }
    made = insert(PushSubscription).values(id=uuid4(), made_at=now, **whose, **told)
    session.execute(made.on_conflict_do_update(index_elements=list(once), set_=told))
