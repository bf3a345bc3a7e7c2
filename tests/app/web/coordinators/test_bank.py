"""Sums that nobody could book by themselves: on the board, decided on their page, and sent back by two hands."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.bank import BankAccount
from app.domain.identity import Role
from app.models import AuditEvent, BankLine, Charge, MoneyConfirmation, Refund
from app.services.desks import bank
from app.services.desks.bank import take_in
from app.unit_of_work import UnitOfWork
from app.web.session import context, init_context
from tests.app.services.desks.test_bank import ACCOUNT, code, come, make_charged, told
from tests.app.web.conftest import SignIn
from tests.factories import NOW, make_staff

PAGE = "/dieu-phoi/chuyen-khoan"
LINKS = f"""
[bank]
bin = "{ACCOUNT.bin}"
account = "{ACCOUNT.number}"
name = "{ACCOUNT.name}"
"""


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(make_staff(session, Role.COORDINATOR))
    return client


def decide(client: FlaskClient, line: BankLine, deed: str, **given: object) -> str:
    return unescape(client.post(f"{PAGE}/{line.id}", data={"deed": deed, **given}, follow_redirects=True).text)


def test_an_odd_sum_is_on_the_board_and_leads_to_its_page(coordinator: FlaskClient, session: UnitOfWork) -> None:
    errand = make_charged(session)
    come(session, told(code(session, errand), 20_000))
    board = unescape(coordinator.get("/dieu-phoi/").text)
    assert "Tiền chuyển khoản chưa vào sổ được" in board
    assert f'href="{PAGE}"' in board
    page = unescape(coordinator.get(PAGE).text)
    assert "Thiếu so với số phải trả" in page
    assert errand.request.reference in page


def test_what_the_payer_wrote_is_shown_where_nothing_else_tells_whose_it_is_and_that_is_written_down(
    coordinator: FlaskClient, session: UnitOfWork
) -> None:
    errand = make_charged(session)
    come(session, told(f"gui {code(session, errand)} lan hai", 1_000))
    unknown = come(session, told("tien cuoc ho so"))
    page = unescape(coordinator.get(PAGE).text)
    assert "tien cuoc ho so" in page
    assert "lan hai" not in page
    seen = session.scalars(select(AuditEvent.object_id).where(AuditEvent.action == "bank.viewed")).all()
    assert seen == [str(unknown.id)]


def test_a_sum_that_is_too_large_pays_and_its_rest_goes_back_by_two_hands(
    flask_app: Flask,
    client: FlaskClient,
    session: UnitOfWork,
    sign_in: SignIn,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    links = tmp_path_factory.mktemp("bank") / "links.toml"
    links.write_text(LINKS)
    with flask_app.app_context():
        here = context()
    init_context(flask_app, replace(here, settings=replace(here.settings, links=links)))
    errand = make_charged(session)
    line = come(session, told(code(session, errand), 30_000))
    sign_in(make_staff(session, Role.COORDINATOR))
    assert "giấy xác nhận số CK26-000001" in decide(client, line, "settle")
    paid = select(Charge.paid_at).where(Charge.request_id == errand.request_id)
    assert session.scalars(paid).one() is not None
    assert "Chờ người thứ hai trả lại" in decide(client, line, "refund")
    (refund,) = session.scalars(select(Refund))
    alone = client.post(f"{PAGE}/hoan/{refund.id}", data={"bank_reference": "FT77"})
    session.refresh(refund)
    assert (alone.status_code, refund.paid_at) == (303, None)
    sign_in(make_staff(session, Role.COORDINATOR))
    done = client.post(f"{PAGE}/hoan/{refund.id}", data={"bank_reference": "FT77"}, follow_redirects=True)
    session.refresh(refund)
    assert (refund.amount, refund.bank_reference) == (4_000, "FT77")
    assert "Không có khoản nào chờ" in unescape(done.text)


def test_money_of_something_else_leaves_the_list(coordinator: FlaskClient, session: UnitOfWork) -> None:
    line = come(session, told("tien dien"))
    assert "Đã ghi là tiền của việc khác" in decide(coordinator, line, "elsewhere")
    assert "đã có người xử lý" in decide(coordinator, line, "elsewhere")


def test_a_deed_that_nobody_knows_is_not_found(coordinator: FlaskClient, session: UnitOfWork) -> None:
    account = BankAccount(ACCOUNT.bin, "0099", ACCOUNT.name)
    take_in(session, told("x"), account, NOW)
    line = session.scalars(select(BankLine)).one()
    assert coordinator.post(f"{PAGE}/{line.id}", data={"deed": "keep"}).status_code == 404
    assert coordinator.post(f"{PAGE}/999999", data={"deed": "refund"}).status_code == 404


def test_an_office_manager_decides_no_money_of_the_whole_post(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    errand = make_charged(session)
    come(session, told(code(session, errand), 20_000))
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=errand.office))
    assert client.get(PAGE).status_code == 403
    assert "Tiền chuyển khoản" not in client.get("/dieu-phoi/").text


def test_a_coordinator_of_one_office_decides_no_money_of_the_whole_post(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    errand = make_charged(session)
    line = come(session, told("khong ro"))
    refund = bank.ask_refund(session, bank.DecideLine(line.id, "staff:0", NOW))
    sign_in(make_staff(session, Role.COORDINATOR, office=errand.office))
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/{line.id}", data={"deed": "elsewhere"}).status_code == 403
    assert client.post(f"{PAGE}/hoan/{refund.id}", data={"bank_reference": "FT77"}).status_code == 403
    assert "Tiền chuyển khoản" not in client.get("/dieu-phoi/").text


def test_a_statement_is_looked_at_first_and_then_written(
    flask_app: Flask,
    client: FlaskClient,
    session: UnitOfWork,
    sign_in: SignIn,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    sign_in(make_staff(session, Role.COORDINATOR))
    page = f"{PAGE}/sao-ke"
    assert client.get(page).status_code == 404  # no account is joined
    links = tmp_path_factory.mktemp("bank") / "links.toml"
    links.write_text(LINKS)
    with flask_app.app_context():
        here = context()
    init_context(flask_app, replace(here, settings=replace(here.settings, links=links)))
    errand = make_charged(session)
    day = NOW.strftime("%d/%m/%Y")
    file = f"Số giao dịch;Ngày;Ghi có;Nội dung\nFT-1;{day};26.000;{code(session, errand)}\nFT-2;{day};x;la\n"
    assert f'href="{page}"' in client.get(PAGE).text
    seen = unescape(client.post(page, data={"file": (BytesIO(file.encode()), "sao-ke.csv"), "step": "look"}).text)
    assert session.scalars(select(BankLine)).all() == []
    assert "Dòng này chưa có số tiền đọc được" in seen
    assert "Ghi 1 dòng" in seen
    client.post(page, data={"lines": file, "step": "write"})
    assert [(line.reference, line.settled) for line in session.scalars(select(BankLine))] == [("FT-1", 26_000)]


def test_a_number_that_is_missing_among_the_confirmations_is_named(
    coordinator: FlaskClient, session: UnitOfWork
) -> None:
    for serial in (1, 2, 4):
        errand = make_charged(session)
        row = MoneyConfirmation(year=2026, serial=serial, request_id=errand.request_id, parts=[], made_by="bank")
        row.paid_at = row.made_at = NOW
        session.add(row)
    session.flush()
    page = unescape(coordinator.get(PAGE).text)
    assert "Thiếu 1 số giấy xác nhận" in page
    assert "CK26-000003" in page


def test_numbers_without_a_gap_are_no_news(coordinator: FlaskClient, session: UnitOfWork) -> None:
    come(session, told(code(session, make_charged(session))))
    assert "số giấy xác nhận" not in unescape(coordinator.get(PAGE).text)
