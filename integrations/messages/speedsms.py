"""SpeedSMS: HTTP Basic with a token, 60 requests a minute, no reference of ours (docs/operators.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

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
from integrations.reading import Fields, json_of

CUSTOMER_CARE: Final = 2
BRAND_NAME: Final = 3
TAKEN: Final = "00"
NEVER: Final = frozenset({"101", "105", "110", "113"})
NOT_YET: Final = 64  # a status below: the network tries on


@dataclass(frozen=True, slots=True)
class SpeedSmsSettings:
    """`token` is asked at every call. Without a `sender` the operator's own numbers send."""

    url: str
    token: Callable[[], str]
    sender: str


class SpeedSms(AnyText):
    name = "speedsms"
    drops_repeats = False
    reports = True
    tells_credit = True

    def __init__(self, settings: SpeedSmsSettings, caller: OutsideService) -> None:
        self._settings, self._caller = settings, caller

    def send(self, message: OutgoingMessage) -> Outcome:
        return asked(lambda: self._send(message))

    def state(self, operator_id: str) -> Report | None:
        raw = self._call("GET", f"sms/status/{operator_id}")
        rows = Fields.of(self.name, json_of(self.name, raw), raw).rows("data")
        return _report(rows[0], operator_id) if rows else None

    def read_callback(self, callback: Callback) -> Report | None:
        told = Fields.of(self.name, json_of(self.name, callback.raw), callback.raw)
        return _report(told, told.text("tranId")) if told.text("type") == "report" else None

    def balance(self) -> Balance:
        raw = self._call("GET", "user/info")
        return Balance(Fields.of(self.name, json_of(self.name, raw), raw).inner("data").dong("balance"), "VND")

    def _send(self, message: OutgoingMessage) -> Outcome:
        body = {
            "to": [message.to],
            "content": message.text,
            "sms_type": BRAND_NAME if self._settings.sender else CUSTOMER_CARE,
            "sender": self._settings.sender,
        }
        raw = self._call("POST", "sms/send", body)
        answer = Fields.of(self.name, json_of(self.name, raw), raw)
        code = answer.text("code")
        if code != TAKEN:
            return Never(code) if code in NEVER else Later(code)
        data = answer.inner("data")
        return Never("105") if data.values.get("invalidphone") else MessageTaken(data.text("tranId"))

    def _call(self, method: str, path: str, body: object = None) -> bytes:
        url = f"{self._settings.url.rstrip('/')}/{path}"
        token = self._settings.token()
        return self._caller.call(method, url, json=body, auth=(token, "x")).content


def _report(told: Fields, operator_id: str) -> Report:
    status = told.integer("status")
    if status < 0:
        raise BadAnswer(told.service, "field status is below nought", raw=told.raw)
    if status == 0:
        return Report(Arrival.DELIVERED, operator_id)
    if status < NOT_YET:
        return Report(Arrival.SENT, operator_id, code=str(status))
    return Report(Arrival.FAILED, operator_id, code=str(status))
