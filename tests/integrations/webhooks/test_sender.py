"""Messages to a receiver on loopback that verifies them as a partner would."""

from __future__ import annotations

import base64
import ipaddress
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from integrations.errors import BadAnswer, Rejected, Unavailable
from integrations.webhooks import Endpoint, Reach, Sender
from tests.fakes.partner import Partner, Reply, Sent
from tests.integrations.conftest import Answer, Authority, Serve

OLD, NEW = (f"whsec_{base64.b64encode(bytes([n] * 32)).decode()}" for n in (1, 2))
BODY = json.dumps({"type": "errand.done", "data": {"kind": "trả kết quả"}}, ensure_ascii=False)
SENDER = Sender(Reach(anywhere=True))
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def fine(_: Sent) -> Reply:
    return Reply(204, b"")


@pytest.fixture
def partner() -> Iterator[Partner]:
    with Partner(fine) as partner:
        yield partner


def at(partner: Partner, *secrets: str) -> Endpoint:
    return Endpoint("webhook:1", f"{partner.url}/hook?token=chi-minh-toi-biet", secrets or (NEW,))


def test_a_receiver_verifies_it_with_its_secret(partner: Partner) -> None:
    assert SENDER.send(at(partner), "msg_1", BODY) == 204
    sent = partner.sent[0]
    assert Webhook(NEW).verify(sent.body, dict(sent.headers)) == json.loads(BODY)
    assert (sent.method, sent.headers["content-type"]) == ("POST", "application/json")
    assert sent.headers["webhook-id"] == "msg_1"
    assert abs(int(sent.headers["webhook-timestamp"]) - time.time()) < 60


def test_each_live_secret_signs(partner: Partner) -> None:
    SENDER.send(at(partner, NEW, OLD), "msg_1", BODY)
    sent = partner.sent[0]
    assert len(sent.headers["webhook-signature"].split()) == 2
    for secret in (NEW, OLD):
        assert Webhook(secret).verify(sent.body, dict(sent.headers))


@pytest.mark.parametrize("change", [{"body": b"{}"}, {"id": "msg_2"}, {"secret": OLD}])
def test_whoever_changes_anything_is_found_out(partner: Partner, change: dict[str, Any]) -> None:
    SENDER.send(at(partner), "msg_1", BODY)
    sent = partner.sent[0]
    headers = dict(sent.headers) | ({"webhook-id": change["id"]} if "id" in change else {})
    with pytest.raises(WebhookVerificationError):
        Webhook(change.get("secret", NEW)).verify(change.get("body", sent.body), headers)


def test_an_old_message_is_refused_there(partner: Partner) -> None:
    Sender(Reach(anywhere=True), clock=lambda: time.time() - 301).send(at(partner), "msg_1", BODY)
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(NEW).verify(partner.sent[0].body, dict(partner.sent[0].headers))


# -- answers


@pytest.mark.parametrize(
    ("reply", "kind", "status"),
    [
        (Reply(503), Unavailable, 503),
        (Reply(429, headers={"Retry-After": "7"}), Unavailable, 429),
        (Reply(reset=True), Unavailable, None),
        (Reply(410), Rejected, 410),
        (Reply(400), Rejected, 400),
        (Reply(302, headers={"Location": "/elsewhere"}), BadAnswer, 302),
    ],
)
def test_an_answer_says_what_to_do_with_the_message(
    partner: Partner, reply: Reply, kind: type[Exception], status: int | None
) -> None:
    partner.faults = [reply]
    with pytest.raises(kind) as answer:
        SENDER.send(at(partner), "msg_1", BODY)
    assert getattr(answer.value, "status", 0) == status
    assert "token" not in str(answer.value)
    assert len(partner.sent) == 1


def test_a_long_answer_is_read_a_few_kilobytes_far_and_counts(partner: Partner) -> None:
    partner.faults = [Reply(200, b"x" * 5_000_000)]
    assert SENDER.send(at(partner), "msg_1", BODY) == 200


@contextmanager
def dripping(begin: bytes) -> Iterator[str]:
    """A server that says `begin`, then a byte every 50 ms until its caller hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        line, _ = listening.accept()
        with line:
            line.recv(65_536)
            line.sendall(begin)
            while not over.wait(0.05):
                try:
                    line.sendall(b"x")
                except OSError:
                    return

    over = threading.Event()
    thread = threading.Thread(target=drip)
    thread.start()
    with listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        over.set()
        thread.join()


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"]
)
def test_a_server_that_drips_is_cut_when_the_time_is_over(begin: bytes) -> None:
    with dripping(begin) as url:
        began = time.monotonic()
        with pytest.raises(Unavailable, match=r"within 0\.5 s"):
            Sender(Reach(anywhere=True), whole_s=0.5).send(Endpoint("webhook:1", url, (NEW,)), "msg_1", BODY)
        assert time.monotonic() - began < 5


# -- where it goes


@dataclass
class Names:
    """A resolver that counts how often it is asked."""

    answers: list[str]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int, **_: object) -> Sequence[tuple[Any, ...]]:
        self.asked.append(host)
        address = self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


def test_a_name_that_leads_inside_is_not_called(partner: Partner) -> None:
    endpoint = Endpoint("webhook:1", partner.url.replace("127.0.0.1", "localhost"), (NEW,))
    with pytest.raises(Rejected, match="not on the public Internet"):
        Sender(Reach()).send(endpoint, "msg_1", BODY)
    assert partner.sent == []


def test_the_address_that_was_checked_is_the_one_that_is_called(partner: Partner) -> None:
    names = Names(["127.0.0.1", "10.0.0.1"])
    endpoint = Endpoint("webhook:1", partner.url.replace("127.0.0.1", "partner.example"), (NEW,))
    Sender(Reach(networks=LOOPBACK, resolve=names)).send(endpoint, "msg_1", BODY)
    assert names.asked == ["partner.example"]
    assert partner.sent[0].headers["host"].startswith("partner.example:")


def test_no_proxy_and_no_netrc_of_ours_is_used(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert SENDER.send(at(partner), "msg_1", BODY) == 204


def test_a_certificate_of_the_provinces_authority_is_trusted_when_it_is_named(
    serve: Serve, authority: Authority
) -> None:
    server = serve(Answer(200), context=authority.context)
    endpoint = Endpoint("webhook:1", server.url, (NEW,))
    assert Sender(Reach(anywhere=True), ca_path=authority.pem).send(endpoint, "msg_1", BODY) == 200
    with pytest.raises(Unavailable, match="not trusted"):
        SENDER.send(endpoint, "msg_1", BODY)


def test_a_handshake_that_never_ends_is_cut() -> None:
    with silent() as url:
        began = time.monotonic()
        with pytest.raises(Unavailable, match=r"within 0\.5 s"):
            Sender(Reach(anywhere=True), whole_s=0.5).send(Endpoint("webhook:1", url, (NEW,)), "msg_1", BODY)
        assert time.monotonic() - began < 5


@contextmanager
def silent() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/"


def test_what_an_endpoint_is_shown_as_names_neither_address_nor_secret() -> None:
    assert repr(Endpoint("webhook:1", "https://partner.example/hook", (NEW,))) == "Endpoint(name='webhook:1')"
