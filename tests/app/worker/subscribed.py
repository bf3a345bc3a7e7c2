"""A partner that subscribed to the events of one request, and its receiver on loopback."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from standardwebhooks import Webhook

from app.clock import Clock
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState
from app.domain.webhook import Subscribe
from app.models import Dossier, Errand, OutboxMessage, Subscriber
from app.services.booking import errands
from app.services.desks import dossier_steps
from app.services.outbox import subscriptions
from app.worker.context import WorkerContext
from app.worker.outbox import tell
from app.worker.outbox_handlers import HANDLERS
from tests.factories import KEYS, NOW
from tests.fakes.partner import Partner as Receiver
from tests.fakes.partner import Reply, Sent


def fine(_: Sent) -> Reply:
    return Reply(204, b"")


@dataclass
class Office:
    """An installation with one request of a partner that subscribed, and the partner's receiver."""

    context: WorkerContext
    receiver: Receiver
    partner_id: int
    subscriber_id: int
    secret: str
    errand_id: UUID
    dossier_id: UUID

    def subscribe(self, url: str, *events: str, partner_id: int | None = None) -> tuple[int, str]:
        with self.context.database.transaction() as session:
            wanted = Subscribe(partner_id or self.partner_id, url, events, NOW)
            subscriber, secret = subscriptions.subscribe(session, wanted, KEYS, production=False)
            return subscriber.id, secret

    def cancel(self) -> UUID:
        with self.context.database.transaction() as session:
            errands.close(session, session.get_one(Errand, self.errand_id), ErrandState.CANCELLED, NOW)
        return self.last()

    def move(self, state: DossierState) -> UUID:
        with self.context.database.transaction() as session:
            dossier = session.get_one(Dossier, self.dossier_id)
            dossier_steps.move(session, dossier, state, by="staff:1", at=NOW, now=self.context.clock.now())
        return self.last()

    def last(self) -> UUID:
        with self.context.database.transaction() as session:
            return session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.number.desc()).limit(1)).one()

    def all(self, subscriber_id: int | None = None) -> list[OutboxMessage]:
        link = f"webhook:{subscriber_id or self.subscriber_id}"
        with self.context.database.transaction() as session:
            theirs = select(OutboxMessage).where(OutboxMessage.link == link)
            return list(session.scalars(theirs.order_by(OutboxMessage.number)))

    def row(self, outbox_message_id: UUID) -> OutboxMessage:
        with self.context.database.transaction() as session:
            return session.get_one(OutboxMessage, outbox_message_id)

    def tell(self, outbox_message_id: UUID, context: WorkerContext | None = None) -> str | None:
        return tell(context or self.context, outbox_message_id, HANDLERS)

    def later(self, by: timedelta) -> WorkerContext:
        return replace(self.context, clock=Clock(fixed=NOW + by))

    def ping(self) -> UUID:
        with self.context.database.transaction() as session:
            return subscriptions.ping(session, session.get_one(Subscriber, self.subscriber_id), NOW).id

    def rotate(self, hours: int) -> str:
        with self.context.database.transaction() as session:
            subscriber = session.get_one(Subscriber, self.subscriber_id)
            return subscriptions.rotate(session, subscriber, hours, NOW, KEYS)

    def again(self, outbox_message_id: UUID) -> OutboxMessage:
        with self.context.database.transaction() as session:
            subscriber = session.get_one(Subscriber, self.subscriber_id)
            return subscriptions.deliver_again(
                session, subscriber, session.get_one(OutboxMessage, outbox_message_id), NOW
            )

    def end(self) -> None:
        with self.context.database.transaction() as session:
            subscriptions.end(session, session.get_one(Subscriber, self.subscriber_id), "partner:1", NOW)

    def subscriber(self) -> Subscriber:
        with self.context.database.transaction() as session:
            return session.get_one(Subscriber, self.subscriber_id)

    def verified(self, sent: Sent, secret: str | None = None) -> Any:
        return Webhook(secret or self.secret).verify(sent.body, dict(sent.headers))
