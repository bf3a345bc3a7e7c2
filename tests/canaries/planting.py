"""Plants by itself: every personal column that is written, every secret that is made or used in this process."""

from __future__ import annotations

import functools
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from argon2 import PasswordHasher
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.sql.dml import UpdateBase

from app.config import Keys
from app.services.messaging import handover_codes
from app.services.staff import access
from integrations.messages import OutgoingMessage
from integrations.shared_token import Credentials, SharedToken

Plant = Callable[[str, str], object]

PERSONAL: Final[Mapping[str, Mapping[str, str]]] = {
    "applicant": {"name": "name", "phone": "phone"},
    "courier": {"name": "name", "phone": "phone"},
    "staff_account": {"name": "name", "identity": "identity of the sign-in"},
    "place": {"address": "address"},
    "service_request": {"helper_name": "name", "helper_phone": "phone", "tracking_token": "tracking token"},
    "message": {"recipient": "phone", "body": "message"},
    "custody_evidence": {"payload": "name"},
}
"""Table → column → kind. Of a JSON column every sentence is planted that looks like a person's."""
SENTENCE: Final = 8


def plant_by_themselves(plant: Plant) -> None:
    """Watch every statement and every maker of secrets until the process ends."""
    _watch_rows(plant)
    _watch_makers(plant)


def _watch_rows(plant: Plant) -> None:
    def look(
        _connection: object,
        _cursor: DBAPICursor,
        _statement: str,
        _parameters: object,
        context: ExecutionContext | None,
        _many: bool,
    ) -> None:
        compiled = getattr(context, "compiled", None)
        statement = getattr(compiled, "statement", None)
        if not isinstance(statement, UpdateBase):
            return
        columns = PERSONAL.get(str(getattr(statement, "table", "")))
        for row in _rows(getattr(context, "compiled_parameters", ())) if columns else ():
            for column, kind in (columns or {}).items():
                for value in _texts(row.get(column)):
                    plant(value, kind)

    event.listen(Engine, "before_cursor_execute", look)


def _rows(given: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """One by one; `app.rows` puts many into one parameter."""
    for row in given:
        many = row.get("rows")
        yield from json.loads(many) if isinstance(many, str) else (row,)


def _texts(value: object) -> Iterator[str]:
    """A column's text; of JSON the sentences in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        inner: Iterable[object] = value.values()
        for text in (text for one in inner for text in _texts(one)):
            if len(text) >= SENTENCE and " " in text:
                yield text


def _watch_makers(plant: Plant) -> None:
    for module, name, kind in (
        (secrets, "token_urlsafe", "token"),
        (secrets, "token_hex", "token"),
        (access, "sign_in_code", "sms code"),
        (handover_codes, "reveal", "sms code"),
        (SharedToken, "get", "partner's token"),
    ):
        setattr(module, name, _planting_result(getattr(module, name), plant, kind))
    _watch_arguments(PasswordHasher, "hash", lambda _self, password: [(_text(password), "password")], plant)
    _watch_arguments(PasswordHasher, "verify", lambda _self, _hash, password: [(_text(password), "password")], plant)
    for owner, fields in (
        (Keys, ("web",)),
        (Credentials, ("password",)),
        (OutgoingMessage, ("to", "text")),
    ):
        _watch_made(owner, fields, plant)


def _planting_result(made: Callable[..., str], plant: Plant, kind: str) -> Callable[..., str]:
    @functools.wraps(made)
    def make(*arguments: Any, **named: Any) -> str:
        value = made(*arguments, **named)
        plant(value, kind)
        return value

    return make


def _watch_arguments(owner: type, name: str, read: Callable[..., Iterable[tuple[str, str]]], plant: Plant) -> None:
    original = getattr(owner, name)

    @functools.wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        for value, kind in read(*arguments):
            plant(value, kind)
        return original(*arguments, **named)

    setattr(owner, name, call)


def _watch_made(owner: type, fields: tuple[str, ...], plant: Plant) -> None:
    """Every instance's secret fields, from now on."""
    original = owner.__init__  # type: ignore[misc]  # that of one class, put back with the same signature

    @functools.wraps(original)
    def init(self: object, *arguments: Any, **named: Any) -> None:
        original(self, *arguments, **named)
        for name in fields:
            plant(getattr(self, name), f"{owner.__name__}.{name}")

    owner.__init__ = init  # type: ignore[misc]  # as above


def _text(password: str | bytes) -> str:
    return password.decode(errors="replace") if isinstance(password, bytes) else password
