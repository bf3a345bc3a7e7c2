"""What the payloads of acts are made of: hashes and ids, the position, the files."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from app.domain.acts import FileGiven, Fix
from app.domain.operation import FileKind
from app.schemas.exact import FORM, Strictly
from app.schemas.kinds import SAID, Strict, choice


def hex_digits(digits: int, **given: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(rf"[0-9a-f]{{{digits}}}\Z", error=FORM),
        error_messages={**SAID, "invalid": FORM},
        **given,
    )


def an_id(**given: Any) -> fields.UUID:
    return fields.UUID(error_messages={**SAID, "invalid_uuid": FORM}, **given)


class FixSchema(Strict):
    lon_e6 = Strictly(-180_000_000, 180_000_000, required=True)
    lat_e6 = Strictly(-90_000_000, 90_000_000, required=True)
    accuracy_m = Strictly(0, 10_000_000, required=True)
    age_s = Strictly(0, 10_000_000, required=True)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> Fix:
        return Fix(**data)


class FileSchema(Strict):
    kind = choice(FileKind, required=True)
    sha256 = hex_digits(64, required=True)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> FileGiven:
        return FileGiven(**data)
