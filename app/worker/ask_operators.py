"""Ask operators what became of the messages that they took, for a report may be lost; and what is left to pay with."""

from __future__ import annotations

from typing import Final

from app.domain.sending import LINK
from app.gateways import channels
from app.gateways.messages import low_balance, word_of
from app.services.messaging import sendings
from app.services.outbox import link_health
from app.worker.context import WorkerContext
from integrations.messages import MessageChannel

MOST: Final = 50  # of one operator a round


def ask(context: WorkerContext) -> dict[str, int]:
    """One round; how many words of each operator were news or not. Nobody's answer keeps the next from being asked."""
    operators = channels(context.settings)
    heard = {one.name: _ask(context, one) for one in operators if one.reports}
    for one in operators:
        _ask_credit(context, one)
    with context.database.transaction() as session:
        sendings.close_unclear(session, context.clock.now(), MOST)
    return heard


def _ask_credit(context: WorkerContext, channel: MessageChannel) -> None:
    name, now = LINK + channel.name, context.clock.now()
    with context.database.transaction() as session:
        if not link_health.credit_is_due(session, name, now):
            return
    balance = channel.balance()
    if balance is None:
        return
    with context.database.transaction() as session:
        low = low_balance(context.settings, channel.name)
        link_health.note_credit(session, name, balance.left, balance.unit, low, now)


def _ask(context: WorkerContext, channel: MessageChannel) -> int:
    with context.database.transaction() as session:
        rows = sendings.under_way(session, channel.name, context.clock.now(), MOST)
    heard = 0
    for row in rows:
        with context.database.transaction() as session:
            if link_health.may_call_in_s(session, LINK + channel.name, context.clock.now()) > 0:
                return heard  # their rate is for messages first; the rest is asked in its time
            if not sendings.asked(session, row, context.clock.now()):
                continue
        report = channel.state(row.operator_id or "")
        if report is None:
            continue
        with context.database.transaction() as session:
            sendings.hear(session, channel.name, word_of(report), context.clock.now())
        heard += 1
    return heard
