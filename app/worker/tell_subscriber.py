"""Tell a partner's endpoint an event, as it was when it happened. Its answer's status is all that counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy.orm import Session

from app.gateways import webhooks
from app.models import Dispatch, Subscriber
from app.services.outbox import subscriptions
from app.worker.work import Work
from integrations.errors import IntegrationError
from integrations.webhooks import Endpoint


@dataclass(frozen=True, slots=True)
class Letter:
    endpoint: Endpoint
    message_id: str
    body: str


class Event:
    """The teller of every kind that goes to a subscriber."""

    def prepare(self, work: Work, session: Session, dispatch: Dispatch) -> Letter | None:
        """None: the subscription was switched off or has ended."""
        subscriber = session.get(Subscriber, subscriptions.subscriber_id(dispatch.link))
        if subscriber is None or not subscriber.active:
            return None
        secrets = subscriptions.signing_secrets(subscriber, work.clock.now(), work.keys)
        body = json.dumps(dispatch.body, ensure_ascii=False, separators=(",", ":"))
        return Letter(Endpoint(dispatch.link, subscriber.url, secrets), str(dispatch.id), body)

    def send(self, work: Work, message: Letter) -> int:
        return webhooks(work.settings).send(message.endpoint, message.message_id, message.body)

    def settle(self, session: Session, dispatch: Dispatch, answer: int, now: datetime) -> None:
        del session, now
        dispatch.status = answer

    def fail(self, session: Session, dispatch: Dispatch, error: IntegrationError, now: datetime) -> None:
        if error.status == HTTPStatus.GONE:
            subscriptions.gone(session, dispatch, now)
