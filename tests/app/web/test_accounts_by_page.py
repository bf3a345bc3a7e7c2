"""Accounts are opened, given a role and closed by page, by whoever runs them and nobody else."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.custody import Holder
from app.domain.identity import Role
from app.models import Courier, Office, StaffAccount
from app.services.staff.passwords import NO_PASSWORD
from app.unit_of_work import UnitOfWork
from app.web.staff.people import A_PAGE
from tests.app.web.conftest import SignIn
from tests.factories import make_courier, make_desk, make_errand, make_office, make_staff
from tests.factories.planning import make_parcel

NEW, PAGE = "bon con trau gam co", "/tai-khoan/nguoi-dung"
WANTED = {"role": "counter", "name": "Nhân Viên Thử", "username": "quay-moi"}


@pytest.fixture
def office(session: UnitOfWork) -> Office:
    return make_office(session)


@pytest.fixture
def manager(session: UnitOfWork, office: Office, sign_in: SignIn) -> StaffAccount:
    account = make_staff(session, Role.OFFICE_MANAGER, office=office)
    sign_in(account)
    return account


def opened(client: FlaskClient, **given: str) -> TestResponse:
    return client.post(f"{PAGE}/moi", data={**WANTED, **given})


def found(session: UnitOfWork, username: str = WANTED["username"]) -> StaffAccount | None:
    return session.scalar(select(StaffAccount).where(StaffAccount.username == username))


def test_a_newcomer_chooses_the_first_password_by_the_link_and_comes_in(
    client: FlaskClient, session: UnitOfWork, office: Office, manager: StaffAccount
) -> None:
    link = re.search(r"/dat-lai-mat-khau/[\w-]+", opened(client).text)
    account = found(session)
    assert account is not None
    assert (account.office_id, account.role, account.password_hash) == (office.id, Role.COUNTER, NO_PASSWORD)
    assert link is not None
    newcomer = client.application.test_client()
    assert newcomer.post(link.group(), data={"password": NEW, "again": NEW}).status_code == 303
    came = newcomer.post("/dang-nhap", data={"username": account.username, "password": NEW})
    assert came.location == "/buu-cuc/"
    assert newcomer.get("/buu-cuc/").status_code == 200


def test_a_courier_is_hired_with_the_account(
    client: FlaskClient, session: UnitOfWork, office: Office, manager: StaffAccount
) -> None:
    refused = opened(client, role="courier")
    assert refused.status_code == 422
    assert 'id="phone-error"' in refused.text
    assert opened(client, role="courier", phone="0900 000 123").status_code == 200
    assert session.scalars(select(Courier.office_id).where(Courier.name == WANTED["name"])).one() == office.id


@pytest.mark.parametrize("role", ["office_manager", "desk_clerk", "coordinator", "admin", "nobody"])
def test_a_manager_opens_no_account_above_the_counter(
    client: FlaskClient, session: UnitOfWork, manager: StaffAccount, role: str
) -> None:
    assert opened(client, role=role).status_code in {403, 422}
    assert found(session) is None


def test_a_manager_opens_in_the_own_office_whatever_is_sent(
    client: FlaskClient, session: UnitOfWork, office: Office, manager: StaffAccount
) -> None:
    opened(client, office=make_office(session).code)
    account = found(session)
    assert account is not None
    assert account.office_id == office.id


def test_an_administrator_opens_any_and_gives_another_role(
    client: FlaskClient, session: UnitOfWork, office: Office, sign_in: SignIn
) -> None:
    sign_in(make_staff(session, Role.ADMIN))
    desk = make_desk(session)
    assert opened(client, role="desk_clerk", desk=desk.code, username="mot-cua-moi").status_code == 200
    assert opened(client, office=office.code).status_code == 200
    account = found(session)
    assert account is not None
    assert client.post(f"{PAGE}/{account.id}/vai-tro", data={"role": "office_manager"}).status_code == 303
    session.refresh(account)
    assert (account.role, account.session_epoch) == (Role.OFFICE_MANAGER, 1)


@pytest.mark.parametrize(
    ("role", "given"), [(Role.COUNTER, "courier"), (Role.COURIER, "counter"), (Role.COUNTER, "desk_clerk")]
)
def test_a_role_without_what_it_needs_is_not_given(
    client: FlaskClient, session: UnitOfWork, office: Office, sign_in: SignIn, role: Role, given: str
) -> None:
    sign_in(make_staff(session, Role.ADMIN))
    account = make_staff(session, role, office=office)
    assert client.post(f"{PAGE}/{account.id}/vai-tro", data={"role": given}).status_code == 403


def test_a_manager_raises_nobody(
    client: FlaskClient, session: UnitOfWork, office: Office, manager: StaffAccount
) -> None:
    account = make_staff(session, Role.COUNTER, office=office)
    assert client.post(f"{PAGE}/{account.id}/vai-tro", data={"role": "office_manager"}).status_code == 403
    assert client.post(f"{PAGE}/{manager.id}/vai-tro", data={"role": "admin"}).status_code == 403


def test_a_closed_account_is_out_at_once_and_nobody_closes_another_office_s_or_the_own(
    client: FlaskClient, session: UnitOfWork, office: Office, manager: StaffAccount, sign_in: SignIn
) -> None:
    mine, other = (make_staff(session, Role.COUNTER, office=one) for one in (office, make_office(session)))
    answers = [client.post(f"{PAGE}/{one.id}/dong").status_code for one in (mine, other, manager)]
    session.expire_all()
    assert answers == [303, 404, 404]
    assert [one.active for one in (mine, other, manager)] == [False, True, True]


@pytest.mark.parametrize("role", [Role.COURIER, Role.COUNTER, Role.DESK_CLERK, Role.COORDINATOR])
def test_others_open_none(client: FlaskClient, session: UnitOfWork, sign_in: SignIn, role: Role) -> None:
    sign_in(make_staff(session, role))
    assert client.get(f"{PAGE}/moi").status_code == 403
    assert opened(client).status_code == 403


def test_a_province_of_accounts_comes_in_pages_and_by_place(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    office = make_office(session, name="Bưu cục Đak Pơ", code="BC-DAKPO")
    for number in range(A_PAGE + 1):
        make_staff(session, Role.COUNTER, office=make_office(session), username=f"quay-{number:03d}")
    make_staff(session, Role.COUNTER, office=office, username="zz-cuoi")
    sign_in(make_staff(session, Role.ADMIN))
    first = client.get(PAGE).text
    assert "zz-cuoi" not in first
    assert "zz-cuoi" in client.get(f"{PAGE}?trang=2").text
    for asked in ("dak po", "bc-dakpo"):
        found = client.get(f"{PAGE}?q={asked}").text
        assert "zz-cuoi" in found
        assert "quay-000" not in found
    assert "Không có tài khoản nào ở nơi này." in client.get(f"{PAGE}?q=xa la").text


def test_a_courier_with_envelopes_is_answered_on_the_page(
    client: FlaskClient, session: UnitOfWork, office: Office, manager: StaffAccount
) -> None:
    courier = make_courier(session, office=office)
    make_parcel(session, make_errand(session), holder=Holder.COURIER, holder_id=str(courier.id))
    closed = client.post(f"{PAGE}/{courier.staff_account_id}/dong", follow_redirects=True)
    assert closed.status_code == 200
    assert "còn giữ 1 bưu gửi" in closed.text
    assert session.get_one(StaffAccount, courier.staff_account_id).active
