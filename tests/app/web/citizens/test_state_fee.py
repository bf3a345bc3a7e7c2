"""Where a state fee is to be paid, the page says whose it is and leads to the national portal, not to the post's account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind, ErrandState
from app.domain.tariff import ChargeKind
from app.models import Charge, Errand
from app.unit_of_work import UnitOfWork
from app.web.session import context, init_context
from tests.app.services.desks.test_bank import make_charged
from tests.app.web.citizens.walk import walk_to_confirm
from tests.app.web.coordinators.test_bank import LINKS
from tests.factories import NOW, World, make_errand

PORTAL = 'href="https://dichvucong.gov.vn/"'
WHOSE = "nộp cho cơ quan giải quyết hồ sơ, không phải tiền của bưu điện"


@pytest.fixture
def join(flask_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """The bank by its links file, with what a test adds to it; other settings by their name."""

    def joined(more: str = "", **settings: object) -> None:
        links = tmp_path_factory.mktemp("bank") / "links.toml"
        links.write_text(LINKS + more)
        with flask_app.app_context():
            here = context()
        given = replace(here.settings, links=links, **settings)  # type: ignore[arg-type]  # test shorthand
        init_context(flask_app, replace(here, settings=given))

    return joined


def shown(client: FlaskClient, errand: Errand) -> str:
    return unescape(client.get(f"/theo-doi/{errand.request.tracking_token}").text)


def set_fee(session: Session, **given: object) -> None:
    session.execute(update(Charge).where(Charge.kind == ChargeKind.STATE_FEE).values(given))
    session.expire_all()


def test_what_is_to_be_paid_is_the_agency_s_and_the_portal_takes_it(
    client: FlaskClient, session: UnitOfWork, join: Callable[..., None]
) -> None:
    join()
    page = shown(client, make_charged(session, state_fee=20_000))
    assert WHOSE in page
    assert PORTAL in page
    assert "cho bưu tá xem chứng từ đã nộp" in page
    assert "chuyển khoản chung" not in page


def test_of_what_nobody_knows_yet_the_desk_tells_and_the_courier_takes_nothing(
    client: FlaskClient, session: UnitOfWork
) -> None:
    errand = make_charged(session, state_fee=20_000)
    set_fee(session, amount=None, upper_amount=None)
    page = shown(client, errand)
    assert "Bộ phận một cửa báo số tiền" in page
    assert PORTAL in page
    assert "thu tiền mặt" not in page


@pytest.mark.parametrize("given", [{"amount": 0, "upper_amount": 0}, {"paid_at": NOW}])
def test_where_nothing_is_to_be_paid_nothing_is_said(
    client: FlaskClient, session: UnitOfWork, given: dict[str, object]
) -> None:
    errand = make_charged(session, state_fee=20_000)
    set_fee(session, **given)
    assert WHOSE not in shown(client, errand)


def test_nothing_is_said_of_a_visit_that_was_called_off(client: FlaskClient, session: UnitOfWork) -> None:
    errand = make_charged(session, state_fee=20_000)
    errand.state = ErrandState.CANCELLED
    session.flush()
    assert WHOSE not in shown(client, errand)


def test_a_contract_lets_it_go_with_the_postage(
    client: FlaskClient, session: UnitOfWork, join: Callable[..., None]
) -> None:
    join("state_fees = true\n")
    assert "chuyển khoản chung với tiền cước được" in shown(client, make_charged(session, state_fee=20_000))


def test_another_address_of_the_portal_is_a_setting(
    client: FlaskClient, session: UnitOfWork, join: Callable[..., None]
) -> None:
    join(state_fee_url="https://thanh-toan.example/le-phi")
    page = shown(client, make_charged(session, state_fee=20_000))
    assert 'href="https://thanh-toan.example/le-phi"' in page
    assert PORTAL not in page


def test_it_is_said_before_booking(client: FlaskClient, session: Session, world: World) -> None:
    world.procedure.state_fee = 7_000
    session.flush()
    walk_to_confirm(client, world)
    page = unescape(client.get("/dat-lich/xac-nhan").text)
    assert WHOSE in page
    assert PORTAL in page


TAKEN_BY_CARRIER = "do đơn vị vận chuyển thu khi đến: xin đừng tự nộp trước"


def carried(session: Session, **given: object) -> Errand:
    errand = make_charged(session, state_fee=20_000)
    errand.executed_by = "carrier"
    set_fee(session, **given)
    return errand


@pytest.mark.parametrize("contract", [False, True])
def test_what_a_carriers_order_names_is_the_carriers_to_take_and_not_paid_beforehand(
    client: FlaskClient, session: UnitOfWork, join: Callable[..., None], contract: bool
) -> None:
    join("state_fees = true\n" if contract else "")
    page = shown(client, carried(session, amount=20_000))
    assert WHOSE in page
    assert TAKEN_BY_CARRIER in page
    assert "Đơn vị vận chuyển thu tiền khi đến lấy hoặc giao" in page  # the line beneath says the same
    for said in (PORTAL, "bưu tá không thu nữa", "thu tiền mặt", "chuyển khoản chung"):
        assert said not in page


def test_of_what_the_desk_will_tell_no_carrier_knows(client: FlaskClient, session: UnitOfWork) -> None:
    page = shown(client, carried(session, amount=None, upper_amount=None))
    assert "Bộ phận một cửa báo số tiền" in page
    assert PORTAL in page
    assert TAKEN_BY_CARRIER not in page


def test_whether_a_carrier_took_it_at_a_visit_that_is_over_nobody_here_knows(
    client: FlaskClient, session: UnitOfWork
) -> None:
    errand = carried(session, amount=20_000)
    make_errand(session, errand.request, kind=ErrandKind.DELIVER, state=ErrandState.REQUESTED, slot=None)
    errand.state = ErrandState.DONE
    session.flush()
    assert WHOSE not in shown(client, errand)


def test_it_is_said_before_booking_that_the_carrier_takes_it(
    client: FlaskClient, session: Session, world: World
) -> None:
    world.procedure.state_fee, world.office.executed_by = 7_000, "carrier"
    session.flush()
    walk_to_confirm(client, world)
    page = unescape(client.get("/dat-lich/xac-nhan").text)
    assert TAKEN_BY_CARRIER in page
    assert "bưu tá không thu nữa" not in page
