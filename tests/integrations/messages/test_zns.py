"""Zalo ZNS, field by field; its pair of tokens; its signed webhook."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.messages import (
    Arrival,
    Balance,
    Callback,
    Elsewhere,
    Forged,
    Later,
    MessageTaken,
    Never,
    Outcome,
    Report,
)
from integrations.messages.tokens import TokenFile, TokenPair
from integrations.messages.zns import RegisteredTemplate, Zns, ZnsSettings
from tests.fakes.partner import Partner, Reply, Sent, told
from tests.integrations.messages.conftest import MESSAGE, caller

APP_ID, APP_SECRET, ACCOUNT_SECRET = "4242", "the-secret-of-the-app", "the-secret-of-the-account"
BOOKED = replace(MESSAGE, template="booked", params={"reference": "TN-1", "slot": "sáng mai", "link": "https://x"})
TAKEN = {
    "error": 0,
    "message": "Success",
    "data": {
        "msg_id": "9007199254740993",
        "sent_time": "1",
        "quota": {"dailyQuota": "500", "remainingQuota": "499"},
    },
}
WITH_QUOTA = MessageTaken("9007199254740993", Balance(499, "messages"))


class Zalo(Partner):
    """Knows one access token; each refresh token gives the next pair, once."""

    def __init__(self) -> None:
        self.access, self.refresh, self.number = "a-0", "r-0", 0
        self.answer: object = TAKEN
        self.renewal: Reply | None = None
        super().__init__(self._say)

    def _say(self, sent: Sent) -> Reply:
        return self._renew(sent) if sent.path == "/token" else self._take(sent)

    def _take(self, sent: Sent) -> Reply:
        if sent.headers.get("access_token") != self.access:
            return told({"error": -124, "message": "Access token invalid"})
        return told(self.answer)

    def _renew(self, sent: Sent) -> Reply:
        if self.renewal is not None:
            return self.renewal
        if f"refresh_token={self.refresh}&" not in sent.body.decode() + "&":
            return told({"error": -14014, "error_name": "Invalid refresh token."})
        self.number += 1
        self.access, self.refresh = f"a-{self.number}", f"r-{self.number}"
        return told({"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"})


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    with Zalo() as running:
        yield running


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps({"access_token": "a-0", "refresh_token": "r-0"}))
    return path


@pytest.fixture
def zns(zalo: Zalo, tokens: Path) -> Zns:
    settings = ZnsSettings(
        f"{zalo.url}/message/template",
        f"{zalo.url}/token",
        APP_ID,
        lambda: APP_SECRET,
        lambda: ACCOUNT_SECRET,
        {"booked": RegisteredTemplate("204009", ("reference", "slot"))},
    )
    return Zns(settings, TokenFile(tokens), caller("zns"))


def test_a_message_is_one_call_with_every_field(zalo: Zalo, zns: Zns) -> None:
    assert zns.send(BOOKED) == WITH_QUOTA
    sent = zalo.sent[0]
    assert (sent.method, sent.path, sent.headers["access_token"]) == ("POST", "/message/template", "a-0")
    assert sent.json == {
        "phone": "84900000141",
        "template_id": "204009",
        "template_data": {"reference": "TN-1", "slot": "sáng mai"},
        "tracking_id": "m-1",
    }


def test_what_is_left_of_the_quota_comes_with_each_answer_and_costs_no_message(zalo: Zalo, zns: Zns) -> None:
    zalo.answer = {"error": 0, "data": {"msg_id": "1", "quota": {"remainingQuota": "many"}}}
    assert zns.send(BOOKED) == MessageTaken("1")
    zalo.answer = {"error": 0, "data": {"msg_id": "1", "quota": "none"}}
    assert zns.send(BOOKED) == MessageTaken("1")
    assert not zns.tells_credit


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (-100, Later("-100")),
        (-115, Later("-115")),
        (-101, Later("-101")),
        (-106, Later("-106")),
        (-108, Never("-108")),
        (-109, Never("-109")),
        (-111, Never("-111")),
        (-112, Never("-112")),
        (-114, Elsewhere("-114")),
        (-118, Elsewhere("-118")),
        (-999, Later("-999")),
    ],
)
def test_a_code_of_theirs_says_what_to_do_behind_a_200(zalo: Zalo, zns: Zns, code: int, outcome: Outcome) -> None:
    zalo.answer = {"error": code, "message": "…"}
    assert zns.send(BOOKED) == outcome


def test_a_broken_answer_leaves_open_whether_it_was_taken(zalo: Zalo, zns: Zns) -> None:
    zalo.answer = {"error": 0}
    assert zns.send(BOOKED) == Later("unreadable", unsure=True)


def test_it_carries_what_is_registered_and_nothing_else(zalo: Zalo, zns: Zns) -> None:
    assert zns.carries("booked")
    assert not zns.carries("failed")
    assert not zns.carries("")
    assert zns.send(replace(BOOKED, params={})) == Never("-112")
    assert zalo.sent == []


def test_a_token_that_ran_out_is_renewed_and_the_new_pair_kept_before_it_is_used(
    zalo: Zalo, zns: Zns, tokens: Path
) -> None:
    zalo.access = "another"
    assert zns.send(BOOKED) == WITH_QUOTA
    renewal = zalo.asked("/token")[0]
    assert renewal.headers["secret_key"] == APP_SECRET
    assert renewal.body == b"refresh_token=r-0&app_id=4242&grant_type=refresh_token"
    assert json.loads(tokens.read_text()) == {"access_token": "a-1", "refresh_token": "r-1"}
    assert tokens.stat().st_mode & 0o777 == 0o600


def test_of_many_whose_token_ran_out_one_renews_it(zalo: Zalo, zns: Zns) -> None:
    zalo.access = "another"
    with ThreadPoolExecutor(8) as many:
        assert set(many.map(zns.send, [BOOKED] * 8)) == {WITH_QUOTA}
    assert len(zalo.asked("/token")) == 1


@pytest.mark.parametrize("kept", ["", "{}", "[]", '{"refresh_token": "used up"}'])
def test_a_pair_that_is_gone_is_later_and_no_message_is_given_up(zalo: Zalo, zns: Zns, tokens: Path, kept: str) -> None:
    tokens.write_text(kept)
    assert zns.send(BOOKED) == Later("tokens")


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(500),
        Reply(reset=True),
        Reply(cut=True),
        Reply(401),
        Reply(302),
        Reply(200, b"<html>"),
        told({"error": -1}),
        told([]),
    ],
    ids=str,
)
def test_trouble_with_the_renewal_is_no_unsure_sending(
    zalo: Zalo, zns: Zns, trouble: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing was sent: the next operator may be asked at once, with a code too."""
    zalo.access, zalo.renewal = "another", trouble
    assert zns.send(BOOKED) == Later("tokens")
    assert "the token is not renewed" in caplog.text
    assert [word for word in ("r-0", "a-0", APP_SECRET) if word in caplog.text] == []


def test_a_file_that_takes_no_new_pair_costs_no_token_and_is_named(
    zalo: Zalo, zns: Zns, tokens: Path, caplog: pytest.LogCaptureFixture
) -> None:
    zalo.access = "another"
    tokens.with_name("tokens.json.part").mkdir()
    assert zns.send(BOOKED) == Later("tokens")
    assert zalo.asked("/token") == []
    assert "tokens.json and its folder must be readable and writable" in caplog.text
    tokens.with_name("tokens.json.part").rmdir()
    assert zns.send(BOOKED) == WITH_QUOTA


@pytest.mark.parametrize("hindered", ["tokens.json", "tokens.json.lock"])
def test_a_file_that_nobody_may_open_is_later_and_no_message_is_given_up(
    zalo: Zalo, zns: Zns, tokens: Path, hindered: str, caplog: pytest.LogCaptureFixture
) -> None:
    zalo.access = "another"
    path = tokens.with_name(hindered)
    path.unlink(missing_ok=True)
    path.mkdir()
    assert zns.send(BOOKED) == Later("tokens")
    assert "tokens.json and its folder must be" in caplog.text


def test_a_renewal_that_breaks_off_leaves_the_old_pair(tokens: Path) -> None:
    def broken(_refresh: str) -> TokenPair:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        TokenFile(tokens).renew("a-0", broken)
    assert TokenFile(tokens).pair() == TokenPair("a-0", "r-0")


def test_a_token_reaches_no_repr() -> None:
    assert repr(TokenPair("a", "r")) == "TokenPair()"


# -- the webhook


def signed(body: bytes, secret: str = ACCOUNT_SECRET) -> Callback:
    timestamp = str(json.loads(body).get("timestamp", ""))
    mac = hashlib.sha256(APP_ID.encode() + body + timestamp.encode() + secret.encode()).hexdigest()
    return Callback(raw=body, headers={"x-zevent-signature": f"mac={mac}"})


def received(event: str = "user_received_message", msg_id: object = "9007199254740993") -> bytes:
    message = {"msg_id": msg_id, "tracking_id": "m-1", "delivery_time": "1796000000000"}
    return json.dumps(
        {"event_name": event, "app_id": APP_ID, "message": message, "timestamp": "1796000000000"}
    ).encode()


@pytest.mark.parametrize("msg_id", ["9007199254740993", 9007199254740993])
def test_a_signed_webhook_tells_of_arrival_with_its_id_as_text(zns: Zns, msg_id: object) -> None:
    report = zns.read_callback(signed(received(msg_id=msg_id)))
    assert report == Report(Arrival.DELIVERED, "9007199254740993", "m-1")


def test_another_event_is_about_no_message(zns: Zns) -> None:
    assert zns.read_callback(signed(received("user_feedback"))) is None


@pytest.mark.parametrize(
    "callback",
    [
        signed(received(), secret="another"),
        Callback(raw=received()),
        Callback(raw=received(msg_id="1"), headers=signed(received()).headers),
    ],
    ids=["another secret", "no signature", "another body"],
)
def test_a_forged_webhook_is_not_believed(zns: Zns, callback: Callback) -> None:
    with pytest.raises(Forged):
        zns.read_callback(callback)
