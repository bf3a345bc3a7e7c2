"""`[messages.http]`: any other gateway, whose requests and answers its table describes; what fits together is checked here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from marshmallow import ValidationError, post_load, validates

from app.gateways.link_fields import (
    CodesField,
    FlagField,
    TableField,
    TextField,
    UrlField,
    line_of,
    maybe_secret_in,
)
from app.gateways.message_fields import SmsSchema, sms_in
from app.gateways.message_links import GatewayLink

METHODS: Final = ("GET", "POST", "PUT")
PLACES: Final = ("to", "to84", "text", "reference", "sender", "secret", "report_to")
REPORT_PLACES: Final = ("id", "sender", "secret")
PLACE: Final = re.compile(r"\{([^{}]*)\}")
HEADER_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
HEADER_VALUE: Final = re.compile(r"[\x20-\x7e\t]*")
FIELD_PATH: Final = re.compile(r"[^\s.]+(\.[^\s.]+)*")
NOTHING: Final = "null"  # as JSON


class JsonField(TableField):
    """A table as a JSON text."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        return json.dumps(super()._deserialize(value, attr, data, **more) or None, default=str)


class TextsField(JsonField):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise ValidationError("must be a table of texts")
        return super()._deserialize(value, attr, data, **more)


class HeadersField(TextsField):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        held = super()._deserialize(value, attr, data, **more)
        for name, said in value.items():
            if not HEADER_NAME.fullmatch(name) or not HEADER_VALUE.fullmatch(said):
                raise ValidationError(f"holds {name!r}, which can't be sent: plain letters and no line breaks")
        return held


class PathField(TextField):
    """`id`, or `data.id` for `id` within `data`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        path = super()._deserialize(value, attr, data, **more)
        if path and not FIELD_PATH.fullmatch(path):
            raise ValidationError('must be the name of a field, or names with dots between them, such as "data.id"')
        return path


class GatewaySchema(SmsSchema):
    url = UrlField(required=True)
    sender = TextField(load_default="")
    method = TextField(load_default="POST")
    headers = HeadersField(load_default=NOTHING)
    json = JsonField(load_default=NOTHING)
    form = TextsField(load_default=NOTHING)
    id_field = PathField(load_default=None)
    code_field = PathField(load_default=None)
    taken = CodesField(load_default=frozenset())
    later = CodesField(load_default=frozenset())
    never = CodesField(load_default=frozenset())
    elsewhere = CodesField(load_default=frozenset())
    drops_repeats = FlagField(load_default=False)
    report_url = UrlField(load_default=None)
    report_id_field = PathField(load_default=None)
    report_reference_field = PathField(load_default=None)
    report_state_field = PathField(load_default=None)
    sent = CodesField(load_default=frozenset())
    delivered = CodesField(load_default=frozenset())
    failed = CodesField(load_default=frozenset())

    @validates("method")
    def known(self, value: str, **_: Any) -> None:
        if value not in METHODS:
            raise ValidationError(f"must be one of {', '.join(METHODS)}")

    def does_without(self, name: str, original: Mapping[str, Any]) -> bool:
        """Where no {secret} stands."""
        del name, original
        return True

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> GatewayLink:
        link = GatewayLink(line=line_of(found), **sms_in(found), secret=maybe_secret_in(found), **found)
        if NOTHING not in (link.json, link.form):
            raise _wrong("form", "stands beside json: a message has one body")
        _check_request(link)
        _check_answers(link)
        _check_reports(link)
        return link


def _wrong(key: str, why: str) -> ValidationError:
    return ValidationError({key: [why]})


def _check_request(found: GatewayLink) -> None:
    """A request that would tell nobody, or tell nothing, is found here and not in an operator's refusals."""
    bodies = {key: json.loads(getattr(found, key)) for key in ("headers", "json", "form")}
    places = {key: _places(said) for key, said in ({"url": found.url} | bodies).items()}
    for key, held in places.items():
        _known(key, held, PLACES)
    named = set().union(*places.values())
    body = "form" if found.form != NOTHING else "json" if found.json != NOTHING else "url"
    told = places["url"] | places["json"] | places["form"]
    if not told & {"to", "to84"}:
        raise _wrong(body, "says nowhere whom to tell: write {to} (0…) or {to84} (84…) into url, json or form")
    if "text" not in told:
        raise _wrong(body, "says nowhere what to tell: write {text} into url, json or form")
    if found.method == "GET" and body != "url":
        raise _wrong(body, "is a body, and GET has none: write POST, or put the places into url")
    for place, given in (("secret", found.secret), ("sender", found.sender)):
        if place in named | _places(found.report_url) and not given:
            raise _wrong(place if place == "sender" else "secret_file", f"is missing, and {{{place}}} stands for it")
    if found.drops_repeats and "reference" not in named:
        raise _wrong("drops_repeats", "needs {reference} in the request: by what else would they know a repeat")


def _check_answers(found: GatewayLink) -> None:
    meanings = {"taken": found.taken, "later": found.later, "never": found.never, "elsewhere": found.elsewhere}
    if found.code_field is not None and not found.taken:
        raise _wrong("taken", "is missing: which codes mean that they took a message")
    for key, codes in meanings.items():
        if codes and found.code_field is None:
            raise _wrong(key, "lists codes, and code_field does not say where they stand")
    _apart(meanings)


def _check_reports(found: GatewayLink) -> None:
    """Whoever says where a report's state stands gets reports, and needs to say of which message and what it means."""
    words = {"sent": found.sent, "delivered": found.delivered, "failed": found.failed}
    if found.report_url is not None:
        named = _places(found.report_url)
        _known("report_url", named, REPORT_PLACES)
        if "id" not in named:
            raise _wrong("report_url", "asks after no message: write {id} into it")
        if found.id_field is None:
            raise _wrong("report_url", "asks by their id, and id_field does not say where that stands")
    if found.report_state_field is None:
        others = {"report_url": found.report_url, "report_id_field": found.report_id_field} | words
        given = next((key for key, value in others.items() if value), None)
        if given is not None:
            raise _wrong(given, "is of reports, and report_state_field does not say where their state stands")
        return
    if found.report_id_field is None and found.report_reference_field is None and found.report_url is None:
        raise _wrong("report_id_field", "or report_reference_field has to say which message a report is about")
    if not found.delivered:
        raise _wrong("delivered", "is missing: which states mean that a message arrived")
    _apart(words)


def _known(key: str, named: set[str], known: Sequence[str]) -> None:
    unknown = sorted(named - set(known))
    if unknown:
        listed = ", ".join(f"{{{place}}}" for place in known)
        raise _wrong(key, f"holds {{{unknown[0]}}}, which nothing stands for: write one of {listed}")


def _apart(meanings: Mapping[str, frozenset[str]]) -> None:
    """No code means two things."""
    seen: dict[str, str] = {}
    for key, codes in meanings.items():
        for code in sorted(codes):
            if code in seen:
                raise _wrong(key, f"holds {code}, and so does {seen[code]}: it can mean one thing")
            seen[code] = key


def _places(value: Any) -> set[str]:
    """What stands in braces anywhere within a text or a body."""
    match value:
        case str():
            return set(PLACE.findall(value))
        case dict() | list():
            within = value.values() if isinstance(value, dict) else value
            return {place for inner in within for place in _places(inner)}
        case _:
            return set()
