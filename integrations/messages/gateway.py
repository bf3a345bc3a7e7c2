"""Any gateway that takes a message over HTTP: the links file says how a request looks and how its answers read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from integrations.errors import BadAnswer
from integrations.http import OutsideService
from integrations.messages.channel import (
    AnyText,
    Arrival,
    Callback,
    Elsewhere,
    Later,
    MessageTaken,
    Never,
    Outcome,
    OutgoingMessage,
    Report,
    asked,
    from_abroad,
)
from integrations.reading import Fields, json_of

PLACE: Final = re.compile(r"\{(to|to84|text|reference|sender|secret|report_to|id)\}")


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """How their answers read: where a field is (`data.id`: `id` within `data`), and which codes mean what.

    Without `code_field` the HTTP status is the whole answer. A code of no list may have been taken: nobody guesses.
    """

    id_field: str | None = None
    code_field: str | None = None
    taken: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reporting:
    """How they tell what became of a message: in a callback (a query, a form or JSON), or asked at `url` with `{id}`."""

    url: str | None = None
    id_field: str | None = None
    reference_field: str | None = None
    state_field: str | None = None
    sent: frozenset[str] = frozenset()
    delivered: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """`json` or `form` is the body, with `{to}` (0…), `{to84}`, `{text}`, `{reference}`, `{sender}`, `{secret}`, `{report_to}`.

    `drops_repeats`: they promise to send nothing when `{reference}` comes again.
    """

    url: str
    sender: str
    secret: Callable[[], str]
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    reading: AnswerReading = AnswerReading()
    reporting: Reporting = Reporting()
    drops_repeats: bool = False


class Gateway(AnyText):
    name = "http"

    def __init__(self, settings: GatewaySettings, caller: OutsideService) -> None:
        self._settings, self._caller = settings, caller

    @property
    def drops_repeats(self) -> bool:
        return self._settings.drops_repeats

    @property
    def reports(self) -> bool:
        return self._settings.reporting.state_field is not None

    def send(self, message: OutgoingMessage) -> Outcome:
        return asked(lambda: self._send(message))

    def state(self, operator_id: str) -> Report | None:
        reporting = self._settings.reporting
        if reporting.url is None:
            return None
        places = self._of_ours() | {"id": operator_id}
        url = filled(reporting.url, {name: _in_a_url(said) for name, said in places.items()})
        raw = self._caller.call("GET", url, headers=filled(self._settings.headers, places)).content
        return self._report(Fields.of(self.name, json_of(self.name, raw), raw), operator_id)

    def read_callback(self, callback: Callback) -> Report | None:
        """A query or a form, or JSON with whatever stands in its address (their key for us, say): the body has the last word."""
        is_json = callback.raw.lstrip().startswith((b"{", b"[")) or not callback.query
        told = Fields.of(self.name, json_of(self.name, callback.raw), callback.raw) if is_json else None
        within = {} if told is None else told.values
        return self._report(Fields.of(self.name, dict(callback.query) | dict(within), callback.raw), None)

    def balance(self) -> None:
        """No two say it alike."""

    def _send(self, message: OutgoingMessage) -> Outcome:
        places = self._of_ours() | {
            "to": message.to,
            "to84": from_abroad(message.to),
            "text": message.text,
            "reference": message.reference,
            "report_to": message.report_to or "",
        }
        url = filled(self._settings.url, {name: _in_a_url(said) for name, said in places.items()})
        raw = self._caller.call(
            self._settings.method,
            url,
            json=filled(self._settings.json, places),
            data=filled(self._settings.form, places),
            headers=filled(self._settings.headers, places),
        ).content
        return self._outcome(raw)

    def _of_ours(self) -> dict[str, str]:
        return {"sender": self._settings.sender, "secret": self._settings.secret()}

    def _outcome(self, raw: bytes) -> Outcome:
        reading = self._settings.reading
        if reading.code_field is None and reading.id_field is None:
            return MessageTaken()
        answer = Fields.of(self.name, json_of(self.name, raw), raw)
        code = _at(answer, reading.code_field) or ""
        if code in reading.taken or reading.code_field is None:
            return MessageTaken(_at(answer, reading.id_field))
        meanings = (("later", Later), ("never", Never), ("elsewhere", Elsewhere))
        outcome = next((kind(code) for name, kind in meanings if code in getattr(reading, name)), None)
        return outcome or Later(code or "unknown", unsure=True)

    def _report(self, told: Fields, operator_id: str | None) -> Report | None:
        reporting = self._settings.reporting
        state = _at(told, reporting.state_field)
        named = operator_id or _at(told, reporting.id_field)
        reference = _at(told, reporting.reference_field)
        if operator_id is None and named is None and reference is None:
            raise BadAnswer(self.name, "a report on no message", raw=told.raw)
        meanings = (
            (Arrival.SENT, reporting.sent),
            (Arrival.DELIVERED, reporting.delivered),
            (Arrival.FAILED, reporting.failed),
        )
        arrival = next((meaning for meaning, words in meanings if state in words), None)
        return None if arrival is None else Report(arrival, named, reference, state)


def filled(template: Any, places: Mapping[str, str]) -> Any:
    """The template with its places filled, in one pass: what stands in a text is never a place itself."""
    match template:
        case str():
            return PLACE.sub(lambda place: places.get(place[1], place[0]), template)
        case Mapping():
            return {name: filled(part, places) for name, part in template.items()}
        case list():
            return [filled(part, places) for part in template]
        case _:
            return template


def _in_a_url(text: str) -> str:
    return quote(text, safe="")


def _at(told: Fields, path: str | None) -> str | None:
    """The text at a path; None: not there."""
    if path is None:
        return None
    *within, name = path.split(".")
    for step in within:
        if not told.has(step):
            return None
        told = told.inner(step)
    return told.maybe_text(name)
