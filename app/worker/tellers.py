"""Who says what: every kind of dispatch and its teller. A subscriber's messages share one, by the name of their job."""

from __future__ import annotations

from app.worker import tell_carrier, tell_one_stop, tell_subscriber
from app.worker.telling import Teller

TELLERS: dict[str, Teller] = {
    "step": tell_one_stop.Step(),
    "place_order": tell_carrier.PlaceOrder(),
    "cancel_order": tell_carrier.CancelOrder(),
    "tell_subscriber": tell_subscriber.Event(),
}
