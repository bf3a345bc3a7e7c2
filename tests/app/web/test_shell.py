"""The frame around every page: access, cookies, CSRF, headers, language, request ids."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.clock import Clock
from app.config import Settings
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.factory import create_app
from app.unit_of_work import UnitOfWork
from app.web import health
from app.web.auth import check_office, public, safe_next, staff, visible_office_ids
from app.web.cookies import CookieSeal
from tests.app.web.conftest import OuterTransaction, SignIn
from tests.factories import NOW, make_office, make_staff


@pytest.fixture
def flask_app(settings: Settings, session: UnitOfWork) -> Flask:
    """One of each test's own: they add pages to it."""
    return create_app(settings, database=OuterTransaction(session), clock=Clock(fixed=NOW))


def _page(app: Flask, rule: str, view: object) -> None:
    app.add_url_rule(rule, rule.strip("/"), view, methods=["GET", "POST"])  # type: ignore[arg-type]  # a view, whatever it answers


def test_every_view_has_an_access_rule(flask_app: Flask) -> None:
    without = [name for name, view in flask_app.view_functions.items() if not hasattr(view, "access")]
    assert without == []


def test_a_view_without_a_rule_is_refused(flask_app: Flask, client: FlaskClient) -> None:
    _page(flask_app, "/quen", lambda: "secret")
    answer = client.get("/quen")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_a_staff_page_asks_a_stranger_to_sign_in_and_comes_back(flask_app: Flask, client: FlaskClient) -> None:
    _page(flask_app, "/noi-bo", staff()(lambda: "work"))
    answer = client.get("/noi-bo?ngay=1")
    assert answer.status_code == 303
    assert answer.location == "/dang-nhap?tiep=/noi-bo?ngay%3D1"


def test_a_role_that_is_not_named_is_refused(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    _page(flask_app, "/dieu", staff(Role.COORDINATOR)(lambda: "plans"))
    sign_in(make_staff(session, Role.COURIER))
    assert client.get("/dieu").status_code == 403


def test_an_administrator_may_open_what_is_named_for_others(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    _page(flask_app, "/dieu", staff(Role.COORDINATOR)(lambda: "plans"))
    sign_in(make_staff(session, Role.ADMIN))
    assert client.get("/dieu").text == "plans"


def test_raising_the_epoch_ends_a_session_at_its_next_contact(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    _page(flask_app, "/noi-bo", staff()(lambda: "work"))
    account = make_staff(session)
    sign_in(account)
    assert client.get("/noi-bo").status_code == 200
    account.session_epoch += 1
    session.flush()
    assert client.get("/noi-bo").status_code == 303


def test_a_switched_off_account_is_out_at_its_next_contact(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    _page(flask_app, "/noi-bo", staff()(lambda: "work"))
    account = make_staff(session)
    sign_in(account)
    account.active = False
    session.flush()
    assert client.get("/noi-bo").status_code == 303


def test_staff_of_an_office_see_that_office_only(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    office, other = make_office(session), make_office(session)

    def look() -> str:
        check_office(office.id)
        return str(visible_office_ids() == frozenset({office.id}))

    def peep() -> str:
        check_office(other.id)
        return "seen"

    _page(flask_app, "/nhin", staff()(look))
    _page(flask_app, "/lieu", staff()(peep))
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    assert client.get("/nhin").text == "True"
    assert client.get("/lieu").status_code == 404


def test_a_post_without_a_token_is_refused_with_a_sentence(flask_app: Flask, csrf_client: FlaskClient) -> None:
    answer = csrf_client.post("/dang-xuat")
    assert answer.status_code == 400
    assert "tải lại trang" in answer.text


def test_the_policy_has_no_inline_and_no_eval(client: FlaskClient) -> None:
    policy = client.get("/dang-nhap").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ],
)
def test_the_usual_headers_are_on_every_page(client: FlaskClient, header: str, value: str) -> None:
    assert client.get("/dang-nhap").headers[header] == value


def test_a_page_that_does_not_exist_has_the_headers_too(client: FlaskClient) -> None:
    answer = client.get("/khong-co")
    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer.headers
    assert "Không có trang này" in answer.text


def test_the_session_cookie_is_http_only_and_same_site(client: FlaskClient) -> None:
    cookie = client.get("/dang-nhap?lang=en").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_session_cookie_cannot_be_read_without_the_key() -> None:
    sealed = CookieSeal("a key").dumps({"phone": "0900000001"})
    assert "0900000001" not in sealed
    assert CookieSeal("a key").loads(sealed) == {"phone": "0900000001"}


def test_a_cookie_of_another_key_is_nobodys(client: FlaskClient) -> None:
    client.set_cookie("tannha", CookieSeal("another key").dumps({"staff": 1, "epoch": 0}))
    assert client.get("/dang-nhap").status_code == 200


def test_a_domain_error_is_a_page_with_its_sentence(flask_app: Flask, client: FlaskClient) -> None:
    def refuse() -> str:
        raise DomainError("handover_to_oneself")

    _page(flask_app, "/tu-choi", public(refuse))
    answer = client.get("/tu-choi")
    assert answer.status_code == 409
    assert "Xin chọn lại bên nhận" in answer.text


def test_a_domain_error_of_the_api_is_a_problem(flask_app: Flask, client: FlaskClient) -> None:
    def refuse() -> str:
        raise DomainError("phone_malformed", kind="invalid", field="applicant.phone")

    _page(flask_app, "/api/thu", public(refuse))
    answer = client.get("/api/thu")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "phone_malformed"
    assert answer.json["errors"][0]["field"] == "applicant.phone"
    assert "10 số" in answer.json["detail"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("vi", "vi"), ("vi-VN,en;q=0.5", "vi"), ("en-GB,vi;q=0.5", "en"), ("fr,en;q=0.5", "en"), ("fr", "vi"), ("", "vi")],
)
def test_the_browser_chooses_the_language(client: FlaskClient, asked: str, answered: str) -> None:
    assert f'<html lang="{answered}">' in client.get("/dang-nhap", headers={"Accept-Language": asked}).text


def test_a_language_chosen_by_link_is_kept(client: FlaskClient) -> None:
    client.get("/dang-nhap?lang=en")
    assert '<html lang="en">' in client.get("/dang-nhap", headers={"Accept-Language": "vi"}).text


def test_a_request_id_is_passed_through_and_a_bad_one_replaced(client: FlaskClient) -> None:
    assert client.get("/dang-nhap", headers={"X-Request-ID": "abc-12345"}).headers["X-Request-ID"] == "abc-12345"
    assert client.get("/dang-nhap", headers={"X-Request-ID": "<x>"}).headers["X-Request-ID"] != "<x>"


def test_the_access_log_holds_the_rule_never_the_address(
    flask_app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    flask_app.add_url_rule("/bi-mat/<token>", "bi-mat", public(lambda token: token))
    with caplog.at_level(logging.INFO, "tannha.access"):
        client.get("/bi-mat/s3cr3t-token?phone=0900000001")
    assert "/bi-mat/<token>" in caplog.text
    assert "s3cr3t-token" not in caplog.text
    assert "0900000001" not in caplog.text


def test_the_access_log_says_by_number_who_was_refused(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    _page(flask_app, "/dieu", staff(Role.COORDINATOR)(lambda: "plans"))
    account = make_staff(session, Role.COURIER)
    sign_in(account)
    with caplog.at_level(logging.INFO, "tannha.access"):
        assert client.get("/dieu").status_code == 403
        client.get("/")
        client.get("/api/v1/units", headers={"Authorization": "Bearer nobody"})
    refused, seen, unknown = caplog.messages
    assert refused.startswith("GET /dieu 403 ")
    assert refused.endswith(f" staff:{account.id}")
    assert unknown.endswith(" -")
    assert account.username not in caplog.text
    assert seen.startswith("GET / 200 ")


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/x/\r\nX:1", "/\t/evil.example", "evil", None, ""],
)
def test_after_signing_in_nobody_is_sent_elsewhere(target: str | None) -> None:
    assert safe_next(target, "/home") == "/home"


def test_health_says_ok(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["database"] == "ok"


class Down:
    """A database that does not answer."""

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        raise OperationalError("select 1", None, Exception("down"))


def test_without_a_database_a_page_and_health_still_say_so(settings: Settings) -> None:
    app = create_app(replace(settings, environment="development"), database=Down(), clock=Clock(fixed=NOW))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["staff"], cookie["epoch"] = 1, 0
    answer = browser.get("/thu-tuc/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Xin đợi ít giây rồi thử lại" in answer.text
    assert [browser.get(f"/{check}").status_code for check in ("livez", "readyz", "healthz")] == [200, 503, 503]


def test_a_late_queue_is_told_and_takes_no_web_server_out(client: FlaskClient, session: UnitOfWork) -> None:
    waits = "insert into procrastinate_jobs (queue_name, task_name, scheduled_at) values ('sys', 'x', now() - interval '1 hour')"
    session.execute(text(waits))
    assert [client.get(f"/{check}").status_code for check in ("livez", "readyz", "healthz")] == [200, 200, 503]


def test_a_full_disk_is_told_and_takes_no_web_server_out(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 2**62)
    assert client.get("/healthz").json["disk"] == "full"  # type: ignore[index]  # the answer is JSON
    assert [client.get(f"/{check}").status_code for check in ("readyz", "healthz")] == [200, 503]


def failing(settings: Settings, session: UnitOfWork, words: str) -> FlaskClient:
    """A browser of an installation with settings such as these, one of whose pages fails with these words."""
    app = create_app(settings, database=OuterTransaction(session), clock=Clock(fixed=NOW))

    def fail() -> str:
        raise ValueError(words)

    app.add_url_rule("/hong", "hong", public(fail))
    return app.test_client()


def test_a_failure_is_logged_by_type_and_place_never_by_what_was_typed(
    settings: Settings, session: UnitOfWork, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing(replace(settings, environment="production"), session, "0900000001").get("/hong")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "ValueError" in caplog.text
    assert "0900000001" not in caplog.text + answer.text
    assert "Traceback" not in caplog.text + answer.text


def test_in_development_a_failure_shows_its_traceback_on_the_terminal_and_on_the_page(
    settings: Settings, session: UnitOfWork, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing(replace(settings, environment="development"), session, "a nail in the tyre").get("/hong")
    assert answer.status_code == 500
    for told in (caplog.text, answer.text):
        assert "Traceback (most recent call last)" in told
        assert "in fail\n" in told
        assert "ValueError: a nail in the tyre" in told


def test_the_banner_of_a_demonstration_shows_the_shifted_time(client: FlaskClient) -> None:
    assert "09:00, Thứ Hai, 30/11/2026" in client.get("/dang-nhap").text
