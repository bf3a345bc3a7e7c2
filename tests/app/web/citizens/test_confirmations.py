"""Giấy xác nhận thu tiền as a sheet: from the tracking page, numbered, with the number of the state's own receipt; it names nobody."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from app.domain.bank import BankAccount
from app.services.desks import bank
from app.unit_of_work import UnitOfWork
from tests.app.services.desks.test_bank import ACCOUNT, code, come, make_charged, told
from tests.app.web.citizens.test_account import _sign_in
from tests.app.web.citizens.test_keepsakes import words
from tests.app.web.citizens.walk import PHONE
from tests.factories import NOW, make_courier
from tests.factories.cash import make_receipt
from tests.factories.phone import make_device


def test_a_transfer_has_a_sheet_that_its_page_leads_to(client: FlaskClient, session: UnitOfWork) -> None:
    errand = make_charged(session)
    come(session, told(code(session, errand)))
    page = f"/theo-doi/{errand.request.tracking_token}"
    address = f"{page}/xac-nhan-thu-tien/CK26-000001"
    assert f'href="{address}"' in client.get(page).text
    answer = client.get(address)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "no-store, private")
    sheet = words(answer.data)
    for said in ("Giấy xác nhận thu tiền", "CK26-000001", errand.request.reference, "chuyển khoản", "26.000"):
        assert said in sheet
    for kept in (errand.request.applicant.name, errand.request.applicant.phone, "Số biên lai"):
        assert str(kept) not in sheet


def test_what_was_paid_at_the_door_has_one_with_the_state_s_own_number(
    client: FlaskClient, session: UnitOfWork
) -> None:
    errand = make_charged(session)
    device = make_device(session, make_courier(session, office=errand.office))
    given = {"errand_id": errand.id, "number": "TN00000051/2", "official_number": "LP-0042"}
    make_receipt(session, device, NOW, 26_000, 20_000, **given)
    page = f"/theo-doi/{errand.request.tracking_token}"
    assert f'href="{page}/xac-nhan-thu-tien/TN00000051/2"' in unescape(client.get(page).text)
    answer = client.get(f"{page}/xac-nhan-thu-tien/TN00000051/2")
    assert "xac-nhan-TN00000051-2.pdf" in answer.headers["Content-Disposition"]
    sheet = words(answer.data)
    for said in ("TN00000051/2", "LP-0042", "tiền mặt", "Lệ phí nhà nước, thu hộ", "20.000", "46.000"):
        assert said in sheet


def test_each_kind_of_money_has_a_line_of_its_own(client: FlaskClient, session: UnitOfWork) -> None:
    errand = make_charged(session, state_fee=20_000)
    contract = BankAccount(ACCOUNT.bin, ACCOUNT.number, ACCOUNT.name, state_fees=True)
    bank.take_in(session, told(code(session, errand), 54_000), contract, NOW)
    sheet = words(client.get(f"/theo-doi/{errand.request.tracking_token}/xac-nhan-thu-tien/CK26-000001").data)
    for said in ("26.000", "20.000", "8.000", "54.000"):
        assert said in sheet


def test_another_request_s_number_opens_nothing(client: FlaskClient, session: UnitOfWork) -> None:
    come(session, told(code(session, make_charged(session))))
    other = make_charged(session)
    assert client.get(f"/theo-doi/{other.request.tracking_token}/xac-nhan-thu-tien/CK26-000001").status_code == 404


def test_a_link_that_ran_out_opens_none(client: FlaskClient, session: UnitOfWork) -> None:
    errand = make_charged(session)
    come(session, told(code(session, errand)))
    errand.request.tracking_until = NOW - timedelta(days=1)
    session.flush()
    address = f"/theo-doi/{errand.request.tracking_token}/xac-nhan-thu-tien/CK26-000001"
    assert client.get(address).status_code == 410


def test_when_the_link_has_run_out_the_telephone_and_the_code_still_open_it(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork
) -> None:
    errand = make_charged(session)
    come(session, told(code(session, errand)))
    errand.request.applicant.phone = PHONE
    errand.request.tracking_until = NOW - timedelta(days=1)
    session.flush()
    address = f"/yeu-cau/{errand.request.reference}/xac-nhan-thu-tien/CK26-000001"
    assert "/xac-nhan-so" in (client.get(address).location or "")  # nobody without the telephone
    _sign_in(flask_app, client, session)
    assert f'href="{address}"' in client.get(f"/yeu-cau/{errand.request.reference}").text
    answer = client.get(address)
    assert answer.mimetype == "application/pdf"
    assert "CK26-000001" in words(answer.data)
    assert client.get(f"/yeu-cau/{errand.request.reference}/xac-nhan-thu-tien/CK26-000002").status_code == 404
    errand.request.applicant.phone = "0900000999"
    session.flush()
    assert client.get(address).status_code == 404
