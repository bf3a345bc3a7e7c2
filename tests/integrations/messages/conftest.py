"""Operators on loopback: a test says what they answer, and reads what they were asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.http import OutsideService
from integrations.messages import OutgoingMessage
from integrations.messages.esms import Esms, EsmsSettings
from integrations.messages.gateway import AnswerReading, Gateway, GatewaySettings, Reporting
from integrations.messages.speedsms import SpeedSms, SpeedSmsSettings
from tests.fakes.partner import Partner, Reply, Sent, told

KEY, SECRET, TOKEN = "the-api-key-of-tests", "the-secret-key-of-tests", "the-token-of-tests"
MESSAGE = OutgoingMessage(
    "m-1", "0900000141", "Tan Nha: buu ta den {to} luc 8 gio.", report_to="https://tannha.example/report/part"
)
ACCENTED = OutgoingMessage("m-2", "0900000141", "Tận Nhà: bưu tá đến lúc 8 giờ.")


class Operator(Partner):
    """`answers` in turn, the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[Reply] = []
        super().__init__(self._next)

    def _next(self, sent: Sent) -> Reply:
        del sent
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def says(self, *values: object) -> None:
        self.answers = [one if isinstance(one, Reply) else told(one) for one in values]


def caller(name: str) -> OutsideService:
    return OutsideService(name, connect_s=1, read_s=1, whole_s=2)


@pytest.fixture
def operator() -> Iterator[Operator]:
    with Operator() as running:
        yield running


@pytest.fixture
def esms(operator: Operator) -> Esms:
    return Esms(EsmsSettings(f"{operator.url}/json", lambda: (KEY, SECRET), "TANNHA"), caller("esms"))


@pytest.fixture
def speedsms(operator: Operator) -> SpeedSms:
    return SpeedSms(SpeedSmsSettings(f"{operator.url}/index.php", lambda: TOKEN, "TANNHA"), caller("speedsms"))


@pytest.fixture
def gateway(operator: Operator) -> Gateway:
    """A provincial gateway as the links file might describe it."""
    settings = GatewaySettings(
        url=f"{operator.url}/send/{{reference}}",
        sender="TANNHA",
        secret=lambda: TOKEN,
        headers={"Authorization": "Bearer {secret}"},
        json={"to": ["{to84}"], "sms": {"text": "{text}", "from": "{sender}"}, "back": "{report_to}", "kind": 2},
        reading=AnswerReading(
            "data.id", "code", frozenset({"0"}), frozenset({"7"}), frozenset({"8"}), frozenset({"9"})
        ),
        reporting=Reporting(
            f"{operator.url}/state?id={{id}}",
            "id",
            "ref",
            "state",
            frozenset({"ACCEPTD"}),
            frozenset({"DELIVRD"}),
            frozenset({"UNDELIV"}),
        ),
    )
    return Gateway(settings, caller("http"))
