"""Zalo ZNS: registered templates with parameters, a token that lives a day, webhooks that are signed (docs/operators.md)."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from integrations.errors import BadAnswer, IntegrationError, Rejected
from integrations.http import OutsideService
from integrations.messages.channel import (
    Arrival,
    Balance,
    Callback,
    Elsewhere,
    Forged,
    Later,
    MessageTaken,
    Never,
    Outcome,
    OutgoingMessage,
    Report,
    asked,
    from_abroad,
)
from integrations.messages.tokens import TokenFile, TokenPair, TokensGone
from integrations.reading import Fields, json_of

DONE: Final = "0"
LATER: Final = frozenset({"-100", "-115"})
ELSEWHERE: Final = frozenset({"-114", "-118"})
NEVER: Final = frozenset({"-108", "-109", "-111", "-112"})
EXPIRED: Final = "-124"  # of the access token [S]
RECEIVED: Final = "user_received_message"
NO_TOKENS: Final = "tokens"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RegisteredTemplate:
    """Their id of it, and which of our parameters it fills in."""

    template_id: str
    params: Sequence[str]


@dataclass(frozen=True, slots=True)
class ZnsSettings:
    """`secret` belongs to the application, `webhook_secret` to the official account; both are asked whenever needed."""

    url: str
    token_url: str
    app_id: str
    secret: Callable[[], str]
    webhook_secret: Callable[[], str]
    templates: Mapping[str, RegisteredTemplate]


class Zns:
    name = "zns"
    drops_repeats = False
    reports = True
    signs = True
    tells_credit = False

    def __init__(self, settings: ZnsSettings, tokens: TokenFile, caller: OutsideService) -> None:
        self._settings, self._tokens, self._caller = settings, tokens, caller

    def carries(self, template: str) -> bool:
        return template in self._settings.templates

    def send(self, message: OutgoingMessage) -> Outcome:
        return asked(lambda: self._send(message))

    def state(self, operator_id: str) -> None:
        """The webhook tells; there is no published question."""

    def read_callback(self, callback: Callback) -> Report | None:
        told = Fields.of(self.name, json_of(self.name, callback.raw), callback.raw)
        self._check_signature(told, callback)
        if told.maybe_text("event_name") != RECEIVED:
            return None
        message = told.inner("message")
        return Report(Arrival.DELIVERED, message.text("msg_id"), message.maybe_text("tracking_id"))

    def balance(self) -> None:
        """Nobody can ask: what is left of the day's quota comes with each answer."""

    def _send(self, message: OutgoingMessage) -> Outcome:
        template = self._settings.templates[message.template]
        missing = [name for name in template.params if name not in message.params]
        if missing:
            return Never("-112")  # what they would say, without a call
        body = {
            "phone": from_abroad(message.to),
            "template_id": template.template_id,
            "template_data": {name: message.params[name] for name in template.params},
            "tracking_id": message.reference,
        }
        try:
            token = self._tokens.pair().access
            answer = self._post(body, token)
            if answer.text("error") == EXPIRED:
                answer = self._post(body, self._tokens.renew(token, self._exchange).access)
        except TokensGone as error:
            log.warning("%s", error)
            return Later(NO_TOKENS)
        return self._outcome(answer)

    def _outcome(self, answer: Fields) -> Outcome:
        code = answer.text("error")
        if code == DONE:
            data = answer.inner("data")
            return MessageTaken(data.text("msg_id"), _left(data))
        meanings: tuple[tuple[frozenset[str], Callable[[str], Outcome]], ...] = (
            (ELSEWHERE, Elsewhere),
            (NEVER, Never),
        )
        return next((kind(code) for codes, kind in meanings if code in codes), Later(code))

    def _post(self, body: Mapping[str, Any], token: str) -> Fields:
        raw = self._caller.call("POST", self._settings.url, json=body, headers={"access_token": token}).content
        return Fields.of(self.name, json_of(self.name, raw), raw)

    def _exchange(self, refresh: str) -> TokenPair:
        """A new pair for the refresh token, which works this once. Whatever becomes of it, no message was sent."""
        form = {"refresh_token": refresh, "app_id": self._settings.app_id, "grant_type": "refresh_token"}
        headers = {"secret_key": self._settings.secret()}
        try:
            raw = self._caller.call("POST", self._settings.token_url, data=form, headers=headers).content
            answer = Fields.of(self.name, json_of(self.name, raw), raw)
            if not answer.has("access_token"):
                raise Rejected(self.name, f"answered {answer.maybe_text('error')}")
            return TokenPair(answer.token("access_token"), answer.token("refresh_token"))
        except IntegrationError as error:
            raise TokensGone(
                self.name, f"the token is not renewed ({error.reason}); if that stays, write a new pair"
            ) from None

    def _check_signature(self, told: Fields, callback: Callback) -> None:
        """SHA-256 over application, body, time and the account's secret, as they write it [S]."""
        signed = self._settings.app_id.encode() + callback.raw
        signed += (told.maybe_text("timestamp") or "").encode() + self._settings.webhook_secret().encode()
        wanted = "mac=" + hashlib.sha256(signed).hexdigest()
        if not hmac.compare_digest(callback.headers.get("x-zevent-signature", "").encode(), wanted.encode()):
            raise Forged


def _left(data: Fields) -> Balance | None:
    """Of the day's quota, where they say it as promised; a message that they took stays taken."""
    try:
        return Balance(data.inner("quota").integer("remainingQuota"), "messages") if data.has("quota") else None
    except BadAnswer:
        return None
