"""A partner's subscription."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.webhook import Subscribe
from app.models import Subscriber
from app.services import subscriptions
from tests.factories.times import KEYS, NOW


def make_subscriber(
    session: Session, partner_id: int, url: str = "https://partner.example/hook", *events: str, keys: Keys = KEYS
) -> Subscriber:
    wanted = Subscribe(partner_id, url, events, NOW)
    return subscriptions.subscribe(session, wanted, keys, production=False)[0]
