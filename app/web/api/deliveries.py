"""`/subscriptions/{id}/deliveries`: what a partner was told, what has not arrived, a test, and once more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.models import OutboxMessage
from app.queries.partners.subscriptions import deliveries_of, delivery_of, subscription_of
from app.schemas.webhooks import DeliveriesQuerySchema, DeliveriesSchema, DeliverySchema
from app.services.outbox import subscriptions
from app.unit_of_work import UnitOfWork
from app.web.api import webhook_examples as examples
from app.web.api.agencies import IDEMPOTENCY, Answered, once_of
from app.web.api.answering import ApiOperation, offer, told
from app.web.auth import current_partner
from app.web.session import now, transaction

bp = Blueprint(
    "deliveries",
    __name__,
    url_prefix="/api/v1/subscriptions/<int:subscription_id>",
    description="Sổ gửi tin của một đăng ký",
)

PING = ApiOperation(
    DeliverySchema,
    status=201,
    refusals=(400, 404, 409, 422),
    keyed=True,
    headers=(IDEMPOTENCY,),
    said=examples.PINGED,
)
FIND = ApiOperation(DeliveriesSchema, DeliveriesQuerySchema, refusals=(404, 422), keyed=True, said=examples.DELIVERIES)
SHOW = ApiOperation(DeliverySchema, refusals=(404,), keyed=True, said=examples.DELIVERY)
REPLAY = ApiOperation(DeliverySchema, status=202, refusals=(404, 409), keyed=True, said=examples.QUEUED)


def _body(subscription_id: int, outbox_message: OutboxMessage) -> dict[str, Any]:
    here: dict[str, Any] = {"subscription_id": subscription_id, "delivery_id": outbox_message.id}
    links = {"self": url_for("deliveries.show", **here), "replay": url_for("deliveries.replay", **here)}
    return told(DeliverySchema, outbox_message) | {"links": links}


@offer(bp, "/pings", PING, "POST")
def ping(subscription_id: int) -> ResponseReturnValue:
    """Send yourself a test: an event `ping`, on the road of all others"""
    partner_id = current_partner().id

    def work(session: UnitOfWork) -> Answered:
        subscriber = subscription_of(session, partner_id, subscription_id)
        body = _body(subscription_id, subscriptions.ping(session, subscriber, now()))
        return Answered(201, body, body["links"]["self"])

    return once_of(partner_id, {"path": request.path}, work).response()


@offer(bp, "/deliveries", FIND)
def find(given: dict[str, Any], subscription_id: int) -> ResponseReturnValue:
    """What you were told, the newest first, in pages"""
    limit = given["limit"]
    with transaction() as session:
        subscriber = subscription_of(session, current_partner().id, subscription_id)
        found = deliveries_of(session, subscriber, given["cursor"], limit + 1)
        page = found[:limit]
        following = None
        if len(found) > limit:
            following = url_for("deliveries.find", subscription_id=subscription_id, cursor=page[-1].number, limit=limit)
        return jsonify(deliveries=[_body(subscription_id, one) for one in page], links={"next": following})


@offer(bp, "/deliveries/<uuid:delivery_id>", SHOW)
def show(subscription_id: int, delivery_id: UUID) -> ResponseReturnValue:
    """One message and what became of it"""
    with transaction() as session:
        subscriber = subscription_of(session, current_partner().id, subscription_id)
        return jsonify(_body(subscription_id, delivery_of(session, subscriber, delivery_id)))


@offer(bp, "/deliveries/<uuid:delivery_id>/replay", REPLAY, "POST")
def replay(subscription_id: int, delivery_id: UUID) -> ResponseReturnValue:
    """Send it once more under the same `webhook-id`, whatever became of it; 409 while it is being tried"""
    with transaction() as session:
        subscriber = subscription_of(session, current_partner().id, subscription_id)
        told_before = delivery_of(session, subscriber, delivery_id)
        outbox_message = subscriptions.deliver_again(session, subscriber, told_before, now())
        response: Response = jsonify(_body(subscription_id, outbox_message))
        response.status_code = 202
        return response
