"""eSMS (ViHAT): one JSON call; the same `RequestId` again sends nothing; delivery by an unsigned GET (docs/operators.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from integrations.errors import BadAnswer
from integrations.http import OutsideService
from integrations.messages.channel import (
    AnyText,
    Arrival,
    Balance,
    Callback,
    Later,
    MessageTaken,
    Never,
    Outcome,
    OutgoingMessage,
    Report,
    asked,
)
from integrations.messages.text import segments
from integrations.reading import Fields, json_of

TAKEN, TWICE = "100", "124"
NEVER: Final = frozenset({"99", "108", "146", "177"})
"""This number or this text. Any other code is our account's fault or unknown: no message is given up for it. So is 118: the kind
of message is the same for all of ours, and what the account may send is opened by a person."""
FINISHED: Final = "5"


@dataclass(frozen=True, slots=True)
class EsmsSettings:
    """`keys` returns (ApiKey, SecretKey), asked at every call; `trial`: validated there, not sent and not charged."""

    url: str
    keys: Callable[[], tuple[str, str]]
    sender: str
    trial: bool = False


class Esms(AnyText):
    name = "esms"
    drops_repeats = True
    reports = True
    tells_credit = True

    def __init__(self, settings: EsmsSettings, caller: OutsideService) -> None:
        self._settings, self._caller = settings, caller

    def send(self, message: OutgoingMessage) -> Outcome:
        return asked(lambda: self._send(message))

    def state(self, operator_id: str) -> Report | None:
        key, secret = self._settings.keys()
        answer = self._ask("GetSendStatus", params={"RefId": operator_id, "ApiKey": key, "SecretKey": secret})
        return _report(answer, operator_id) if answer.text("CodeResponse") == TAKEN else None

    def read_callback(self, callback: Callback) -> Report | None:
        told = Fields.of(self.name, dict(callback.query), b"")
        return _report(told, told.text("SMSID"), told.maybe_text("RequestId"))

    def balance(self) -> Balance:
        key, secret = self._settings.keys()
        answer = self._ask("GetBalance_json", json={"ApiKey": key, "SecretKey": secret})
        return Balance(answer.dong("Balance"), "VND")

    def _send(self, message: OutgoingMessage) -> Outcome:
        key, secret = self._settings.keys()
        body = {
            "ApiKey": key,
            "SecretKey": secret,
            "Content": message.text,
            "Phone": message.to,
            "Brandname": self._settings.sender,
            "SmsType": "2",
            "IsUnicode": "1" if segments(message.text).accented else "0",
            "RequestId": message.reference,
            "Sandbox": "1" if self._settings.trial else "0",
        } | ({"CallbackUrl": message.report_to} if message.report_to else {})
        answer = self._ask("SendMultipleMessage_V4_post_json/", json=body)
        code = answer.text("CodeResult")
        if code in {TAKEN, TWICE}:
            return MessageTaken(answer.maybe_text("SMSID"))
        return Never(code) if code in NEVER else Later(code)

    def _ask(self, call: str, *, params: Mapping[str, str] | None = None, json: Any = None) -> Fields:
        method = "GET" if json is None else "POST"
        url = f"{self._settings.url.rstrip('/')}/{call}"
        raw = self._caller.call(method, url, params=params, json=json).content
        return Fields.of(self.name, json_of(self.name, raw), raw)


def _report(told: Fields, operator_id: str, reference: str | None = None) -> Report | None:
    """Finished is 5; until then there is nothing to tell."""
    if told.text("SendStatus") != FINISHED:
        return None
    failed, arrived = told.integer("SendFailed"), told.integer("SendSuccess")
    if failed == arrived == 0:
        raise BadAnswer(told.service, "finished, and neither arrived nor failed", raw=told.raw)
    state = Arrival.FAILED if failed else Arrival.DELIVERED
    return Report(state, operator_id, reference, "undelivered" if failed else None)
