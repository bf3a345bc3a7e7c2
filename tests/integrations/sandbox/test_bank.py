"""The sandbox's bank: what somebody pays in on its page is told as SePay tells it, rightly and with each fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.clock import LOCAL
from app.config import Settings
from app.domain.errors import DomainError
from app.gateways.bank import bank_account, statement_webhook
from integrations.sandbox import bank
from integrations.sandbox.joining import write_links
from integrations.sandbox.program import Program, SandboxSettings
from tests.fakes.partner import Partner, Reply

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
WORDS = "CT tu 0900 TNQ23456789A"


@pytest.fixture
def ours() -> Iterator[Partner]:
    """Answers as the product does: 200 to the agreed key, 403 to another."""
    with Partner(lambda call: Reply(200 if call.headers["authorization"] == f"Apikey {bank.KEY}" else 403)) as product:
        yield product


@pytest.fixture
def browser(tmp_path: Path, ours: Partner) -> FlaskClient:
    played = Program(SandboxSettings(folder=tmp_path / "box", port=1, clock=lambda: NOW, our_url=ours.url))
    return played.app().test_client()


@pytest.fixture
def joined(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, links=write_links(tmp_path / "links", "http://127.0.0.1:1", with_bank=True))


def pay(browser: FlaskClient, fault: str = "", amount: str = "26.000") -> str:
    given = {"words": WORDS, "amount": amount, "fault": fault}
    return unescape(browser.post("/_sandbox/bank", data=given, follow_redirects=True).text)


def test_what_is_paid_in_is_a_line_that_we_believe(browser: FlaskClient, ours: Partner, joined: Settings) -> None:
    page = pay(browser)
    assert WORDS in page
    assert "26.000" in page
    (call,) = ours.sent
    assert call.path == bank.PATH
    line = statement_webhook(joined, call.headers["authorization"], call.body)
    account = bank_account(joined)
    assert line is not None
    assert account is not None
    assert (line.account, line.amount, line.words) == (account.number, 26_000, WORDS)
    assert line.booked_at == NOW.astimezone(LOCAL)
    assert not account.state_fees


def test_told_twice_it_is_the_same_line(browser: FlaskClient, ours: Partner) -> None:
    assert "200 · 200" in pay(browser, bank.TWICE)
    first, second = ours.sent
    assert first.body == second.body


def test_two_sums_are_two_lines(browser: FlaskClient, ours: Partner, joined: Settings) -> None:
    pay(browser)
    pay(browser)
    lines = [statement_webhook(joined, call.headers["authorization"], call.body) for call in ours.sent]
    assert len({line.operator_id for line in lines if line is not None}) == 2


def test_another_sum_is_told_than_was_typed(browser: FlaskClient, ours: Partner, joined: Settings) -> None:
    assert "25.000" in pay(browser, bank.WRONG_SUM)
    line = statement_webhook(joined, ours.sent[0].headers["authorization"], ours.sent[0].body)
    assert line is not None
    assert line.amount == 25_000


def test_another_key_is_not_believed(browser: FlaskClient, ours: Partner, joined: Settings) -> None:
    assert "403" in pay(browser, bank.WRONG_KEY)
    (call,) = ours.sent
    with pytest.raises(DomainError, match="callback_signature"):
        statement_webhook(joined, call.headers["authorization"], call.body)


@pytest.mark.parametrize(("amount", "fault"), [("", ""), ("0", ""), ("-5", ""), ("1000000000", ""), ("26000", "other")])
def test_what_is_no_sum_is_told_to_nobody(browser: FlaskClient, ours: Partner, amount: str, fault: str) -> None:
    answer = browser.post("/_sandbox/bank", data={"words": WORDS, "amount": amount, "fault": fault})
    assert (answer.status_code, ours.sent) == (400, [])


def test_a_product_that_is_away_is_said_and_so_is_none(tmp_path: Path) -> None:
    for our_url, said in (("http://127.0.0.1:1", "không trả lời"), (None, "chưa nối")):
        folder = tmp_path / str(our_url is None)
        played = Program(SandboxSettings(folder=folder, port=1, clock=lambda: NOW, our_url=our_url))
        assert said in pay(played.app().test_client())


def test_the_first_page_leads_to_it_and_without_a_bank_none_is_joined(
    browser: FlaskClient, settings: Settings, tmp_path: Path
) -> None:
    assert 'href="bank"' in browser.get("/_sandbox/").text
    assert browser.get("/_sandbox/bank").status_code == 200
    links = write_links(tmp_path / "without", "http://127.0.0.1:1")
    assert bank_account(replace(settings, links=links)) is None
