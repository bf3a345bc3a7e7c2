"""Notices to browsers: what a push service is given, field by field, and what its answers mean."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import replace

import pytest
from py_vapid import Vapid02

from integrations.chosen_address import ChosenAddresses
from integrations.messages import Elsewhere, Later, MessageTaken, Never, OutgoingMessage
from integrations.messages.push import HOSTS, Push, PushSettings, is_browser_key, may_be_called, new_key, public_key
from integrations.reach import Reach
from tests.fakes.browser import Browser, letters
from tests.fakes.partner import Reply
from tests.integrations.messages.conftest import Operator

OLD, KEY = new_key(), new_key()
TEXT = "Tận Nhà: yêu cầu TN-4C7H2M có tin mới."
LINK = "https://tannha.example/t/W8mWw0mQ4Zk"
TAKEN = Reply(201, b"", {"Location": "https://push.example/message/0%3A17"})


def push(*keys: str, **given: object) -> Push:
    settings = PushSettings("mailto:truc@vidu.example", lambda: keys or (KEY,), ("127.0.0.1",), plain=True)
    return Push(replace(settings, **given), ChosenAddresses(Reach(anywhere=True), whole_s=2))  # type: ignore[arg-type]  # fields by name


def notice(browser: Browser, key: str = KEY, text: str = TEXT, **more: str) -> OutgoingMessage:
    params = {"p256dh": browser.p256dh, "auth": browser.auth, "server_key": public_key(key), "link": LINK} | more
    return OutgoingMessage("0b0e7a52-6d8f-4f3a-9d0e-1f2a3b4c5d6e", browser.endpoint, text, "news", params)


@pytest.fixture
def browser(operator: Operator) -> Browser:
    operator.says(TAKEN)
    return Browser(f"{operator.url}/wpush/v2/gAAAAAB")


def claims_of(header: str) -> Mapping[str, object]:
    token = header.partition("t=")[2].partition(",")[0].split(".")[1]
    found: Mapping[str, object] = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return found


def test_the_browser_alone_reads_the_words_and_where_a_tap_leads(operator: Operator, browser: Browser) -> None:
    assert push().send(notice(browser)) == MessageTaken("0%3A17")
    (sent,) = operator.sent
    assert (sent.method, sent.path) == ("POST", "/wpush/v2/gAAAAAB")
    assert browser.read(sent.body) == {"body": TEXT, "url": LINK, "tag": "0b0e7a526d8f4f3a9d0e1f2a3b4c5d6e"}
    assert b"TN-4C7H2M" not in sent.body


def test_a_push_service_is_told_field_by_field_what_the_standards_ask_for(operator: Operator, browser: Browser) -> None:
    push().send(notice(browser, topic="1f2a-3b4c", urgency="high"))
    headers = operator.sent[0].headers
    wanted = {
        "ttl": "43200",
        "urgency": "high",
        "topic": "1f2a3b4c",
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
    }
    assert {name: headers[name] for name in wanted} == wanted
    assert headers["authorization"].startswith("vapid t=")
    assert headers["authorization"].endswith(f",k={public_key(KEY)}")


def test_our_signature_is_for_this_service_and_for_hours(operator: Operator, browser: Browser) -> None:
    push().send(notice(browser))
    header = operator.sent[0].headers["authorization"]
    claims = claims_of(header)
    assert Vapid02.verify(header)
    assert (claims["aud"], claims["sub"]) == (operator.url, "mailto:truc@vidu.example")
    assert isinstance(claims["exp"], int)
    assert 0 < claims["exp"] - time.time() <= 24 * 3600


def test_each_notice_is_encrypted_anew(operator: Operator, browser: Browser) -> None:
    for _ in range(2):
        push().send(notice(browser))
    first, second = operator.sent
    assert first.body != second.body
    assert browser.read(first.body) == browser.read(second.body)


def test_the_longest_notice_is_taken_everywhere_and_a_longer_one_not_sent(operator: Operator, browser: Browser) -> None:
    room = 3993 - len(json.dumps({"body": "", "url": LINK, "tag": "0" * 32}).encode())
    assert push().send(notice(browser, text="x" * room)) == MessageTaken("0%3A17")
    assert len(operator.sent[0].body) <= 4096
    assert push().send(notice(browser, text="x" * (room + 1))) == Never("too long")
    assert len(operator.sent) == 1


def test_after_a_change_of_keys_a_browser_is_told_by_the_one_that_it_allowed(
    operator: Operator, browser: Browser
) -> None:
    assert push(KEY, OLD).send(notice(browser, OLD)) == MessageTaken("0%3A17")
    assert operator.sent[0].headers["authorization"].endswith(f",k={public_key(OLD)}")
    assert push(KEY).send(notice(browser, OLD)) == Elsewhere("gone")
    assert len(operator.sent) == 1


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        (Reply(404), Elsewhere("gone")),
        (Reply(410), Elsewhere("gone")),
        (Reply(413), Never("http 413")),
        (Reply(400), Never("http 400")),
        (Reply(401), Later("http 401")),
        (Reply(403), Later("http 403")),
        (Reply(429, b"", {"Retry-After": "120"}), Later("http 429", 120)),
        (Reply(500), Later("http 500", unsure=True)),
        (Reply(503, b"", {"Retry-After": "60"}), Later("http 503", 60, unsure=True)),
        (Reply(302, b"", {"Location": "https://elsewhere.example"}), Later("http 302")),
        (Reply(reset=True), Later("away", unsure=True)),
        (Reply(202, b""), MessageTaken(None)),
    ],
)
def test_what_the_answers_of_a_push_service_mean(
    operator: Operator, browser: Browser, answer: Reply, means: object
) -> None:
    operator.says(answer)
    assert push().send(notice(browser)) == means


def test_keys_that_no_browser_makes_end_the_subscription(operator: Operator, browser: Browser) -> None:
    assert push().send(notice(browser, p256dh=letters(b"\x04" + bytes(64)))) == Elsewhere("gone")
    assert operator.sent == []


@pytest.mark.parametrize(
    "address",
    [
        "https://fcm.googleapis.com/fcm/send/c1:APA91b",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAAAB",
        "https://web.push.apple.com/QGuQyavXutnMH",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAB",
        "https://fcm.googleapis.com:443/fcm/send/c1",
    ],
)
def test_the_push_services_of_browsers_are_known(address: str) -> None:
    assert may_be_called(address, HOSTS)


@pytest.mark.parametrize(
    "address",
    [
        "http://fcm.googleapis.com/fcm/send/c1",
        "https://fcm.googleapis.com:8443/fcm/send/c1",
        "https://fcm.googleapis.com.evil.example/fcm",
        "https://evil.example/fcm.googleapis.com",
        "https://evilpush.apple.com/x",
        "https://push.apple.com/x",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
        "https://fcm.googleapis.com/" + "x" * 2048,
        "https://fcm.googleapis.com:x/",
        "https://[/",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_other_address_is_called(address: str) -> None:
    assert not may_be_called(address, HOSTS)


def test_a_known_name_that_leads_into_our_house_is_not_called(operator: Operator, browser: Browser) -> None:
    inner = ChosenAddresses(Reach(), whole_s=2)
    settings = PushSettings("mailto:truc@vidu.example", lambda: (KEY,), ("127.0.0.1",), plain=True)
    assert Push(settings, inner).send(notice(browser)) == Never("address")
    assert operator.sent == []


def test_keys_of_a_browser_are_a_point_and_sixteen_bytes() -> None:
    browser = Browser("https://fcm.googleapis.com/x")
    assert is_browser_key(browser.p256dh, browser.auth)
    for p256dh, auth in (
        (letters(b"\x04" + b"\x01" * 64), browser.auth),
        (browser.p256dh[:-4], browser.auth),
        (browser.p256dh, letters(b"short")),
        ("không", browser.auth),
        ("", ""),
    ):
        assert not is_browser_key(p256dh, auth)


def test_a_key_of_ours_is_no_secret_in_half() -> None:
    with pytest.raises(ValueError, match="43 letters"):
        public_key(KEY[:20])
    assert public_key(KEY) != public_key(OLD)
    assert len(public_key(KEY)) == 87


def test_an_address_of_a_browser_reaches_no_log() -> None:
    message = notice(Browser("https://fcm.googleapis.com/fcm/send/secret-part"))
    assert "secret-part" not in repr(message)
