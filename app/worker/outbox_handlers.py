"""Who says what: every kind of outbox message and its handler. A subscriber's messages share one, by the name of their job."""

from __future__ import annotations

from app.worker import tell_carrier, tell_one_stop, tell_subscriber
from app.worker.outbox import OutboxHandler

HANDLERS: dict[str, OutboxHandler] = {
    "step": tell_one_stop.StepHandler(),
    "place_order": tell_carrier.PlaceOrderHandler(),
    "cancel_order": tell_carrier.CancelOrderHandler(),
    "tell_subscriber": tell_subscriber.WebhookHandler(),
}
