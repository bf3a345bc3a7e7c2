"""The bank's statement comes in as SePay sends it: believed with the key alone, kept once, odd sums left to people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import Clock
from app.config import Settings
from app.domain.bank import BankOdd
from app.domain.errand import ErrandState
from app.factory import create_app
from app.models import BankLine, Charge, Entitlement, Errand, PaymentCode
from app.services.desks import bank
from app.texts import dong
from app.unit_of_work import UnitOfWork
from tests.app.services.desks.test_bank import make_charged
from tests.app.web.conftest import OuterTransaction
from tests.factories import NOW

KEY = "mot-khoa-thu-nghiem"
LINKS = """
[bank]
bin = "970403"
account = "0011012345678"
name = "BUU DIEN THU"
webhook_key_file = "sepay-key"
"""
URL = "/api/v1/callbacks/statement/sepay"


@pytest.fixture
def client(settings: Settings, session: UnitOfWork, tmp_path: Path) -> FlaskClient:
    (tmp_path / "sepay-key").write_text(KEY)
    (tmp_path / "links.toml").write_text(LINKS)
    joined = replace(settings, links=tmp_path / "links.toml")
    app = create_app(joined, database=OuterTransaction(session), clock=Clock(fixed=NOW))
    app.config["WTF_CSRF_ENABLED"] = False  # the address under test is exempt; the page's own button is asked below
    return app.test_client()


def body(words: str, **given: object) -> dict[str, object]:
    said: dict[str, object] = {
        "id": 92704,
        "gateway": "Vietcombank",
        "transactionDate": "2026-11-30 08:30:00",
        "accountNumber": "0011012345678",
        "code": None,
        "content": words,
        "transferType": "in",
        "transferAmount": 26_000,
        "accumulated": 19_077_000,
        "subAccount": None,
        "referenceCode": "MBVCB.3278907687",
    }
    return said | given


def say(client: FlaskClient, said: object, key: str = f"Apikey {KEY}") -> tuple[int, object]:
    answer = client.post(URL, json=said, headers={"Authorization": key})
    return answer.status_code, answer.json


def lines(session: UnitOfWork) -> list[BankLine]:
    return list(session.scalars(select(BankLine).order_by(BankLine.id)))


def test_what_comes_in_pays_its_charge(client: FlaskClient, session: UnitOfWork) -> None:
    errand = make_charged(session)
    words = f"CT DEN {bank.code_for(session, errand.request_id, NOW)} TRACE 1"
    assert say(client, body(words)) == (200, {"success": True})
    charge = session.scalars(select(Charge).where(Charge.errand_id == errand.id)).one()
    session.refresh(charge)
    assert charge.paid_at is not None


def test_a_repeated_line_is_answered_alike_and_kept_once(client: FlaskClient, session: UnitOfWork) -> None:
    assert [say(client, body("?"))[0] for _ in range(3)] == [200, 200, 200]
    assert len(lines(session)) == 1


@pytest.mark.parametrize("key", ["", "Apikey khac", KEY, f"Bearer {KEY}"])
def test_nothing_is_kept_of_what_a_stranger_sends(client: FlaskClient, session: UnitOfWork, key: str) -> None:
    assert say(client, body("?"), key)[0] == 401
    assert lines(session) == []


@pytest.mark.parametrize(
    "wrong",
    [{"transferAmount": -1}, {"transferAmount": "x"}, {"id": 0}, {"transactionDate": "hom qua"}, {"transferType": "?"}],
)
def test_what_cannot_be_read_is_refused(client: FlaskClient, session: UnitOfWork, wrong: dict[str, object]) -> None:
    assert say(client, body("?", **wrong))[0] == 422
    assert lines(session) == []


def test_money_that_goes_out_is_nobodys_payment(client: FlaskClient, session: UnitOfWork) -> None:
    assert say(client, body("?", transferType="out"))[0] == 200
    assert lines(session) == []


def test_a_sum_without_a_code_waits_for_a_person(client: FlaskClient, session: UnitOfWork) -> None:
    say(client, body("tien cuoc", referenceCode=None))
    (line,) = lines(session)
    assert (line.odd, line.reference) == (BankOdd.NO_CODE, "sepay-92704")


def test_without_an_account_there_is_no_such_address(settings: Settings, session: UnitOfWork) -> None:
    plain = create_app(settings, database=OuterTransaction(session), clock=Clock(fixed=NOW)).test_client()
    assert say(plain, body("?"))[0] == 404


def test_the_tracking_page_offers_a_transfer_and_then_says_what_was_paid(
    client: FlaskClient, session: UnitOfWork
) -> None:
    errand = make_charged(session)
    page = f"/theo-doi/{errand.request.tracking_token}"
    code = bank.code_for(session, errand.request_id, NOW)
    before = client.get(page).text
    assert code in before
    assert "0011012345678" in before
    say(client, body(code))
    after = client.get(page).text
    assert code not in after
    assert "CK26-000001" in after


def test_without_an_account_the_tracking_page_speaks_of_cash_alone(settings: Settings, session: UnitOfWork) -> None:
    plain = create_app(settings, database=OuterTransaction(session), clock=Clock(fixed=NOW)).test_client()
    errand = make_charged(session)
    assert "TNQ" not in plain.get(f"/theo-doi/{errand.request.tracking_token}").text


def with_a_carrier(session: UnitOfWork, errand: Errand) -> None:
    errand.executed_by = "carrier"


def under_way(session: UnitOfWork, errand: Errand) -> None:
    errand.state = ErrandState.UNDER_WAY


def in_the_bundle(session: UnitOfWork, errand: Errand) -> None:
    assert errand.slot is not None
    errand.slot.day = NOW.date()


def of_yesterday(session: UnitOfWork, errand: Errand) -> None:
    assert errand.slot is not None
    errand.slot.day = NOW.date() - timedelta(days=1)


def unproved(session: UnitOfWork, errand: Errand) -> None:
    dossier_id = session.scalars(select(Charge.dossier_id).where(Charge.errand_id == errand.id)).one()
    assert dossier_id is not None
    session.add(Entitlement(dossier_id=dossier_id, asked_code="H1", placed_by="home", asked_at=NOW))


@pytest.mark.parametrize("changed", [with_a_carrier, under_way, in_the_bundle, of_yesterday, unproved])
def test_no_transfer_is_offered_that_may_be_paid_again_at_the_door(
    client: FlaskClient, session: UnitOfWork, changed: Callable[[UnitOfWork, Errand], None]
) -> None:
    errand = make_charged(session)
    page = f"/theo-doi/{errand.request.tracking_token}"
    assert f'action="{page}/chuyen-khoan"' in client.get(page).text
    changed(session, errand)
    session.flush()
    assert "chuyen-khoan" not in client.get(page).text
    assert told_by_carrier(client.get(page).text) is (changed is with_a_carrier)
    asked = client.post(f"{page}/chuyen-khoan", follow_redirects=True)
    assert "không có khoản nào chuyển khoản trước được" in unescape(asked.text)
    assert session.scalars(select(PaymentCode)).all() == []


def told_by_carrier(page: str) -> bool:
    return "Đơn vị vận chuyển thu tiền khi đến lấy hoặc giao" in unescape(page)


def test_the_code_is_made_when_it_is_asked_for_and_not_by_looking(client: FlaskClient, session: UnitOfWork) -> None:
    errand = make_charged(session)
    page = f"/theo-doi/{errand.request.tracking_token}"
    client.get(page)
    assert session.scalars(select(PaymentCode)).all() == []
    for _ in range(2):
        shown = client.post(f"{page}/chuyen-khoan", follow_redirects=True)
        (made,) = session.scalars(select(PaymentCode))
        assert made.code in shown.text
        assert '<details class="more" open><summary>Chuyển khoản trước' in unescape(shown.text)


@pytest.mark.parametrize("amount", [13_000, 30_000])
def test_who_paid_another_sum_is_told_so_and_asked_for_nothing_more(
    client: FlaskClient, session: UnitOfWork, amount: int
) -> None:
    errand = make_charged(session)
    page = f"/theo-doi/{errand.request.tracking_token}"
    code = bank.code_for(session, errand.request_id, NOW)
    say(client, body(code, transferAmount=amount))
    waiting = unescape(client.get(page).text)
    assert f"Đã nhận chuyển khoản {dong(amount)}, chưa khớp số phải trả" in waiting
    assert code not in waiting
    (line,) = lines(session)
    refund = bank.ask_refund(session, bank.DecideLine(line.id, "staff:1", NOW))
    assert code not in client.get(page).text
    bank.pay_refund(session, refund.id, bank.DecideLine(line.id, "staff:2", NOW, "FT-back"))
    session.flush()
    session.expire_all()
    back = unescape(client.get(page).text)
    assert f"Đã trả lại {dong(amount)} lúc" in back
    assert "chưa khớp" not in back
    assert code in back


def test_money_of_something_else_keeps_no_transfer_back(client: FlaskClient, session: UnitOfWork) -> None:
    errand = make_charged(session)
    code = bank.code_for(session, errand.request_id, NOW)
    say(client, body(code, transferAmount=1_000))
    bank.set_aside(session, bank.DecideLine(lines(session)[0].id, "staff:1", NOW))
    page = client.get(f"/theo-doi/{errand.request.tracking_token}").text
    assert code in page
    assert "chưa khớp" not in page
