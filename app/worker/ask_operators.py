"""Ask operators what became of the messages that they took, for a report may be lost; and what is left to pay with."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from app.config import SettingsError
from app.domain.sending import LINK
from app.gateways import channels
from app.gateways.messages import low_credits, word_of
from app.services.messaging import sendings
from app.services.outbox import link_health
from app.worker.context import WorkerContext
from integrations.errors import IntegrationError, Unavailable
from integrations.messages import MessageChannel

log = logging.getLogger(__name__)

MOST: Final = 50  # of one operator a round


def ask(context: WorkerContext) -> dict[str, int]:
    """One round; how many words of each operator were news or not. Nobody's silence keeps the next from being asked."""
    heard: dict[str, int] = {}
    for one in _operators(context):
        try:
            heard[one.name] = _ask(context, one) if one.reports else 0
            if one.tells_credit:
                _ask_credit(context, one)
        except Unavailable as error:
            log.info("%s: asked again in the next round", error)
        except SettingsError as error:
            log.warning("%s: %s", one.name, error)
    with context.database.transaction() as session:
        sendings.close_unclear(session, context.clock.now(), MOST)
    return heard


def _operators(context: WorkerContext) -> Sequence[MessageChannel]:
    try:
        return channels(context.settings)
    except SettingsError as error:
        log.warning("nobody is asked what became of messages: %s", error)
        return ()


def _ask_credit(context: WorkerContext, channel: MessageChannel) -> None:
    name, now = LINK + channel.name, context.clock.now()
    with context.database.transaction() as session:
        if not link_health.credit_is_due(session, name, now):
            return
    try:
        balance = channel.balance()
    except IntegrationError as error:
        log.info("%s: what is left is not known", error)
        return
    if balance is None:
        return
    with context.database.transaction() as session:
        low = low_credits(context.settings)[channel.name]
        link_health.note_credit(session, name, balance.left, balance.unit, low, now)


def _ask(context: WorkerContext, channel: MessageChannel) -> int:
    """Raises Unavailable: whoever does not answer one question is asked no other in this round."""
    with context.database.transaction() as session:
        rows = sendings.under_way(session, channel.name, context.clock.now(), MOST)
    heard = 0
    for row in rows:
        with context.database.transaction() as session:
            kept = link_health.KEPT_FOR_URGENT
            if link_health.may_call_in_s(session, LINK + channel.name, context.clock.now(), kept) > 0:
                return heard  # their rate is for messages first; the rest is asked in its time
            if not sendings.asked(session, row, context.clock.now()):
                continue
        try:
            report = channel.state(row.operator_id or "")
        except Unavailable:
            raise
        except IntegrationError as error:
            log.info("%s: no news of %s", error, row.id)
            continue
        if report is None:
            continue
        with context.database.transaction() as session:
            sendings.hear(session, channel.name, word_of(report), context.clock.now())
        heard += 1
    return heard
