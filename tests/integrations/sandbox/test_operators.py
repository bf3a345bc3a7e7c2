"""Our adapters against operators that were written from what they publish, apart from them; and what a person sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from integrations.messages import (
    Arrival,
    Balance,
    Callback,
    Elsewhere,
    Later,
    MessageTaken,
    Never,
    OutgoingMessage,
    Report,
)
from integrations.messages.esms import Esms, EsmsSettings
from integrations.messages.speedsms import SpeedSms, SpeedSmsSettings
from integrations.messages.tokens import TokenFile
from integrations.messages.zns import RegisteredTemplate, Zns, ZnsSettings
from integrations.sandbox import operators, zalo
from integrations.sandbox.faults import DUPLICATE, EXPIRED, LOST_REPORT, RESET_AFTER, UNDELIVERED
from integrations.sandbox.program import Listening, Program, SandboxSettings
from integrations.sandbox.state import rows
from tests.fakes.partner import Partner, Reply
from tests.integrations.messages.conftest import caller

MESSAGE = OutgoingMessage("m-1", "0900000141", "Tận Nhà: bưu tá đến lúc 8 giờ.")


@pytest.fixture
def played(tmp_path: Path) -> Program:
    now = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
    return Program(SandboxSettings(folder=tmp_path, port=1, clock=lambda: now))


@pytest.fixture
def url(played: Program) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, played.app(), threaded=True, request_handler=Listening)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def esms(url: str) -> Esms:
    keys = (operators.API_KEY, operators.SECRET_KEY)
    return Esms(EsmsSettings(f"{url}/esms", lambda: keys, operators.SENDER), caller("esms"))


@pytest.fixture
def speedsms(url: str) -> SpeedSms:
    return SpeedSms(SpeedSmsSettings(f"{url}/speedsms", lambda: operators.TOKEN, ""), caller("speedsms"))


@pytest.fixture
def browser(played: Program) -> FlaskClient:
    return played.app().test_client()


def arrived(played: Program) -> list[str]:
    with played.state.open() as db:
        return [row["text"] for row in rows(db, "select text from sms order by number")]


@pytest.mark.parametrize("operator", ["esms", "speedsms"])
def test_a_message_is_taken_and_then_arrives(request: pytest.FixtureRequest, played: Program, operator: str) -> None:
    channel: Any = request.getfixturevalue(operator)
    taken = channel.send(MESSAGE)
    assert isinstance(taken, MessageTaken)
    assert taken.operator_id is not None
    before = channel.state(taken.operator_id)
    assert before is None or before.arrival is Arrival.SENT
    played.operators.step()
    assert channel.state(taken.operator_id) == Report(Arrival.DELIVERED, taken.operator_id)
    assert arrived(played) == [MESSAGE.text]


@pytest.mark.parametrize("operator", ["esms", "speedsms"])
def test_what_does_not_arrive_is_told(request: pytest.FixtureRequest, played: Program, operator: str) -> None:
    channel: Any = request.getfixturevalue(operator)
    played.faults.set({UNDELIVERED: 1.0})
    taken = channel.send(MESSAGE)
    played.operators.step()
    assert channel.state(taken.operator_id).arrival is Arrival.FAILED


def test_the_same_reference_again_sends_nothing(esms: Esms, played: Program) -> None:
    esms.send(MESSAGE)
    assert esms.send(MESSAGE) == MessageTaken(None)
    assert arrived(played) == [MESSAGE.text]


def test_an_answer_that_was_lost_was_taken_all_the_same(esms: Esms, played: Program) -> None:
    played.faults.set({RESET_AFTER: 1.0})
    assert esms.send(MESSAGE) == Later("away", unsure=True)
    assert arrived(played) == [MESSAGE.text]


def test_a_number_that_is_none_is_refused_with_their_code(esms: Esms, speedsms: SpeedSms) -> None:
    wrong = replace(MESSAGE, to="12345678")
    assert esms.send(wrong) == Never("108")
    assert speedsms.send(wrong) == Never("105")


def test_wrong_keys_and_a_stranger_brand_name_are_our_fault(url: str) -> None:
    strangers = EsmsSettings(f"{url}/esms", lambda: ("x", "y"), operators.SENDER)
    assert Esms(strangers, caller("esms")).send(MESSAGE) == Later("101")
    ours = (operators.API_KEY, operators.SECRET_KEY)
    assert Esms(EsmsSettings(f"{url}/esms", lambda: ours, "OTHER"), caller("esms")).send(MESSAGE) == Later("104")
    nobody = SpeedSms(SpeedSmsSettings(f"{url}/speedsms", lambda: "x", ""), caller("speedsms"))
    assert nobody.send(MESSAGE) == Later("009")


def test_a_trial_is_validated_and_not_sent(url: str, played: Program) -> None:
    keys = (operators.API_KEY, operators.SECRET_KEY)
    trial = Esms(EsmsSettings(f"{url}/esms", lambda: keys, operators.SENDER, trial=True), caller("esms"))
    assert isinstance(trial.send(MESSAGE), MessageTaken)
    assert arrived(played) == []
    assert trial.balance() == Balance(operators.FIRST_BALANCE, "VND")


def test_each_segment_costs_until_nothing_is_left(esms: Esms, speedsms: SpeedSms, played: Program) -> None:
    esms.send(replace(MESSAGE, text="Tận Nhà " * 20))
    assert esms.balance() == Balance(operators.FIRST_BALANCE - 3 * operators.PRICE, "VND")
    assert speedsms.balance() == esms.balance()
    with played.state.open() as db:
        operators.pay_in(db, 100 - operators.balance(db))
    assert esms.send(replace(MESSAGE, reference="m-2")) == Later("103")
    assert speedsms.send(MESSAGE) == Later("300")


def test_reports_come_back_at_our_address_until_they_are_answered(esms: Esms, played: Program) -> None:
    with Partner(lambda _: Reply()) as ours:
        ours.faults.append(Reply(500))
        taken = esms.send(replace(MESSAGE, report_to=f"{ours.url}/report"))
        assert isinstance(taken, MessageTaken)
        assert [played.operators.step() for _ in range(3)] == [0, 1, 0]
        report = esms.read_callback(Callback(query=ours.sent[-1].query))
        assert report == Report(Arrival.DELIVERED, taken.operator_id, "m-1")
        assert [one.method for one in ours.sent] == ["GET", "GET"]


def test_reports_come_twice_or_never_when_asked_to(esms: Esms, played: Program) -> None:
    with Partner(lambda _: Reply()) as ours:
        played.faults.set({LOST_REPORT: 1.0})
        esms.send(replace(MESSAGE, report_to=f"{ours.url}/report"))
        played.operators.step()
        assert ours.sent == []
        played.faults.set({LOST_REPORT: 0.0, DUPLICATE: 1.0})
        played.operators.step()
        assert len(ours.sent) == 2


@pytest.fixture
def zns(url: str, tmp_path: Path) -> Zns:
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps({"access_token": "", "refresh_token": zalo.FIRST_REFRESH}))
    settings = ZnsSettings(
        f"{url}/zns/message/template",
        f"{url}/zns/access_token",
        zalo.APP_ID,
        lambda: zalo.SECRET_KEY,
        lambda: zalo.ACCOUNT_SECRET,
        {"booked": RegisteredTemplate(zalo.TEMPLATE, ("reference", "slot"))},
    )
    return Zns(settings, TokenFile(tokens), caller("zns"))


BOOKED = replace(MESSAGE, to="0900000142", template="booked", params={"reference": "TN-1", "slot": "sáng mai"})


def test_zalo_takes_a_registered_template_with_tokens_that_work_once(zns: Zns, played: Program) -> None:
    assert isinstance(zns.send(BOOKED), MessageTaken)
    played.faults.set({EXPIRED: 1.0})
    assert zns.send(BOOKED) == Later("-124")
    played.faults.set({EXPIRED: 0.0})
    taken = zns.send(BOOKED)
    assert isinstance(taken, MessageTaken)
    assert taken.left == Balance(zalo.QUOTA - 2, "messages")
    assert arrived(played) == ["Tận Nhà: yêu cầu TN-1, bưu tá đến sáng mai."] * 2


def test_who_has_no_zalo_is_to_be_told_elsewhere(zns: Zns) -> None:
    assert zns.send(replace(BOOKED, to="0900000141")) == Elsewhere("-118")
    assert zns.send(replace(BOOKED, params={"reference": "x"})) == Never("-112")


def test_zalo_reports_behind_its_signature(zns: Zns, played: Program) -> None:
    taken = zns.send(BOOKED)
    assert isinstance(taken, MessageTaken)
    with Partner(lambda _: Reply()) as ours:
        with played.state.open() as db:
            db.execute("update sms set back = ?", (ours.url,))
        assert played.operators.step() == 1
        sent = ours.sent[0]
        report = zns.read_callback(Callback(sent.body, {}, sent.headers))
        assert report == Report(Arrival.DELIVERED, taken.operator_id, "m-1")


def test_a_person_sees_messages_arrive_and_pays_in(esms: Esms, browser: FlaskClient) -> None:
    assert "Chưa có tin nào" in browser.get("/_sandbox/telephone").text
    esms.send(MESSAGE)
    shown = browser.get("/_sandbox/telephone").text
    assert MESSAGE.text in shown
    assert "09:00, 30/11" in shown
    assert "còn 999.650 đồng" in shown
    browser.post("/_sandbox/pay-in")
    assert "còn 1.999.650 đồng" in browser.get("/_sandbox/telephone").text
