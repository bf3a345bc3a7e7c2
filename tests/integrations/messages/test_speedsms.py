"""SpeedSMS, field by field."""

import base64
import json
import time

import pytest

from integrations.errors import BadAnswer, Unavailable
from integrations.messages import Arrival, Balance, Callback, Later, MessageTaken, Never, Outcome, Report
from integrations.messages.speedsms import SpeedSms
from tests.fakes.partner import BROKEN, Reply
from tests.integrations.messages.conftest import MESSAGE, TOKEN, Operator

TAKEN = {"status": "success", "code": "00", "data": {"tranId": 9007199254740993, "totalSMS": 1, "invalidPhone": []}}


def test_a_message_is_one_call_with_every_field(operator: Operator, speedsms: SpeedSms) -> None:
    operator.says(TAKEN)
    assert speedsms.send(MESSAGE) == MessageTaken("9007199254740993")
    sent = operator.sent[0]
    assert (sent.method, sent.path) == ("POST", "/index.php/sms/send")
    assert sent.headers["authorization"] == "Basic " + base64.b64encode(f"{TOKEN}:x".encode()).decode()
    assert sent.json == {"to": ["0900000141"], "content": MESSAGE.text, "sms_type": 3, "sender": "TANNHA"}


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("007", Later("007")),
        ("008", Later("008")),
        ("009", Later("009")),
        ("101", Never("101")),
        ("105", Never("105")),
        ("110", Never("110")),
        ("113", Never("113")),
        ("300", Later("300")),
        ("500", Later("500")),
        ("777", Later("777")),
    ],
)
def test_a_code_of_theirs_says_what_to_do(operator: Operator, speedsms: SpeedSms, code: str, outcome: Outcome) -> None:
    operator.says({"status": "error", "code": code, "message": "…"})
    assert speedsms.send(MESSAGE) == outcome


def test_a_number_that_they_name_as_wrong_was_not_sent_to(operator: Operator, speedsms: SpeedSms) -> None:
    operator.says({"status": "success", "code": "00", "data": {"tranId": 0, "invalidPhone": ["0900000141"]}})
    assert speedsms.send(MESSAGE) == Never("105")


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_a_broken_answer_leaves_open_whether_it_was_taken(operator: Operator, speedsms: SpeedSms, broken: str) -> None:
    operator.says(BROKEN[broken])
    assert speedsms.send(MESSAGE) == Later("unreadable", unsure=True)


def test_their_limit_says_when_to_come_again(operator: Operator, speedsms: SpeedSms) -> None:
    operator.says(Reply(429, headers={"X-Rate-Limit-Reset": "41"}))
    assert speedsms.send(MESSAGE) == Later("http 429", 41)


def test_a_limit_told_as_a_moment_is_seconds_from_now(operator: Operator, speedsms: SpeedSms) -> None:
    operator.says(Reply(429, headers={"X-Rate-Limit-Reset": str(int(time.time()) + 100)}))
    answer = speedsms.send(MESSAGE)
    assert isinstance(answer, Later)
    assert 90 <= (answer.after_s or 0) <= 100


@pytest.mark.parametrize(
    ("status", "report"),
    [
        (0, Report(Arrival.DELIVERED, "77")),
        (3, Report(Arrival.SENT, "77", code="3")),
        (64, Report(Arrival.FAILED, "77", code="64")),
    ],
)
def test_a_report_is_read_from_a_callback_and_from_a_question(
    operator: Operator, speedsms: SpeedSms, status: int, report: Report
) -> None:
    raw = json.dumps({"type": "report", "tranId": 77, "phone": "84900000141", "status": status}).encode()
    assert speedsms.read_callback(Callback(raw=raw)) == report
    operator.says({"status": "success", "code": "00", "data": [{"phone": "84900000141", "status": status}]})
    assert speedsms.state("77") == report
    assert operator.sent[0].path == "/index.php/sms/status/77"


def test_what_a_citizen_answers_is_no_report(speedsms: SpeedSms) -> None:
    raw = json.dumps({"type": "sms", "phone": "84900000141", "content": "cam on"}).encode()
    assert speedsms.read_callback(Callback(raw=raw)) is None


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"type": "report"}', b'{"type": "report", "tranId": 1, "status": -1}'])
def test_a_report_that_says_nothing_is_a_broken_one(speedsms: SpeedSms, raw: bytes) -> None:
    with pytest.raises(BadAnswer):
        speedsms.read_callback(Callback(raw=raw))


def test_no_news_is_none_and_no_answer_is_said(operator: Operator, speedsms: SpeedSms) -> None:
    operator.says({"data": []}, {"data": [{"status": "?"}]}, Reply(500))
    assert speedsms.state("77") is None
    with pytest.raises(BadAnswer):
        speedsms.state("77")
    with pytest.raises(Unavailable):
        speedsms.state("77")


def test_the_balance_is_asked_for(operator: Operator, speedsms: SpeedSms) -> None:
    operator.says({"status": "success", "code": "00", "data": {"balance": "125000", "currency": "VND"}}, Reply(500))
    assert speedsms.balance() == Balance(125_000, "VND")
    with pytest.raises(Unavailable):
        speedsms.balance()
