"""What a browser tells of itself when notices are allowed in it: `PushSubscription.toJSON()`, without what nobody reads."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.kinds import SAID, Strict, line

LONGEST_ADDRESS = 2048


class BrowserKeysSchema(Strict):
    p256dh = line(required=True)
    auth = line(required=True)


class AllowNoticesSchema(Strict):
    endpoint = line(required=True, longest=LONGEST_ADDRESS)
    keys = fields.Nested(BrowserKeysSchema, required=True, error_messages={**SAID})
