"""eSMS, field by field."""

import logging

import pytest

from integrations.errors import BadAnswer, Unavailable
from integrations.messages import Arrival, Balance, Callback, Later, MessageTaken, Never, Outcome, Report
from integrations.messages.esms import Esms, EsmsSettings
from tests.fakes.partner import BROKEN, Reply
from tests.integrations.messages.conftest import ACCENTED, KEY, MESSAGE, SECRET, Operator, caller

FINISHED = {"SMSID": "9007199254740993", "SendStatus": "5", "SendSuccess": "1", "SendFailed": "0", "RequestId": "m-1"}


def test_a_message_is_one_call_with_every_field(operator: Operator, esms: Esms) -> None:
    operator.says({"CodeResult": "100", "SMSID": "s-1", "ErrorMessage": ""})
    assert esms.send(MESSAGE) == MessageTaken("s-1")
    sent = operator.sent[0]
    assert (sent.method, sent.path) == ("POST", "/json/SendMultipleMessage_V4_post_json/")
    assert sent.json == {
        "ApiKey": KEY,
        "SecretKey": SECRET,
        "Content": MESSAGE.text,
        "Phone": "0900000141",
        "Brandname": "TANNHA",
        "SmsType": "2",
        "IsUnicode": "0",
        "RequestId": "m-1",
        "CallbackUrl": "https://tannha.example/report/part",
        "Sandbox": "0",
    }


def test_accents_are_announced(operator: Operator, esms: Esms) -> None:
    operator.says({"CodeResult": "100", "SMSID": "s-1"})
    esms.send(ACCENTED)
    assert operator.sent[0].json["IsUnicode"] == "1"
    assert "CallbackUrl" not in operator.sent[0].json


def test_a_trial_says_so(operator: Operator) -> None:
    operator.says({"CodeResult": "100", "SMSID": "s-1"})
    Esms(EsmsSettings(operator.url, lambda: (KEY, SECRET), "TANNHA", trial=True), caller("esms")).send(MESSAGE)
    assert operator.sent[0].json["Sandbox"] == "1"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("124", MessageTaken("s-1")),
        ("99", Never("99")),
        ("108", Never("108")),
        ("118", Later("118")),
        ("146", Never("146")),
        ("177", Never("177")),
        ("101", Later("101")),
        ("102", Later("102")),
        ("103", Later("103")),
        ("104", Later("104")),
        ("140", Later("140")),
        ("777", Later("777")),
    ],
)
def test_a_code_of_theirs_says_what_to_do(operator: Operator, esms: Esms, code: str, outcome: Outcome) -> None:
    operator.says({"CodeResult": code, "SMSID": "s-1", "ErrorMessage": "…"})
    assert esms.send(MESSAGE) == outcome


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_a_broken_answer_leaves_open_whether_it_was_taken(operator: Operator, esms: Esms, broken: str) -> None:
    operator.says(BROKEN[broken])
    assert esms.send(MESSAGE) == Later("unreadable", unsure=True)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(500), Later("http 500", unsure=True)),
        (Reply(cut=True), Later("away", unsure=True)),
        (Reply(reset=True), Later("away", unsure=True)),
        (Reply(429, headers={"Retry-After": "7"}), Later("http 429", 7)),
        (Reply(403), Later("http 403")),
        (Reply(400), Never("http 400")),
        (Reply(302), Later("http 302")),
    ],
)
def test_what_the_network_did_to_a_call_is_an_answer(
    operator: Operator, esms: Esms, reply: Reply, outcome: Outcome
) -> None:
    operator.says(reply)
    assert esms.send(MESSAGE) == outcome


def test_who_is_not_there_took_nothing() -> None:
    nobody = Esms(EsmsSettings("http://127.0.0.1:1", lambda: (KEY, SECRET), "TANNHA"), caller("esms"))
    assert nobody.send(MESSAGE) == Later("away")


@pytest.mark.parametrize(
    ("change", "report"),
    [
        ({}, Report(Arrival.DELIVERED, "9007199254740993", "m-1")),
        ({"SendSuccess": "0", "SendFailed": "1"}, Report(Arrival.FAILED, "9007199254740993", "m-1", "undelivered")),
        ({"SendStatus": "4"}, None),
    ],
)
def test_a_callback_is_read_with_its_ids_as_text(esms: Esms, change: dict[str, str], report: Report | None) -> None:
    assert esms.read_callback(Callback(query=FINISHED | change)) == report


@pytest.mark.parametrize(
    "query", [{}, FINISHED | {"SMSID": ""}, FINISHED | {"SendFailed": "x"}, FINISHED | {"SendSuccess": "0"}]
)
def test_a_callback_that_says_nothing_is_a_broken_one(esms: Esms, query: dict[str, str]) -> None:
    with pytest.raises(BadAnswer):
        esms.read_callback(Callback(query=query))


def test_a_state_is_asked_by_their_id(operator: Operator, esms: Esms) -> None:
    operator.says({"CodeResponse": "100", "SendStatus": 5, "SendSuccess": 1, "SendFailed": 0, "TotalPrice": 350})
    assert esms.state("s-1") == Report(Arrival.DELIVERED, "s-1")
    sent = operator.sent[0]
    assert (sent.method, sent.path) == ("GET", "/json/GetSendStatus")
    assert sent.query == {"RefId": "s-1", "ApiKey": KEY, "SecretKey": SECRET}


def test_no_news_is_none_and_no_answer_is_said(operator: Operator, esms: Esms) -> None:
    operator.says(Reply(200, b'{"CodeResponse": "99"}'), Reply(200, b"<html>"), Reply(500))
    assert esms.state("s-1") is None
    with pytest.raises(BadAnswer):
        esms.state("s-1")
    with pytest.raises(Unavailable):
        esms.state("s-1")


def test_the_balance_is_asked_for(operator: Operator, esms: Esms) -> None:
    operator.says({"Balance": 125000.0, "CodeResponse": "100", "UserID": 1}, Reply(500))
    assert esms.balance() == Balance(125_000, "VND")
    assert operator.sent[0].path == "/json/GetBalance_json"
    with pytest.raises(Unavailable):
        esms.balance()


def test_the_log_tells_neither_keys_nor_the_number(
    operator: Operator, esms: Esms, caplog: pytest.LogCaptureFixture
) -> None:
    operator.says({"CodeResult": "100", "SMSID": "s-1"}, Reply(500))
    with caplog.at_level(logging.DEBUG):
        esms.send(MESSAGE)
        with pytest.raises(Unavailable):
            esms.state("s-1")
    assert [word for word in (KEY, SECRET, "0900000141", MESSAGE.text) if word in caplog.text] == []
