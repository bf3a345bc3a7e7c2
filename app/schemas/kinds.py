"""Fields that refuse in Vietnamese. The sentences are msgids: whoever shows them translates them."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from marshmallow import RAISE, Schema, fields, validate

from app.clock import LOCAL
from app.domain.wording import tidy
from app.texts.mark import n

MISSING: Final = n("Thiếu ô này. Xin điền vào.")
Messages = dict[str, str | list[Any] | dict[Any, Any]]
SAID: Final[Messages] = {
    "required": MISSING,
    "null": MISSING,
    "validator_failed": n("Giá trị này chưa đúng. Xin sửa lại."),
}
LONGEST_LINE: Final = 200


class Strict(Schema):
    """From a client: an unknown key is refused, because a misspelt one must not be lost in silence."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012 (marshmallow reads this name)
        "unknown": n("Không có ô nào tên như vậy. Xin xem lại tên ô."),
        "type": n("Nội dung gửi lên không đúng dạng: cần một đối tượng JSON."),
    }


class Answer(Schema):
    """To a client: what the fields say and nothing else; the order is the order of writing."""


class TidyLine(fields.String):
    """Written as it is kept: `Tidy`."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super().deserialize(value, *args, **kwargs)
        return tidy(text) if isinstance(text, str) else text


def line(*, required: bool = False, longest: int = LONGEST_LINE, **given: Any) -> fields.String:
    """One line of text, as it was sent: a code, a password."""
    return _line(fields.String, required=required, longest=longest, **given)


def tidy_line(*, required: bool = False, longest: int = LONGEST_LINE, **given: Any) -> fields.String:
    """One line of text that people wrote and will read."""
    return _line(TidyLine, required=required, longest=longest, **given)


def _line(kind: type[fields.String], *, required: bool, longest: int, **given: Any) -> fields.String:
    checks = [validate.Length(max=longest, error=n("Nội dung dài quá. Xin viết ngắn lại."))]
    if required:
        checks.append(validate.Length(min=1, error=MISSING))
    else:
        given.setdefault("load_default", "")
    messages: Messages = {
        **SAID,
        "invalid": n("Ô này cần là chữ."),
        "invalid_utf-8": n("Chữ gửi lên không đúng mã UTF-8."),
    }
    return kind(required=required, validate=checks, error_messages=messages, **given)


def choice(kind: type[StrEnum], **given: Any) -> fields.Enum[StrEnum]:
    """One of the words of an enumeration, by its value."""
    messages: Messages = {**SAID, "unknown": n("Không có lựa chọn này. Xin chọn một trong các giá trị được phép.")}
    return fields.Enum(kind, by_value=True, error_messages=messages, **given)


def whole(**given: Any) -> fields.Integer:
    messages: Messages = {**SAID, "invalid": n("Ô này cần là số nguyên."), "too_large": n("Số lớn quá.")}
    checks = validate.Range(min=0, max=2**31 - 1, error=n("Số này nằm ngoài khoảng cho phép."))
    return fields.Integer(error_messages=messages, validate=checks, **given)


def degrees(limit: float, **given: Any) -> fields.Float:
    messages: Messages = {
        **SAID,
        "invalid": n("Tọa độ cần là số thập phân."),
        "special": n("Tọa độ cần là số thập phân."),
    }
    checks = validate.Range(min=-limit, max=limit, error=n("Tọa độ nằm ngoài trái đất. Xin chấm lại vị trí."))
    return fields.Float(error_messages=messages, validate=checks, **given)


def yes_no(**given: Any) -> fields.Boolean:
    return fields.Boolean(error_messages={**SAID, "invalid": n("Ô này chỉ nhận có hoặc không.")}, **given)


class Moment(fields.AwareDateTime):
    """An aware moment, written in the time of Gia Lai: `2026-12-01T07:00:00+07:00`."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        local = value.astimezone(LOCAL) if isinstance(value, datetime) else value
        return super()._serialize(local, attr, obj, **kwargs)


def check_texts(plain: bytes, raw: object) -> None:
    """No database keeps a NUL, no UTF-8 a lone surrogate: raise ValueError where the payload has either."""
    if b"\\u" in plain or b"\0" in plain:
        told = json.dumps(raw, ensure_ascii=False)
        told.encode()  # UnicodeEncodeError is a ValueError
        if "\\u0000" in told:
            raise ValueError("NUL in a text")
