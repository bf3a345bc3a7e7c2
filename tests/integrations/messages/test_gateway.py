"""A gateway that nobody wrote an adapter for: the request and the reading of its answers are settings."""

import json
from dataclasses import replace

import pytest

from integrations.errors import BadAnswer, Unavailable
from integrations.messages import Arrival, Callback, Elsewhere, Later, MessageTaken, Never, Outcome, Report
from integrations.messages.gateway import AnswerReading, Gateway, GatewaySettings, filled
from tests.fakes.partner import BROKEN, Reply
from tests.integrations.messages.conftest import MESSAGE, TOKEN, Operator, caller


def test_the_body_is_filled_in_one_pass(operator: Operator, gateway: Gateway) -> None:
    operator.says({"code": 0, "data": {"id": 9007199254740993}})
    assert gateway.send(MESSAGE) == MessageTaken("9007199254740993")
    sent = operator.sent[0]
    assert (sent.method, sent.path) == ("POST", "/send/m-1")
    assert sent.headers["authorization"] == f"Bearer {TOKEN}"
    assert sent.json == {
        "to": ["84900000141"],
        "sms": {"text": "Tan Nha: buu ta den {to} luc 8 gio.", "from": "TANNHA"},
        "back": "https://tannha.example/report/part",
        "kind": 2,
    }


def test_a_form_is_filled_as_well(operator: Operator) -> None:
    settings = GatewaySettings(operator.url, "TANNHA", lambda: TOKEN, form={"p": "{to}", "t": "{text}"})
    operator.says({})
    assert Gateway(settings, caller("http")).send(replace(MESSAGE, text="a&b=c")) == MessageTaken()
    assert operator.sent[0].body == b"p=0900000141&t=a%26b%3Dc"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("7", Later("7")),
        ("8", Never("8")),
        ("9", Elsewhere("9")),
        ("5", Later("5", unsure=True)),
        ("", Later("unknown", unsure=True)),
    ],
)
def test_their_codes_mean_what_the_file_says(operator: Operator, gateway: Gateway, code: str, outcome: Outcome) -> None:
    operator.says({"code": code})
    assert gateway.send(MESSAGE) == outcome


@pytest.mark.parametrize("broken", ["HTML behind a 200", "nothing", "a list", "numbers for objects"])
def test_a_broken_answer_leaves_open_whether_it_was_taken(operator: Operator, gateway: Gateway, broken: str) -> None:
    operator.says(BROKEN[broken])
    answer = gateway.send(MESSAGE)
    assert isinstance(answer, Later)
    assert answer.unsure


def test_an_answer_without_an_id_is_taken_all_the_same(operator: Operator, gateway: Gateway) -> None:
    operator.says({"code": "0"})
    assert gateway.send(MESSAGE) == MessageTaken()


@pytest.mark.parametrize(
    ("word", "arrival"),
    [("ACCEPTD", Arrival.SENT), ("DELIVRD", Arrival.DELIVERED), ("UNDELIV", Arrival.FAILED), ("EXPIRED?", None)],
)
def test_a_report_comes_as_a_query_as_json_or_as_an_answer(
    operator: Operator, gateway: Gateway, word: str, arrival: Arrival | None
) -> None:
    said = {"id": "5/6", "ref": "m-1", "state": word}
    expected = None if arrival is None else Report(arrival, "5/6", "m-1", word)
    assert gateway.read_callback(Callback(query=said)) == expected
    assert gateway.read_callback(Callback(raw=json.dumps(said).encode())) == expected
    operator.says(said)
    assert gateway.state("5/6") == expected
    assert operator.sent[0].query == {"id": "5/6"}


def test_a_report_on_no_message_is_a_broken_one(gateway: Gateway) -> None:
    with pytest.raises(BadAnswer):
        gateway.read_callback(Callback(query={"state": "DELIVRD"}))


def test_no_answer_is_said(operator: Operator, gateway: Gateway) -> None:
    operator.says(Reply(500))
    with pytest.raises(Unavailable):
        gateway.state("1")


def test_a_report_in_json_is_read_whatever_stands_in_its_address(gateway: Gateway) -> None:
    body = json.dumps({"id": "5", "ref": "m-1", "state": "DELIVRD"}).encode()
    report = Report(Arrival.DELIVERED, "5", "m-1", "DELIVRD")
    assert gateway.read_callback(Callback(raw=body, query={"key": "theirs", "ID": "6"})) == report
    assert gateway.read_callback(Callback(raw=b'{"state": "DELIVRD"}', query={"id": "5", "ref": "m-1"})) == report
    form = {"id": "5", "ref": "m-1", "state": "DELIVRD"}
    assert gateway.read_callback(Callback(raw=b"id=5&ref=m-1&state=DELIVRD", query=form)) == report
    for raw in (b"[]", b"{"):
        with pytest.raises(BadAnswer):
            gateway.read_callback(Callback(raw=raw, query=form))


def test_a_gateway_that_reports_nothing_is_not_asked(operator: Operator) -> None:
    silent = Gateway(GatewaySettings(operator.url, "", lambda: TOKEN, reading=AnswerReading()), caller("http"))
    assert not silent.reports
    assert silent.state("1") is None
    assert operator.sent == []


def test_an_unknown_place_stays_as_it_is() -> None:
    assert filled({"a": ["{to} {other}"], "n": None}, {"to": "0"}) == {"a": ["0 {other}"], "n": None}
