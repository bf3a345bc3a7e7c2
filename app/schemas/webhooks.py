"""What partners ask of webhooks, and what they are answered."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import fields, post_load, validate

from app.domain.webhook import (
    EVENTS,
    LONGEST_URL,
    MOST_OVERLAP_HOURS,
    OVERLAP_HOURS,
    PING,
    ChangeSubscription,
)
from app.schemas.kinds import SAID, Answer, Moment, Strict, line
from app.texts.mark import n

MOST_A_PAGE: Final = 100
LAST_NUMBER: Final = 2**63 - 1
STATES: Final = ("queued", "sent", "refused", "parked", "late", "withdrawn")
NOT_A_NUMBER: Final = n("Ô này cần là số nguyên.")


def _events(**given: Any) -> fields.List[str]:
    unknown = n("Không có sự kiện này. Xin xem danh sách sự kiện trong tài liệu.")
    name = fields.String(
        required=True,
        validate=validate.OneOf(EVENTS, error=unknown),
        error_messages={**SAID, "invalid": n("Ô này cần là chữ.")},
    )
    about = {"description": "names of events; an empty list: all of them", "example": ["errand.done"]}
    return fields.List(
        name,
        validate=validate.Length(max=len(EVENTS), error=n("Danh sách dài quá. Xin bỏ bớt, mỗi sự kiện ghi một lần.")),
        error_messages={**SAID, "invalid": n("Ô này cần là một danh sách.")},
        metadata=about,
        **given,
    )


def _active(**given: Any) -> fields.Boolean:
    said = n("Ô này chỉ nhận true hoặc false.")
    return fields.Boolean(
        truthy={True}, falsy={False}, error_messages={**SAID, "invalid": said}, metadata={"example": True}, **given
    )


def _number(low: int, high: int, about: str, **given: Any) -> fields.Integer:
    check = validate.Range(min=low, max=high, error=n("Số này nằm ngoài khoảng cho phép."))
    messages: Any = {**SAID, "invalid": NOT_A_NUMBER, "too_large": n("Số lớn quá.")}
    return fields.Integer(error_messages=messages, validate=check, metadata={"description": about}, **given)


class SubscriptionAskedSchema(Strict):
    """`POST /api/v1/subscriptions`."""

    url = line(required=True, longest=LONGEST_URL, metadata={"example": "https://phan-mem.example/tan-nha"})
    events = _events(load_default=())


class SubscriptionChangeSchema(Strict):
    """`PATCH /api/v1/subscriptions/{id}`: what is named changes."""

    events = _events()
    active = _active()

    @post_load
    def change(self, data: dict[str, Any], **_: Any) -> ChangeSubscription:
        events = data.get("events")
        return ChangeSubscription(None if events is None else tuple(events), data.get("active"))


class RotationSchema(Strict):
    """`POST /api/v1/subscriptions/{id}/secrets`."""

    overlap_hours = _number(
        0,
        MOST_OVERLAP_HOURS,
        "how long the replaced secret signs on beside the new one; 0: it ends now",
        load_default=OVERLAP_HOURS,
        strict=True,
    )


class DeliveriesQuerySchema(Strict):
    cursor = _number(1, LAST_NUMBER, "from `links.next`", load_default=None)
    limit = _number(1, MOST_A_PAGE, "how many a page", load_default=50)


# -- answers


class SubscriptionLinksSchema(Answer):
    self = fields.String(metadata={"example": "/api/v1/subscriptions/3"})
    deliveries = fields.String(metadata={"example": "/api/v1/subscriptions/3/deliveries"})


class SubscriptionSchema(Answer):
    """`former_secret_until`: until then every message carries a second signature, made with the replaced secret."""

    id = fields.Integer(metadata={"example": 3})
    url = fields.String(metadata={"example": "https://phan-mem.example/tan-nha"})
    events = fields.List(fields.String(metadata={"enum": list(EVENTS)}))
    active = fields.Boolean(metadata={"description": "false: switched off by you, or by your endpoint's 410"})
    created_at = Moment()
    former_secret_until = Moment(attribute="former_until", allow_none=True)
    links = fields.Nested(SubscriptionLinksSchema)


class SubscriptionMadeSchema(SubscriptionSchema):
    """The secret is shown here and nowhere else."""

    secret = fields.String(metadata={"description": "whsec_ and 32 bytes in base64"})


class SubscriptionsSchema(Answer):
    subscriptions = fields.List(fields.Nested(SubscriptionSchema))


class DeliveryLinksSchema(Answer):
    self = fields.String()
    replay = fields.String()


class DeliverySchema(Answer):
    """`state`: queued (waits, or is tried again at `next_at`) · sent · refused (a 4xx), parked (a redirect) and late (48 hours
    without an answer) wait to be sent again · withdrawn (the subscription was off)."""

    id = fields.UUID(metadata={"description": "`webhook-id`, the same at every try"})
    event = fields.String(attribute="kind", metadata={"enum": [*EVENTS, PING]})
    state = fields.String(metadata={"enum": list(STATES)})
    tries = fields.Integer()
    status = fields.Integer(allow_none=True, metadata={"description": "of your last answer; null: none came"})
    reason = fields.String(allow_none=True, metadata={"description": "why it has not been delivered"})
    happened_at = fields.String(attribute="body.timestamp", metadata={"format": "date-time"})
    tried_at = Moment(allow_none=True)
    next_at = Moment(allow_none=True)
    settled_at = Moment(allow_none=True)
    payload = fields.Dict(attribute="body", metadata={"description": "the message as it is sent"})
    links = fields.Nested(DeliveryLinksSchema)


class NextSchema(Answer):
    next = fields.String(allow_none=True, metadata={"description": "the next page; null: this is the last"})


class DeliveriesSchema(Answer):
    deliveries = fields.List(fields.Nested(DeliverySchema))
    links = fields.Nested(NextSchema)
