"""`/subscriptions`: where a partner wants to be told of our events (docs/connect.md, "Webhooks: partners are told")."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.domain.errors import DomainError
from app.domain.webhook import ChangeSubscription, Subscribe
from app.models import Subscriber
from app.queries.partners.subscriptions import subscription_of, subscriptions_of
from app.schemas.webhooks import (
    RotationSchema,
    SubscriptionAskedSchema,
    SubscriptionChangeSchema,
    SubscriptionMadeSchema,
    SubscriptionSchema,
    SubscriptionsSchema,
)
from app.services.outbox import subscriptions
from app.unit_of_work import UnitOfWork
from app.web.api import webhook_examples as examples
from app.web.api.agencies import IDEMPOTENCY, Answered, once_of
from app.web.api.answering import ApiOperation, offer, told
from app.web.auth import current_partner
from app.web.session import keys, now, settings, transaction

bp = Blueprint(
    "subscriptions", __name__, url_prefix="/api/v1/subscriptions", description="Đăng ký nhận tin (Standard Webhooks)"
)

IF_MATCH: Final = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "example": '"9f86d081884c7d65"',
    "description": "The ETag of what you looked at; * changes it whatever it is now.",
}
SUBSCRIBE = ApiOperation(
    answers=SubscriptionMadeSchema,
    reads=SubscriptionAskedSchema,
    location="json",
    status=201,
    refusals=(400, 409, 422),
    keyed=True,
    headers=(IDEMPOTENCY,),
    asked=examples.SUBSCRIPTION_ASKED,
    said=examples.SUBSCRIPTION_MADE,
)
LIST = ApiOperation(SubscriptionsSchema, keyed=True, said={"subscriptions": [examples.SUBSCRIPTION]})
SHOW = ApiOperation(SubscriptionSchema, refusals=(404,), keyed=True, said=examples.SUBSCRIPTION)
CHANGE = ApiOperation(
    answers=SubscriptionSchema,
    reads=SubscriptionChangeSchema,
    location="json",
    refusals=(400, 404, 412, 422, 428),
    keyed=True,
    headers=(IF_MATCH,),
    asked=examples.CHANGE,
    said=examples.SUBSCRIPTION,
)
END = ApiOperation(None, status=204, refusals=(404,), keyed=True)
ROTATE = ApiOperation(
    answers=SubscriptionMadeSchema,
    reads=RotationSchema,
    location="json",
    status=201,
    refusals=(400, 404, 409, 422),
    keyed=True,
    headers=(IDEMPOTENCY,),
    asked=examples.ROTATION,
    said=examples.ROTATED,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A subscription and where to find it."""

    subscriber: Subscriber

    def body(self) -> dict[str, Any]:
        return told(SubscriptionSchema, self.subscriber) | {"links": {"self": self.url, "deliveries": self.deliveries}}

    @property
    def url(self) -> str:
        return url_for("subscriptions.show", subscription_id=self.subscriber.id)

    @property
    def deliveries(self) -> str:
        return url_for("deliveries.find", subscription_id=self.subscriber.id)


def etag_of(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]


def _tagged(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.set_etag(etag_of(body))
    return response


@offer(bp, "", SUBSCRIBE, "POST")
def subscribe(given: dict[str, Any]) -> ResponseReturnValue:
    """Be told of events; the secret is shown this once"""
    partner_id = current_partner().id

    def act(session: UnitOfWork) -> Answered:
        wanted = Subscribe(partner_id, given["url"], tuple(given["events"]), now())
        subscriber, secret = subscriptions.subscribe(session, wanted, keys(), production=settings().production)
        shown = Shown(subscriber)
        return Answered(201, shown.body(), shown.url, secret)

    return once_of(partner_id, _payload(), act).response()


@offer(bp, "", LIST)
def find() -> ResponseReturnValue:
    """Your subscriptions"""
    with transaction() as session:
        found = subscriptions_of(session, current_partner().id)
        return jsonify(subscriptions=[Shown(one).body() for one in found])


@offer(bp, "/<int:subscription_id>", SHOW)
def show(subscription_id: int) -> ResponseReturnValue:
    """One subscription of yours, with its ETag"""
    with transaction() as session:
        return _tagged(Shown(subscription_of(session, current_partner().id, subscription_id)).body())


@offer(bp, "/<int:subscription_id>", CHANGE, "PATCH")
def change(wanted: ChangeSubscription, subscription_id: int) -> ResponseReturnValue:
    """Other events, or off and on again; what is off is told nothing, afterwards neither"""
    if not request.if_match:
        raise DomainError("if_match_missing", kind="invalid", field="If-Match")
    with transaction() as session:
        subscriber = subscription_of(session, current_partner().id, subscription_id, lock=True)
        if not request.if_match.contains(etag_of(Shown(subscriber).body())):
            raise DomainError("changed_meanwhile", field="If-Match")
        subscriptions.change(session, subscriber, wanted, now())
        return _tagged(Shown(subscriber).body())


@offer(bp, "/<int:subscription_id>", END, "DELETE")
def end(subscription_id: int) -> ResponseReturnValue:
    """End it: nothing more is sent"""
    partner_id = current_partner().id
    with transaction() as session:
        subscriber = subscription_of(session, partner_id, subscription_id, lock=True)
        subscriptions.end(session, subscriber, f"partner:{partner_id}", now())
    return Response(status=204)


@offer(bp, "/<int:subscription_id>/secrets", ROTATE, "POST")
def rotate(given: dict[str, int], subscription_id: int) -> ResponseReturnValue:
    """A new secret, shown this once; the one in use signs beside it for `overlap_hours`"""
    partner_id = current_partner().id

    def act(session: UnitOfWork) -> Answered:
        subscriber = subscription_of(session, partner_id, subscription_id, lock=True)
        secret = subscriptions.rotate(session, subscriber, given["overlap_hours"], now(), keys())
        shown = Shown(subscriber)
        return Answered(201, shown.body(), shown.url, secret)

    return once_of(partner_id, _payload(), act).response()


def _payload() -> dict[str, Any]:
    return {"path": request.path, "body": request.get_json(silent=True)}
