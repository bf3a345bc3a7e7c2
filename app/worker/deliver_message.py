"""Send one message: claim → commit → call → settle. No transaction is open while an operator is asked.

Whatever is lost on the way, an answer, a worker, a report: a code goes out once, anything else twice at the most.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.config import Keys, SettingsError
from app.database import Database
from app.domain import sending as rules
from app.domain.breaker import wait_s
from app.domain.greeting import greeting
from app.domain.identity import Channel, is_address
from app.domain.sending import EMAIL, GONE, LINK, PUSH, SendingState
from app.domain.templates import is_secret, template
from app.jobs import waiting
from app.models import Errand, HandoverCode, Link, Message, PushSubscription, Sending, ServiceRequest
from app.services.messaging import browsers, handover_codes, sendings
from app.services.messaging.messages import after_quiet
from app.services.messaging.report_address import report_address
from app.services.outbox import link_health
from app.services.staff import access
from app.worker.outbox import NotYet
from integrations.messages import Elsewhere, Later, MessageChannel, MessageTaken, Never, Outcome, OutgoingMessage

log = logging.getLogger(__name__)

TOO_LATE: Final = timedelta(hours=24)  # "the courier is on the way" is a lie by tomorrow
SOON_S: Final = 5.0  # somebody looks at a page and waits for a code: tried again so soon
LONGEST_PAUSE: Final = 4  # … and after this many doublings no pause grows: 40 s
LONGEST_CROWD_S: Final = 900.0


class SecretGoneError(Exception):
    """The code a message would carry has ended: the message must not be sent any more."""


@dataclass(frozen=True, slots=True)
class Senders:
    """What every delivery needs of its installation: the operators in their order, the keys, our own address.

    `low`: below what credit of an operator a person has to act, where its answers tell of it.
    """

    channels: Sequence[MessageChannel]
    keys: Keys
    base_url: str
    low: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """One call to make."""

    sending_id: UUID
    channel: MessageChannel
    outgoing: OutgoingMessage
    secret: bool
    urgent: bool
    most_tries: int
    browser: str | None  # the recipient of a notice


def deliver_message(database: Database, senders: Senders, message_id: UUID, now: datetime) -> str:
    """Send a queued message and return its state: `taken`, `sent`, `failed`, or what it already was.

    Safe to repeat: a settled message is left alone. Raises `NotYet` with the message still queued: the job comes again,
    until the message is a day old.
    """
    while True:
        try:
            with database.transaction() as session:
                claimed = _claim(session, senders, message_id, now)
        except (SecretGoneError, ValueError) as error:
            return _fail(database, message_id, type(error).__name__)
        if isinstance(claimed, str):
            return claimed
        outcome = _asked(claimed)
        state = _settle(database, senders, claimed, outcome, now)
        if claimed.browser is not None:
            _note(database, claimed.browser, outcome, now)
        if state is not None:
            return state


def give_up(database: Database, message_id: UUID, error: BaseException) -> None:
    """Nobody will try again: the message is `failed`, so that a coordinator sees it, with the kind of the error."""
    _fail(database, message_id, type(error).__name__)


def _claim(session: Session, senders: Senders, message_id: UUID, now: datetime) -> ClaimedMessage | str:
    """The next call for a message that still waits; the message's state where there is none to make."""
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.state != "queued":
        return message.state
    if now - message.created_at > TOO_LATE:
        return _failed(message, "TooLate")
    if message.channel is Channel.VOICE:
        return _failed(message, "voice")  # nobody reads out: a person calls
    _wait_for_the_morning(message, now)
    if message.is_notice and browsers.named(session, message.recipient or "") is None:
        return _failed(message, f"{PUSH}: {GONE}")
    past = sendings.of_message(session, message)
    row = next((one for one in reversed(past) if one.state not in rules.ENDS), None)
    able = _able(senders.channels, message)
    channel = _channel_of(session, able, past, row, now, urgent=_is_urgent(message))
    if row is not None and row.state in rules.UNKNOWN:
        row.state = SendingState.UNCLEAR
        repeated = any(one.is_repeat for one in past) or is_secret(message.template)
        if channel is None or not _may_repeat(row, channel, now, repeated=repeated):
            message.state = "taken"  # as far as anybody knows; without news within the hour it is a person's task
            return message.state
    if channel is None:
        return _failed(message, _last_code(able, past))
    return _call(session, senders, channel, message, row, now)


def _able(channels: Sequence[MessageChannel], message: Message) -> list[MessageChannel]:
    """Who can carry it: letters go to an address of e-mail, notices to a browser, everything else to a telephone."""
    worded = message.template if message.params is not None else ""
    alone = PUSH if message.is_notice else EMAIL if is_address(message.recipient or "") else None
    return [
        one for one in channels if (one.name if one.name in {EMAIL, PUSH} else None) == alone and one.carries(worded)
    ]


def _is_urgent(message: Message) -> bool:
    """Does somebody look at a page and wait for it? So it is with what belongs to no request (`messages.tell_phone`)."""
    return message.request_id is None


def _wait_for_the_morning(message: Message, now: datetime) -> None:
    """What an outage kept until the night rings no telephone then. Raises `NotYet`."""
    morning = None if _is_urgent(message) else after_quiet(now)
    if morning is not None:
        raise NotYet((morning - now).total_seconds())


def _channel_of(
    session: Session,
    able: Sequence[MessageChannel],
    past: Sequence[Sending],
    row: Sending | None,
    now: datetime,
    *,
    urgent: bool,
) -> MessageChannel | None:
    """The operator that was begun with while it is one of ours and there, else the next that has not failed yet.

    Who is away keeps no message that another may carry. Where all are away, the first is waited for; and so is one that may
    have the message and drops repeats.
    """
    failed = {one.channel for one in past if one.state in rules.ENDS}
    begun = next((place for place, one in enumerate(able) if row is not None and one.name == row.channel), -1)
    left = [one for place, one in enumerate(able) if place == begun or (place > begun and one.name not in failed)]
    if not left:
        return None
    if row is not None and row.state in rules.UNKNOWN and begun >= 0 and left[0].drops_repeats:
        return left[0]
    there = (one for one in left if not link_health.is_away(session, LINK + one.name, now, paused=urgent))
    return next(there, left[0])


def _last_code(able: Sequence[MessageChannel], past: Sequence[Sending]) -> str:
    """Why nobody carries it: the word of the last operator that was asked."""
    said = {one.channel: one.code for one in past}
    return next((f"{one.name}: {said[one.name]}" for one in reversed(able) if one.name in said), "nobody")


def _may_repeat(row: Sending, channel: MessageChannel, now: datetime, *, repeated: bool) -> bool:
    """May an operator be asked again whose answer was lost? Raises `NotYet`: its report may still come."""
    if channel.drops_repeats and channel.name == row.channel:
        return row.tries < rules.MOST_TRIES
    if repeated:
        return False
    wait = row.began_at + rules.REPEAT_AFTER - now
    if wait > timedelta():
        raise NotYet(wait.total_seconds())
    return True


def _call(
    session: Session,
    senders: Senders,
    channel: MessageChannel,
    message: Message,
    row: Sending | None,
    now: datetime,
) -> ClaimedMessage:
    _may_call(session, channel, now, urgent=_is_urgent(message))
    places = _places(session, message, now, senders.keys, senders.base_url)
    repeats = row is not None and row.state is SendingState.UNCLEAR
    if row is not None and row.channel != channel.name and not repeats:
        sendings.leave(row, now)
        row = None
    if row is None or (repeats and not (channel.drops_repeats and row.channel == channel.name)):
        row = sendings.begin(session, message, channel.name, now, reports=channel.reports, is_repeat=repeats)
    elif row.state is SendingState.WAITING:
        row.state = SendingState.BEGUN
    browser = browsers.named(session, message.recipient or "") if message.is_notice else None
    outgoing = OutgoingMessage(
        str(row.id),
        (message.recipient or "") if browser is None else browser.endpoint,
        _with(message.body, places),
        message.template,
        (message.params or {}) | places | ({} if browser is None else _keys_of(browser)),
        report_address(senders.base_url, senders.keys, channel.name) if channel.reports else None,
    )
    secret = is_secret(message.template)
    most = rules.tries_of(secret=secret, another=channel is not _able(senders.channels, message)[-1])
    notice = None if browser is None else message.recipient
    return ClaimedMessage(row.id, channel, outgoing, secret, _is_urgent(message), most, notice)


def _keys_of(browser: PushSubscription) -> dict[str, str]:
    """What encrypts to it, and by which key of ours it knows us; newer news of the same thing take the older's place."""
    courier = browser.device_id is not None
    return {
        "p256dh": browser.p256dh,
        "auth": browser.auth,
        "server_key": browser.server_key,
        "topic": str(browser.id),
        "urgency": "high" if courier else "normal",
    } | ({"link": "/buu-ta/"} if courier else {})


def _asked(claimed: ClaimedMessage) -> Outcome:
    """The operator's answer. A secret that can't be read is our fault: no message is given up for it."""
    try:
        return claimed.channel.send(claimed.outgoing)
    except SettingsError as error:
        log.warning("%s: %s", claimed.channel.name, error)
        return Later("settings")


def _note(database: Database, browser: str, outcome: Outcome, now: datetime) -> None:
    """A browser is there, or allows no notices any more. In a transaction of its own: who erases a person holds both rows."""
    with database.transaction() as session:
        match outcome:
            case MessageTaken():
                browsers.note_taken(session, browser, now)
            case Elsewhere(code=code) if code == GONE:
                browsers.end(session, browser)


def _may_call(session: Session, channel: MessageChannel, now: datetime, *, urgent: bool) -> None:
    """Within the operator's rate, and not while it is known to be away. Raises `NotYet`.

    Of the rate there is always a token that only what is urgent may spend. The rest comes again spread over the time that the
    operator needs for all of it: three thousand messages of an evening do not knock every second.
    """
    link = session.get(Link, LINK + channel.name)
    if link is None:
        return
    wait = link_health.may_call_in_s(session, link.name, now, kept=0.0 if urgent else link_health.KEPT_FOR_URGENT)
    if wait <= 0:
        return
    if urgent:
        raise NotYet(min(wait, SOON_S))
    crowd = waiting(session, "deliver_message") * 60 / link.rate_per_minute / 2 if link.rate_per_minute else 0.0
    spread = min(LONGEST_CROWD_S, max(wait / 2, crowd))
    raise NotYet(wait + random.uniform(0, spread))


def _settle(
    database: Database, senders: Senders, claimed: ClaimedMessage, outcome: Outcome, now: datetime
) -> str | None:
    """What the answer means; None: look at the message again. Raises `NotYet`. The message is held before the link, always."""
    link = LINK + claimed.channel.name
    with database.transaction() as session:
        match outcome:
            case MessageTaken(operator_id=operator_id, left=left):
                state = sendings.taken(session, claimed.sending_id, operator_id, now)
                link_health.answered(session, link, now)
                if left is not None:
                    low = senders.low.get(claimed.channel.name, 0)
                    link_health.note_credit(session, link, left.left, left.unit, low, now)
                return state
            case Never(code=code) | Elsewhere(code=code):
                sendings.refused(session, claimed.sending_id, code, now)
                link_health.answered(session, link, now)
                return None
            case Later(code=code, unsure=unsure, after_s=after_s):
                tries = sendings.put_off(session, claimed.sending_id, code, now, unsure=unsure, most=claimed.most_tries)
                fault = f"Later: {claimed.channel.name}: {code}"
                if after_s is None or unsure:
                    link_health.failed(session, link, fault, now)
                else:
                    link_health.paused(session, link, fault, after_s, now)
    if tries is None or (outcome.unsure and claimed.secret and not claimed.channel.drops_repeats):
        return None
    doubled = min(tries, LONGEST_PAUSE) if claimed.urgent else tries
    raise NotYet(wait_s(doubled, random.random(), outcome.after_s))


def _failed(message: Message, error: str) -> str:
    """`error` is a kind or an operator's code, never its text: that may quote the number."""
    message.state, message.error = "failed", error
    return message.state


def _fail(database: Database, message_id: UUID, error: str) -> str:
    with database.transaction() as session:
        session.execute(
            update(Message)
            .where(Message.id == message_id, Message.state == "queued")
            .values(state="failed", error=error)
        )
        return session.scalars(select(Message.state).where(Message.id == message_id)).one()


def filled(session: Session, message: Message, now: datetime, keys: Keys, base_url: str) -> str:
    """The body with its secrets, which exist only here and on the way. Raises SecretGoneError."""
    return _with(message.body, _places(session, message, now, keys, base_url))


def _with(body: str, places: Mapping[str, str]) -> str:
    for name, said in places.items():
        body = body.replace(f"{{{name}}}", said)
    return body


def _places(session: Session, message: Message, now: datetime, keys: Keys, base_url: str) -> dict[str, str]:
    """What the body's places stand for. Raises SecretGoneError."""
    places = {}
    if template(message.template).secret:
        places["code"] = _code(session, message, now, keys)
    if message.errand_id is not None and "{word}" in message.body:
        slot_id = session.get_one(Errand, message.errand_id).slot_id
        places["word"] = greeting(keys.greeting, message.errand_id, slot_id)
    if message.request_id is not None:
        token = session.get_one(ServiceRequest, message.request_id).tracking_token
        places["link"] = f"{base_url}/t/{token}"
    return places


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
