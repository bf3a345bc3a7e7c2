"""An administrator changes one office or desk by a form: the rules are those of a line of the file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import Clock, at
from app.domain.identity import Role
from app.models import AuditEvent, PlanOffice
from app.services.reference.told_places import tell_place
from app.unit_of_work import UnitOfWork
from app.web.session import init_context
from tests.app.web.conftest import SignIn
from tests.factories import DAY, NOW, TODAY, make_desk, make_office, make_staff
from tests.factories.planning import make_plan

PAGES = "/tai-khoan/noi-lam-viec"


@pytest.fixture
def as_admin(session: UnitOfWork, sign_in: SignIn) -> None:
    sign_in(make_staff(session, Role.ADMIN))


@pytest.mark.usefixtures("as_admin")
def test_a_form_tells_what_was_changed_and_leaves_the_rest(client: FlaskClient, session: UnitOfWork) -> None:
    office = make_office(session, phone="0269111222", opening_hours="7:00–11:00")
    before = (office.lon, office.lat, office.position_provisional)
    page = f"{PAGES}/{office.code}"
    assert "0269111222" in client.get(page).text
    given = {"name": "Bưu cục Chính Thức", "phone": "", "duty_phone": "0269 3 824 000", "lon": str(office.lon)}
    answer = client.post(page, data=given, follow_redirects=True)
    assert "Bưu cục Chính Thức: đã lưu." in answer.text
    session.refresh(office)
    assert (office.name, office.phone, office.duty_phone) == ("Bưu cục Chính Thức", None, "02693824000")
    assert office.opening_hours == "7:00–11:00"
    assert (office.lon, office.lat, office.position_provisional) == before
    assert (office.told_at, office.position_told_at) == (NOW, None)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "place.changed")).one()
    assert event.detail == {"fields": ["name", "phone", "duty_phone"]}
    assert "không có gì đổi" in client.post(page, data={}, follow_redirects=True).text


@pytest.mark.usefixtures("as_admin")
def test_a_position_is_told_by_moving_it_or_by_saying_that_it_is_right(
    client: FlaskClient, session: UnitOfWork
) -> None:
    moved, checked = make_desk(session, position_provisional=True), make_desk(session, position_provisional=True)
    client.post(f"{PAGES}/{moved.code}", data={"lon": "108,05"})
    client.post(f"{PAGES}/{checked.code}", data={"position_checked": "1"})
    session.expire_all()
    assert (moved.lon, moved.position_told_at, moved.position_provisional) == (108.05, NOW, False)
    assert (checked.position_told_at, checked.position_provisional) == (NOW, False)


@pytest.mark.usefixtures("as_admin")
@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", ""), ("name", "x" * 201), ("phone", "12"), ("lat", "108"), ("lon", ""), ("dossier_prefix", "thử")],
)
def test_what_a_file_may_not_say_a_form_may_not(
    client: FlaskClient, session: UnitOfWork, field: str, typed: str
) -> None:
    desk = make_desk(session)
    answer = client.post(f"{PAGES}/{desk.code}", data={"address": "12 Lê Lợi", field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "12 Lê Lợi" in answer.text  # what else was typed is kept
    session.refresh(desk)
    assert desk.told_at is None


@pytest.mark.usefixtures("as_admin")
def test_whoever_saves_second_is_told_what_the_first_wrote_and_keeps_what_he_typed(
    client: FlaskClient, session: UnitOfWork
) -> None:
    desk = make_desk(session, phone="0269111222", opening_hours="7:00–11:00")
    first = make_staff(session, Role.ADMIN)
    page = f"{PAGES}/{desk.code}"
    seen = dict(re.findall(r'name="(was_\w+)" value="([^"]*)"', client.get(page).text))
    tell_place(session, desk.code, {"phone": "0269333444", "address": "9 Lê Lợi"}, f"staff:{first.id}", NOW)
    typed = {"phone": "0269555666", "opening_hours": "7:30–11:30", "address": seen["was_address"]}
    answer = client.post(page, data={**seen, **typed})
    assert answer.status_code == 422
    for said in ("0269333444", first.name, "0269555666", "7:30–11:30"):
        assert said in answer.text
    session.refresh(desk)
    assert (desk.phone, desk.opening_hours) == ("0269333444", "7:00–11:00")
    seen = dict(re.findall(r'name="(was_\w+)" value="([^"]*)"', answer.text))
    shown = re.search(r'name="address"[^>]*value="([^"]*)"', answer.text)
    assert shown is not None
    client.post(page, data={**seen, **typed, "address": shown[1]})
    session.refresh(desk)
    assert (desk.phone, desk.opening_hours, desk.address) == ("0269555666", "7:30–11:30", "9 Lê Lợi")


@pytest.mark.usefixtures("as_admin")
def test_a_place_is_closed_and_opened_again_on_its_page(client: FlaskClient, session: UnitOfWork) -> None:
    desk, heir = make_desk(session), make_desk(session)
    page = f"{PAGES}/{desk.code}"
    assert f"{page}/dong" in client.get(page).text
    assert heir.name in client.get(f"{page}/dong").text
    closed = client.post(f"{page}/dong", data={"taken_over_by": heir.code}, follow_redirects=True).text
    assert f"Nơi tiếp nhận thay: {heir.name}." in closed
    assert "đã đóng" in client.get(PAGES).text
    assert f"{page}/dong" not in closed
    assert "Đã mở lại." in client.post(f"{page}/mo-lai", follow_redirects=True).text
    session.refresh(desk)
    assert desk.closed_at is None


@pytest.mark.usefixtures("as_admin")
def test_what_is_under_way_is_named_with_who_ends_it_and_where(client: FlaskClient, session: UnitOfWork) -> None:
    office = make_office(session)
    make_staff(session, Role.COUNTER, office=office)
    page = f"{PAGES}/{office.code}/dong"
    shown = client.get(page).text
    assert "1 tài khoản đang làm ở đây" in shown
    assert f"/tai-khoan/nguoi-dung?q={office.code}" in shown
    refused = client.post(page, data={})
    assert refused.status_code == 409
    assert "chưa đóng được vì còn: 1 tài khoản đang làm ở đây" in refused.text
    session.refresh(office)
    assert office.closed_at is None


def test_before_seven_in_the_morning_the_plans_of_yesterday_hold_no_office_open(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    """At five in Gia Lai it is still the day before in UTC."""
    here = client.application.extensions["tannha"]
    init_context(client.application, replace(here, clock=Clock(fixed=at(DAY, time(5)).astimezone(UTC))))
    sign_in(make_staff(session, Role.ADMIN))
    office = make_office(session)
    row = session.get_one(PlanOffice, (make_plan(session, TODAY).id, office.id))
    row.published = True
    session.flush()
    page = f"{PAGES}/{office.code}/dong"
    assert "Đóng nơi này" in client.get(page).text
    row.day = DAY
    session.flush()
    assert "1 kế hoạch đã ban hành" in client.get(page).text


@pytest.mark.usefixtures("as_admin")
def test_a_place_is_found_by_its_name_however_accented(client: FlaskClient, session: UnitOfWork) -> None:
    office, other = make_office(session, name="Bưu cục Đắk Đoa"), make_office(session, name="Bưu cục Xa")
    assert PAGES in client.get("/tai-khoan/nguoi-dung").text
    page = client.get(f"{PAGES}?q=dak doa").text
    assert f"{PAGES}/{office.code}" in page
    assert f"{PAGES}/{other.code}" not in page
    assert client.get(f"{PAGES}/KHONG-CO").status_code == 404


def test_places_are_changed_by_an_administrator_of_all_alone(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    office = make_office(session)
    for account in (make_staff(session, Role.ADMIN, office=office), make_staff(session, Role.COORDINATOR)):
        sign_in(account)
        assert client.get(PAGES).status_code == 403
        assert client.get(f"{PAGES}/{office.code}").status_code == 403
        assert client.post(f"{PAGES}/{office.code}", data={"name": "Khác"}).status_code == 403
        assert client.get(f"{PAGES}/{office.code}/dong").status_code == 403
        assert client.post(f"{PAGES}/{office.code}/dong").status_code == 403
        assert client.post(f"{PAGES}/{office.code}/mo-lai").status_code == 403
