"""Staff and citizens come in through a real provider on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clock import Clock
from app.config import Settings
from app.domain.identity import Role, masked_phone
from app.factory import create_app
from app.models import AuditEvent, Desk, StaffAccount
from app.services.staff.accounts import close_account
from app.unit_of_work import UnitOfWork
from app.web.limits import limiter
from tests.app.web.conftest import OuterTransaction
from tests.factories import NOW
from tests.factories.office import make_desk, make_office
from tests.fakes.identity import agree, provider

pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")  # the provider's own, at work

LINKS = """
[oidc]
issuer = "{issuer}"
client_id = "tan-nha"
secret_file = "secret"
citizens = true
roles = {{ "one-stop-clerk" = "desk_clerk", "post-counter" = "counter", "province" = "coordinator" }}
"""
BACK = "/dang-nhap/tinh/tro-lai"
PEOPLE: dict[str, dict[str, object]] = {
    "clerk": {"name": "Nguyễn Văn Thử", "roles": ["x", "one-stop-clerk"], "desk": "H21.99"},
    "counter": {"name": "Nguyễn Thị Thử", "roles": "post-counter", "office": "BC-99"},
    "lost": {"roles": ["one-stop-clerk"], "desk": "nowhere"},
    "nobody": {"roles": ["cook"]},
    "citizen": {"phone_number": "+84900000123", "phone_number_verified": True},
    "stranger": {"phone_number": "+84900000124", "phone_number_verified": False},
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider(PEOPLE) as address:
        yield address


@pytest.fixture
def joined(settings: Settings, session: UnitOfWork, issuer: str, tmp_path: Path) -> Flask:
    (tmp_path / "secret").write_text("bi mat cua tinh")
    (tmp_path / "links.toml").write_text(LINKS.format(issuer=issuer))
    own = replace(settings, links=tmp_path / "links.toml")
    app = create_app(own, database=OuterTransaction(session), clock=Clock(fixed=NOW))
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()
    return app


@pytest.fixture
def visitor(joined: Flask) -> FlaskClient:
    return joined.test_client()


@pytest.fixture
def desk(session: UnitOfWork) -> Desk:
    return make_desk(session, code="H21.99")


def come_in(visitor: FlaskClient, subject: str, query: str = "") -> TestResponse:
    begun = visitor.get(f"/dang-nhap/tinh{query}")
    return visitor.get(BACK, query_string=agree(begun.location, subject))


def account_of(session: UnitOfWork, issuer: str, subject: str) -> StaffAccount | None:
    session.expire_all()
    return session.scalar(select(StaffAccount).where(StaffAccount.identity == f"{issuer}|{subject}"))


def test_a_clerk_comes_in_and_has_the_desk_that_the_province_names(
    visitor: FlaskClient, session: UnitOfWork, issuer: str, desk: Desk
) -> None:
    answer = come_in(visitor, "clerk", "?tiep=/mot-cua/")
    assert (answer.status_code, answer.location) == (303, "/mot-cua/")
    account = account_of(session, issuer, "clerk")
    assert account is not None
    assert (account.role, account.desk_id) == (Role.DESK_CLERK, desk.id)
    assert visitor.get("/mot-cua/").status_code == 200


def test_who_came_before_is_the_same_account(
    visitor: FlaskClient, session: UnitOfWork, issuer: str, desk: Desk
) -> None:
    come_in(visitor, "clerk")
    first = account_of(session, issuer, "clerk")
    come_in(visitor, "clerk")
    again = account_of(session, issuer, "clerk")
    assert first is not None
    assert again is not None
    assert first.id == again.id


def test_the_audit_names_the_account_and_no_person(
    visitor: FlaskClient, session: UnitOfWork, issuer: str, desk: Desk
) -> None:
    come_in(visitor, "clerk")
    account = account_of(session, issuer, "clerk")
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "sign_in_by_identity"))
    assert account is not None
    assert event.actor == f"staff:{account.id}"
    assert "Thử" not in str(vars(event))


@pytest.mark.usefixtures("desk")
def test_a_counter_clerk_needs_an_office_of_ours(visitor: FlaskClient, session: UnitOfWork, issuer: str) -> None:
    assert come_in(visitor, "counter").status_code == 403
    office = make_office(session, code="BC-99")
    assert come_in(visitor, "counter").status_code == 303
    account = account_of(session, issuer, "counter")
    assert account is not None
    assert account.office_id == office.id


@pytest.mark.parametrize(
    ("subject", "says"), [("nobody", "chưa có vai trò nào"), ("lost", "chưa ghi bộ phận một cửa hoặc bưu cục")]
)
def test_who_has_no_place_here_is_told_so_and_gets_no_account(
    visitor: FlaskClient, session: UnitOfWork, issuer: str, subject: str, says: str
) -> None:
    answer = come_in(visitor, subject)
    assert answer.status_code == 403
    assert says in answer.text
    assert account_of(session, issuer, subject) is None


def test_who_is_refused_may_still_use_a_password(visitor: FlaskClient) -> None:
    page = come_in(visitor, "nobody").get_data(as_text=True)
    assert 'action="/dang-nhap"' in page  # not the address that they came back to, which takes no form


@pytest.mark.usefixtures("desk")
def test_a_closed_account_stays_closed(visitor: FlaskClient, session: UnitOfWork, issuer: str) -> None:
    come_in(visitor, "clerk")
    account = account_of(session, issuer, "clerk")
    assert account is not None
    close_account(session, account, "staff:1", NOW)
    session.flush()
    answer = come_in(visitor, "clerk")
    assert answer.status_code == 403
    assert "đã đóng" in answer.text


def test_what_came_back_once_opens_nothing_again(visitor: FlaskClient, desk: Desk) -> None:
    begun = visitor.get("/dang-nhap/tinh")
    brought = agree(begun.location, "clerk")
    assert visitor.get(BACK, query_string=brought).status_code == 303
    assert visitor.get(BACK, query_string=brought).status_code == 400


def test_another_browsers_sign_in_is_refused(joined: Flask, visitor: FlaskClient, desk: Desk) -> None:
    brought = agree(joined.test_client().get("/dang-nhap/tinh").location, "clerk")
    visitor.get("/dang-nhap/tinh")
    assert visitor.get(BACK, query_string=brought).status_code == 400
    assert joined.test_client().get(BACK, query_string=brought).status_code == 400


def test_a_made_up_code_is_refused_with_a_way_out(visitor: FlaskClient) -> None:
    visitor.get("/dang-nhap/tinh")
    with visitor.session_transaction() as cookie:
        state = cookie["identity_begun"]["state"]
    answer = visitor.get(BACK, query_string={"state": state, "code": "made-up"})
    assert answer.status_code == 400
    assert "đăng nhập lại từ đầu" in answer.text


def test_nothing_of_the_session_before_stays(visitor: FlaskClient, desk: Desk) -> None:
    with visitor.session_transaction() as cookie:
        cookie["phone"] = "0900000999"
    come_in(visitor, "clerk")
    with visitor.session_transaction() as cookie:
        assert "phone" not in cookie
        assert "identity_begun" not in cookie


def test_nobody_is_sent_to_another_site_afterwards(visitor: FlaskClient, desk: Desk) -> None:
    assert "evil" not in come_in(visitor, "clerk", "?tiep=//evil.example/").location


def test_signing_out_ends_ours_and_offers_to_end_the_provinces(visitor: FlaskClient, issuer: str, desk: Desk) -> None:
    come_in(visitor, "clerk")
    page = visitor.post("/dang-xuat", follow_redirects=True).text
    assert "Đăng xuất cả khỏi hệ thống của tỉnh" in page
    assert visitor.get("/mot-cua/").status_code == 303
    assert visitor.get("/dang-xuat/tinh").location.startswith(issuer)


def test_a_citizen_comes_in_with_a_telephone_that_is_vouched_for(visitor: FlaskClient) -> None:
    assert come_in(visitor, "citizen", "?ai=cong-dan").location == "/yeu-cau"
    assert masked_phone("0900000123") in visitor.get("/yeu-cau").text


def test_a_telephone_that_nobody_vouches_for_opens_nothing(visitor: FlaskClient) -> None:
    assert come_in(visitor, "stranger", "?ai=cong-dan").status_code == 403
    assert visitor.get("/yeu-cau").status_code == 303


def test_the_button_is_there_only_where_the_province_is_joined(visitor: FlaskClient, client: FlaskClient) -> None:
    for page in ("/dang-nhap", "/xac-nhan-so"):
        assert "tài khoản của tỉnh" in visitor.get(page).text
        assert "tài khoản của tỉnh" not in client.get(page).text
    assert client.get("/dang-nhap/tinh").status_code == 404


def test_a_province_that_is_away_leaves_the_password(settings: Settings, session: UnitOfWork, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("bi mat cua tinh")
    (tmp_path / "links.toml").write_text(LINKS.format(issuer="http://127.0.0.1:1"))
    own = replace(settings, links=tmp_path / "links.toml")
    visitor = create_app(own, database=OuterTransaction(session), clock=Clock(fixed=NOW)).test_client()
    answer = visitor.get("/dang-nhap/tinh")
    assert answer.status_code == 503
    assert "mật khẩu" in answer.text
    assert visitor.get("/dang-nhap").status_code == 200
