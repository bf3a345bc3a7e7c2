"""A partner's subscription."""

from __future__ import annotations

from app.config import Keys
from app.domain.webhook import Subscribe
from app.models import Subscriber
from app.services.outbox import subscriptions
from app.unit_of_work import UnitOfWork
from tests.factories.times import KEYS, NOW


def make_subscriber(
    session: UnitOfWork, partner_id: int, url: str = "https://partner.example/hook", *, keys: Keys = KEYS
) -> Subscriber:
    return subscriptions.subscribe(session, Subscribe(partner_id, url, (), NOW), keys, production=False)[0]
