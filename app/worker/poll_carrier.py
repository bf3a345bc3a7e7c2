"""Read what the postal carriers tell: the feed from its cursor, or each open order; kept raw before anybody acts on it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from app.gateways import CarrierLink, carrier, links_file
from app.gateways.inbox import meaning_of, told
from app.models import CarrierOrder
from app.services.inbox import carrier_events
from app.services.outbox import link_health, orders, queue
from app.worker.context import WorkerContext
from integrations.errors import BadAnswer, IntegrationError, Unavailable
from integrations.postal import Carrier, Page, Placed

log = logging.getLogger(__name__)

MOST_PAGES: Final = 20  # a round; the next goes on from the cursor
MOST_ORDERS: Final = 50


def poll(context: WorkerContext) -> dict[str, int]:
    """One round over all carriers; how many new lines of each. A carrier that is away stops no other."""
    found: dict[str, int] = {}
    for name, link in links_file(context.settings).carriers.items():
        client = carrier(context.settings, name)
        if link.interface == "own" or client is None or _closed(context, name):
            continue
        try:
            found[name] = (
                _poll_orders(context, link, client) if link.interface == "C" else _poll_feed(context, link, client)
            )
        except IntegrationError as error:
            _note(context, name, error)
    return found


def _closed(context: WorkerContext, name: str) -> bool:
    with context.database.transaction() as session:
        return link_health.may_call_in_s(session, name, context.clock.now()) > 0


def _poll_feed(context: WorkerContext, link: CarrierLink, client: Carrier) -> int:
    """Page by page: the lines and the cursor behind them are one transaction, so that neither is ever without the other."""
    new = 0
    for _ in range(MOST_PAGES):
        with context.database.transaction() as session:
            cursor = carrier_events.cursor_of(session, link.name, link.customer_code)
        page = client.track(cursor)
        new += _keep(context, link, page, cursor_too=True)
        if not page.more:
            break
    return new


def _poll_orders(context: WorkerContext, link: CarrierLink, client: Carrier) -> int:
    with context.database.transaction() as session:
        asked = orders.open_orders(session, link.name, MOST_ORDERS)
        placed = [_placed(order, link) for order in asked]
        for order in asked:
            order.seen_at = context.clock.now()
    return _keep(context, link, client.track(None, placed), cursor_too=False) if placed else 0


def _placed(order: CarrierOrder, link: CarrierLink) -> Placed:
    return Placed(
        order.number, order.customer_code or link.customer_code, item_code=order.item_code, carrier_id=order.carrier_id
    )


def _keep(context: WorkerContext, link: CarrierLink, page: Page, *, cursor_too: bool) -> int:
    now = context.clock.now()
    with context.database.transaction() as session:
        new = carrier_events.store(session, link.name, told(page.events, page.unreadable), now)
        if cursor_too:
            carrier_events.keep_cursor(session, link.name, link.customer_code, page.cursor, new, now)
        queue.link_answered(session, link.name, now)
    if page.unreadable:
        log.warning("%s: %s lines can't be read and wait for a person", link.name, len(page.unreadable))
    return new


def _note(context: WorkerContext, name: str, error: IntegrationError) -> None:
    log.warning("%s: could not be read: %s", name, error.reason)
    with context.database.transaction() as session:
        if isinstance(error, Unavailable | BadAnswer):
            link_health.failed(session, name, f"{type(error).__name__}: {error.reason}", context.clock.now())


def take(context: WorkerContext) -> dict[str, int]:
    """Read what waits, each inbox message in a transaction of its own: one that fails stops no other."""
    done: dict[str, int] = {}
    while (state := _take_next(context, context.clock.now())) is not None:
        done[state] = done.get(state, 0) + 1
    return done


def _take_next(context: WorkerContext, now: datetime) -> str | None:
    with context.database.transaction() as session:
        inbox_message = next(iter(carrier_events.waiting(session, 1)), None)
        if inbox_message is None:
            return None
        if inbox_message.code is not None and inbox_message.fields.get("milestone") is None:
            meaning = meaning_of(context.settings, inbox_message.link, inbox_message.code)
            if meaning is not None:
                carrier_events.learn(inbox_message, meaning[0], final=meaning[1])
        return carrier_events.take_or_park(session, inbox_message, now)
