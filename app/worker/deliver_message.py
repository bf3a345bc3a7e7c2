"""Send one message: claim → commit → call → settle. No transaction is open while the operator is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.config import Keys
from app.database import Database
from app.domain.greeting import greeting
from app.domain.templates import template
from app.models import Errand, HandoverCode, Message, ServiceRequest
from app.services.messaging import handover_codes
from app.services.staff import access
from integrations.errors import Unavailable
from integrations.messages import Elsewhere, Later, MessageChannel, MessageTaken, Never, OutgoingMessage

TOO_LATE: Final = timedelta(hours=24)  # "the courier is on the way" is a lie by tomorrow


class SecretGoneError(Exception):
    """The code a message would carry has ended: the message must not be sent any more."""


def deliver_message(
    database: Database, sender: MessageChannel, message_id: UUID, now: datetime, *, keys: Keys, base_url: str
) -> str:
    """Send a queued message and return its state: `sent`, `failed`, or what it already was.

    Safe to repeat: a settled message is left alone, and the operator drops a second copy by its reference. Raises
    `Unavailable` with the message still queued: the job is tried again, until the message is a day old.
    """
    try:
        with database.transaction() as session:
            message = _claim(session, message_id, now)
            if message is None:
                return _state(session, message_id)
            text = OutgoingMessage(
                str(message.id), message.recipient or "", filled(session, message, now, keys, base_url)
            )
    except (SecretGoneError, ValueError) as error:
        return _settle(database, message_id, "failed", now, type(error).__name__)
    match sender.send(text):
        case MessageTaken():
            return _settle(database, message_id, "sent", now, None)
        case Later(code=code, after_s=after_s):
            raise Unavailable(sender.name, code, retry_after_s=after_s)
        case Never(code=code) | Elsewhere(code=code):
            return _settle(database, message_id, "failed", now, f"{sender.name}: {code}")


def _claim(session: Session, message_id: UUID, now: datetime) -> Message | None:
    """The message if it still waits; one that waited too long fails here instead of arriving as nonsense."""
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.state != "queued":
        return None
    if now - message.created_at > TOO_LATE:
        message.state, message.error = "failed", "TooLate"
        return None
    return message


def give_up(database: Database, message_id: UUID, now: datetime, error: BaseException) -> None:
    """Nobody will try again: the message is `failed`, so that a coordinator sees it, with the kind of the error."""
    _settle(database, message_id, "failed", now, type(error).__name__)


def _state(session: Session, message_id: UUID) -> str:
    session.flush()
    return session.scalars(select(Message.state).where(Message.id == message_id)).one()


def _settle(database: Database, message_id: UUID, state: str, now: datetime, error: str | None) -> str:
    """`error` is a kind, never the operator's text: that may quote the number."""
    with database.transaction() as session:
        session.execute(
            update(Message)
            .where(Message.id == message_id, Message.state == "queued")
            .values(state=state, sent_at=now if state == "sent" else None, error=error)
        )
        return _state(session, message_id)


def filled(session: Session, message: Message, now: datetime, keys: Keys, base_url: str) -> str:
    """The body with its secrets, which exist only here and on the way. Raises SecretGoneError."""
    text = message.body
    if template(message.template).secret:
        text = text.replace("{code}", _code(session, message, now, keys))
    if message.errand_id is not None and "{word}" in text:
        slot_id = session.get_one(Errand, message.errand_id).slot_id
        text = text.replace("{word}", greeting(keys.greeting, message.errand_id, slot_id))
    if message.request_id is not None:
        token = session.get_one(ServiceRequest, message.request_id).tracking_token
        text = text.replace("{link}", f"{base_url}/theo-doi/{token}")
    return text


def _code(session: Session, message: Message, now: datetime, keys: Keys) -> str:
    if message.errand_id is not None:
        row = session.get(HandoverCode, message.errand_id)
        if row is not None and row.expires_at > now:
            return handover_codes.reveal(row, keys)
    elif message.recipient is not None:
        mine = access.code_row(session, message.recipient, keys)
        if mine is not None and mine.expires_at > now and mine.sent_at == message.created_at:
            return access.sign_in_code(mine, message.recipient, keys)
    raise SecretGoneError
