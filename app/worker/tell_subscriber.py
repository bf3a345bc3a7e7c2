"""Tell a partner's endpoint an event, as it was when it happened. Its answer's status is all that counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy.orm import Session

from app.gateways import webhooks
from app.models import OutboxMessage, Subscriber
from app.services.outbox import subscriptions
from app.worker.context import WorkerContext
from integrations.errors import IntegrationError
from integrations.webhooks import Endpoint


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    endpoint: Endpoint
    message_id: str
    body: str


class WebhookHandler:
    """The handler of every kind that goes to a subscriber."""

    def prepare(self, context: WorkerContext, session: Session, outbox_message: OutboxMessage) -> WebhookMessage | None:
        """None: the subscription was switched off or has ended."""
        subscriber = session.get(Subscriber, subscriptions.subscriber_id(outbox_message.link))
        if subscriber is None or not subscriber.active:
            return None
        secrets = subscriptions.signing_secrets(subscriber, context.clock.now(), context.keys)
        body = json.dumps(outbox_message.body, ensure_ascii=False, separators=(",", ":"))
        return WebhookMessage(Endpoint(outbox_message.link, subscriber.url, secrets), str(outbox_message.id), body)

    def send(self, context: WorkerContext, message: WebhookMessage) -> int:
        return webhooks(context.settings).send(message.endpoint, message.message_id, message.body)

    def settle(self, session: Session, outbox_message: OutboxMessage, answer: int, now: datetime) -> None:
        del session, now
        outbox_message.status = answer

    def fail(self, session: Session, outbox_message: OutboxMessage, error: IntegrationError, now: datetime) -> None:
        if error.status == HTTPStatus.GONE:
            subscriptions.gone(session, outbox_message, now)
