"""Read an outside answer field by field. What is not as promised is a BadAnswer that names the field, not its value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from integrations.errors import BadAnswer

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")  # every operator writes local time without saying so
COMPACT: Final = "%Y%m%d%H%M%S"
MOMENTS: Final = (COMPACT, "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M")
MOST_DONG: Final = 10**12
UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")  # what a database refuses and no encoding writes


def json_of(service: str, raw: bytes) -> Any:
    """Return the JSON value of an answer; raise BadAnswer for HTML, half a document or not UTF-8."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BadAnswer(service, "the answer is not JSON", raw=raw) from None


def moment(text: str) -> datetime | None:
    """Return a time in UTC from ISO 8601 or one of the operators' forms; local time unless an offset is given."""
    text = text.strip()
    for form in MOMENTS:
        if form == COMPACT and len(text) != len("yyyymmddHHMMSS"):
            continue  # strptime would read a time that lost a digit as another time
        try:
            return datetime.strptime(text, form).replace(tzinfo=LOCAL).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    if text.isdecimal() and len(text) != len("yyyymmdd"):
        return None  # the ISO reader takes the digit behind the date for a separator
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=LOCAL)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def compact(when: datetime) -> str:
    """Write an aware time as `yyyyMMddHHmmss`, Asia/Ho_Chi_Minh (docs/domain.md §4)."""
    if when.tzinfo is None:
        raise ValueError("a time sent to another system must know its offset")
    return when.astimezone(LOCAL).strftime(COMPACT)


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object of an answer.

    Names are matched without regard to case and blanks, because operators change them from one call to the next
    (`Type`, `type`, `statusHistory `); numbers may come as digits in quotes, for the same reason. `true` is no number.
    """

    service: str
    values: Mapping[str, Any]
    raw: bytes
    path: str = ""

    @classmethod
    def of(cls, service: str, value: Any, raw: bytes, path: str = "") -> Fields:
        if not isinstance(value, dict):
            place = f"{path} is" if path else "the answer is"
            raise BadAnswer(service, f"{place} a JSON {type(value).__name__}, not an object", raw=raw)
        return cls(service, {str(name).strip().casefold(): held for name, held in value.items()}, raw, path)

    def bad(self, name: str, why: str) -> BadAnswer:
        return BadAnswer(self.service, f"field {self.path}{name} {why}", raw=self.raw)

    def has(self, name: str) -> bool:
        """Say whether a field is there and not null."""
        return self.values.get(name.casefold()) is not None

    def text(self, name: str) -> str:
        """Return a text, or a number as written; blank counts as missing."""
        value = self.maybe_text(name)
        if value is None:
            raise self.bad(name, "is missing")
        return value

    def maybe_text(self, name: str) -> str | None:
        value = self.values.get(name.casefold())
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is not None and not isinstance(value, str):
            raise self.bad(name, f"is a {type(value).__name__}, not a text")
        if value and UNSTORABLE.search(value):
            raise self.bad(name, "holds a character that is no text")
        return value.strip() or None if value else None

    def token(self, name: str) -> str:
        """Return a text that may stand in a header."""
        text = self.text(name)
        if not (text.isascii() and text.isprintable()):
            raise self.bad(name, "can't be sent in a header")
        return text

    def flag(self, name: str) -> bool:
        value = self.values.get(name.casefold())
        said = value.strip().casefold() if isinstance(value, str) else None
        if said not in {"true", "false"} and not isinstance(value, bool):
            raise self.bad(name, "is neither true nor false")
        return said == "true" or value is True

    def integer(self, name: str) -> int:
        text = self.text(name)
        sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(MOST_DONG))):
            raise self.bad(name, "is not a whole number")
        return int(sign + digits)

    def dong(self, name: str) -> int:
        """Return an amount in whole đồng; `26000.0` counts, half a đồng and less than nothing do not."""
        value = self.values.get(name.casefold())
        try:
            amount = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or not 0 <= amount <= MOST_DONG or amount != int(amount):
            raise self.bad(name, "is not an amount in whole đồng")
        return int(amount)

    def maybe_moment(self, name: str) -> datetime | None:
        text = self.maybe_text(name)
        if text is None:
            return None
        read = moment(text)
        if read is None:
            raise self.bad(name, "is not a time we know how to read")
        return read

    def as_told(self) -> bytes:
        """Return this object as JSON, to be parked."""
        return json.dumps(dict(self.values)).encode()

    def inner(self, name: str) -> Fields:
        return Fields.of(self.service, self.values.get(name.casefold()), self.raw, f"{self.path}{name}.")

    def rows(self, name: str) -> tuple[Fields, ...]:
        """Return a list of objects; a missing or null list is empty."""
        value = self.values.get(name.casefold())
        if value is None:
            return ()
        return rows(self.service, value, self.raw, f"{self.path}{name}")


def rows(service: str, value: Any, raw: bytes, path: str = "answer") -> tuple[Fields, ...]:
    """Return the objects of a JSON list."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise BadAnswer(service, f"field {path} is a JSON {type(value).__name__}, not a list", raw=raw)
    return tuple(Fields.of(service, one, raw, f"{path}[{index}].") for index, one in enumerate(value))
