"""One of a form's choices, as the rule knows it."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import request

from app.domain.errors import DomainError

Choice = TypeVar("Choice", bound=StrEnum)


def picked(kind: type[Choice], field: str, refusal: str) -> Choice:
    """What the form chose. Raises `refusal` at its field."""
    given = request.form.get(field, "")
    if given not in set(kind):
        raise DomainError(refusal, kind="invalid", field=field)
    return kind(given)
