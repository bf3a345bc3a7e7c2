"""Fields of what phones write: nothing is guessed, nothing put right."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import fields, validate

from app.schemas.kinds import SAID
from app.texts.mark import n

FORM: Final = n("Giá trị này chưa đúng dạng.")


class Strictly(fields.Integer):
    """An integer of JSON and nothing that only looks like one."""

    def __init__(self, low: int, high: int, **given: Any) -> None:
        checks = validate.Range(low, high, error=n("Số này nằm ngoài khoảng cho phép."))
        super().__init__(strict=True, validate=checks, error_messages={**SAID, "invalid": FORM}, **given)


def listed(inner: fields.Field[Any], most: int, *, least: int = 0, **given: Any) -> fields.List[Any]:
    return fields.List(
        inner,
        validate=validate.Length(least, most, error=n("Số mục chưa đúng.")),
        error_messages={**SAID, "invalid": n("Ô này cần là một danh sách.")},
        **given,
    )
