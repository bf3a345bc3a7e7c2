"""What a phone sends about its own key: the public half, and signatures as WebCrypto makes them, in base64."""

from __future__ import annotations

import base64
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from app.schemas.kinds import SAID, Strict, line
from app.texts.mark import n

LONGEST: Final = 400
FORM: Final = n("Giá trị này chưa đúng dạng.")


class Base64(fields.Field[bytes]):
    """Bytes, in base64."""

    def __init__(self, longest: int = LONGEST, **given: Any) -> None:
        super().__init__(
            metadata={"type": "string", "format": "byte"},
            error_messages={**SAID, "invalid": FORM},
            **given,
        )
        self.longest = longest

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bytes:
        try:
            if not isinstance(value, str) or len(value) > self.longest:
                raise self.make_error("invalid")
            return base64.b64decode(value, validate=True)
        except ValueError as fault:  # not base64, or not even ASCII
            raise ValidationError(FORM) from fault


class RegisterKeySchema(Strict):
    public_key = line(required=True, longest=LONGEST)
    signed_from_seq = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 2**31 - 1, error=FORM),
        error_messages={**SAID, "invalid": FORM},
    )  # fmt: skip
    signature = Base64(required=True)


class AskChallengeSchema(Strict):
    device_id = fields.UUID(required=True, error_messages={**SAID, "invalid_uuid": FORM})


class CountersignSchema(Strict):
    id = line(required=True, longest=LONGEST)
    signature = Base64(required=True)
