"""Our notices against a push service that was written from the standards, apart from our adapter; and what a person sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server

from integrations.chosen_address import ChosenAddresses
from integrations.messages import Elsewhere, Later, MessageTaken, Never, OutgoingMessage
from integrations.messages.push import Push, PushSettings, is_browser_key, new_key, public_key
from integrations.reach import Reach
from integrations.sandbox.faults import PUSH_BUSY, PUSH_GONE
from integrations.sandbox.program import Listening, Program, SandboxSettings

KEY = new_key()
TEXT = "Tận Nhà: yêu cầu TN-4C7H2M có tin mới."


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
def push() -> Push:
    settings = PushSettings("mailto:truc@vidu.example", lambda: (KEY,), ("127.0.0.1",), plain=True)
    return Push(settings, ChosenAddresses(Reach(anywhere=True), whole_s=2))


def browser(url: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = requests.post(f"{url}/_sandbox/browsers/{name}", timeout=5).json()
    return found


def notice(told: dict[str, Any], text: str = TEXT) -> OutgoingMessage:
    params = told["keys"] | {"server_key": public_key(KEY), "link": "/t/W8mWw0mQ4Zk"}
    return OutgoingMessage("0b0e7a52-6d8f-4f3a-9d0e-1f2a3b4c5d6e", told["endpoint"], text, "news", params)


def shown(url: str) -> list[tuple[str, str]]:
    found = requests.get(f"{url}/_sandbox/sms", timeout=5).json()
    return [(one["phone"], one["text"]) for one in found if one["operator"] == "push"]


def test_a_notice_arrives_in_words_and_a_person_sees_it(push: Push, url: str) -> None:
    told = browser(url, "may-thu")
    assert is_browser_key(**told["keys"])
    assert told == browser(url, "may-thu"), "the same browser, asked again"
    assert isinstance(push.send(notice(told)), MessageTaken)
    assert shown(url) == [("may-thu", TEXT)]
    page = requests.get(f"{url}/_sandbox/telephone", timeout=5).text
    assert TEXT in page
    assert "thông báo của trình duyệt" in page


@pytest.mark.parametrize(
    ("ending", "means"),
    [
        ("404", Elsewhere("gone")),
        ("410", Elsewhere("gone")),
        ("413", Never("http 413")),
        ("429", Later("http 429", 120)),
        ("500", Later("http 500", unsure=True)),
    ],
)
def test_a_browser_is_named_for_what_goes_wrong_with_it(push: Push, url: str, ending: str, means: object) -> None:
    assert push.send(notice(browser(url, f"may-{ending}"))) == means
    assert shown(url) == []


def test_a_subscription_ends_by_the_dice_and_stays_ended(push: Push, url: str, played: Program) -> None:
    told = browser(url, "may-thu")
    played.faults.set({PUSH_GONE: 1})
    assert push.send(notice(told)) == Elsewhere("gone")
    played.faults.set({PUSH_GONE: 0})
    assert push.send(notice(told)) == Elsewhere("gone")
    assert shown(url) == []


def test_a_busy_service_says_when_to_come_again(push: Push, url: str, played: Program) -> None:
    told = browser(url, "may-thu")
    played.faults.set({PUSH_BUSY: 1})
    assert push.send(notice(told)) == Later("http 429", 120)
    played.faults.set({PUSH_BUSY: 0})
    assert isinstance(push.send(notice(told)), MessageTaken)


def test_what_no_key_signed_or_nobody_encrypted_is_refused(push: Push, url: str) -> None:
    told = browser(url, "may-thu")
    assert requests.post(told["endpoint"], data=b"x", headers={"TTL": "60"}, timeout=5).status_code == 403
    stranger = browser(url, "may-khac") | {"endpoint": told["endpoint"]}
    assert push.send(notice(stranger)) == Never("http 400")
    elsewhere = replace(notice(told), to=told["endpoint"].replace("127.0.0.1", "localhost"))
    assert push.send(elsewhere) == Never("address")
    assert shown(url) == []


def test_a_name_of_a_browser_is_one(url: str) -> None:
    answer = requests.post(f"{url}/_sandbox/browsers/m%C3%A1y", timeout=5)
    assert (answer.status_code, json.loads(answer.text)["error"]) == (400, "a name of letters, digits, - and _")
