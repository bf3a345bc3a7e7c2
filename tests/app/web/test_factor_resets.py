"""A lost second factor is taken off by an administrator, with a reason; never by who has just given the password."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import AuditEvent, StaffAccount
from app.queries.attention import tasks
from app.queries.custody.apart import APART, factor_removed, reset_lately
from app.services.staff import factor_resets, resets, second_factor
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.factories import KEYS, NOW, TODAY, make_office, make_staff

SECRET = pyotp.random_base32()


@pytest.fixture
def admin(session: UnitOfWork) -> StaffAccount:
    return make_staff(session, Role.ADMIN)


@pytest.fixture
def enrolled(session: UnitOfWork) -> StaffAccount:
    account = make_staff(session, Role.OFFICE_MANAGER, office=make_office(session))
    second_factor.enrol(session, account, SECRET, pyotp.TOTP(SECRET).at(NOW), NOW, KEYS)
    return account


def asked(client: FlaskClient, account: StaffAccount, reason: str = "phone_lost") -> TestResponse:
    return client.post(f"/tai-khoan/nguoi-dung/{account.id}/buoc-hai", data={"reason": reason})


def refusal_of(act: object) -> str:
    assert callable(act)
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.code


def test_it_goes_with_its_sessions_and_its_reason_stays(
    client: FlaskClient, session: UnitOfWork, admin: StaffAccount, enrolled: StaffAccount, sign_in: SignIn
) -> None:
    sign_in(admin)
    assert "Vì sao gỡ" in unescape(client.get(f"/tai-khoan/nguoi-dung/{enrolled.id}/buoc-hai").text)
    epoch = enrolled.session_epoch
    assert asked(client, enrolled).status_code == 303
    assert (second_factor.is_enrolled(session, enrolled), enrolled.session_epoch) == (False, epoch + 1)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "remove_factor")).one()
    assert (event.actor, event.object_id, event.detail) == (
        f"staff:{admin.id}",
        str(enrolled.id),
        {"reason": "phone_lost"},
    )


def test_without_a_reason_nothing_is_taken_off(
    client: FlaskClient, session: UnitOfWork, admin: StaffAccount, enrolled: StaffAccount, sign_in: SignIn
) -> None:
    sign_in(admin)
    answer = asked(client, enrolled, "")
    assert (answer.status_code, "Chưa chọn vì sao" in unescape(answer.text)) == (422, True)
    assert second_factor.is_enrolled(session, enrolled)


@pytest.mark.parametrize("role", [Role.OFFICE_MANAGER, Role.COORDINATOR])
def test_nobody_else_takes_one_off(
    client: FlaskClient, session: UnitOfWork, enrolled: StaffAccount, sign_in: SignIn, role: Role
) -> None:
    sign_in(make_staff(session, role, office=enrolled.office))
    assert asked(client, enrolled).status_code in {403, 404}
    assert second_factor.is_enrolled(session, enrolled)


def test_not_ones_own_nor_that_of_another_office(
    session: UnitOfWork, admin: StaffAccount, enrolled: StaffAccount
) -> None:
    elsewhere = make_staff(session, Role.ADMIN, office=make_office(session))
    assert not factor_resets.may_take_off(admin, admin)
    assert not factor_resets.may_take_off(elsewhere, enrolled)
    assert factor_resets.may_take_off(admin, enrolled)


def test_password_and_second_factor_are_reset_by_two(
    session: UnitOfWork, admin: StaffAccount, enrolled: StaffAccount
) -> None:
    other = make_staff(session, Role.ADMIN)
    resets.make(session, enrolled, admin, NOW, KEYS)
    assert refusal_of(lambda: factor_resets.take_off(session, enrolled, "phone_lost", admin, NOW)) == "reset_by_two"
    factor_resets.take_off(session, enrolled, "phone_lost", other, NOW)
    assert refusal_of(lambda: resets.make(session, enrolled, other, NOW, KEYS)) == "reset_by_two"
    resets.make(session, enrolled, other, NOW + APART, KEYS)


def test_the_two_do_not_sign_beside_each_other_for_a_day(
    session: Session, admin: StaffAccount, enrolled: StaffAccount
) -> None:
    factor_resets.take_off(session, enrolled, "seen", admin, NOW)
    session.flush()
    assert reset_lately(session, admin.id, enrolled.id, NOW + timedelta(hours=23))
    assert reset_lately(session, enrolled.id, admin.id, NOW + timedelta(hours=23))
    assert not reset_lately(session, enrolled.id, admin.id, NOW + APART)
    assert not reset_lately(session, enrolled.id, make_staff(session, Role.COUNTER).id, NOW)


def test_coordinators_are_told_for_a_day(session: Session, admin: StaffAccount, enrolled: StaffAccount) -> None:
    factor_resets.take_off(session, enrolled, "phone_lost", admin, NOW)
    session.flush()
    told = [
        [task.reference for task in tasks(session, TODAY, at) if task.kind == "factor_removed"]
        for at in (NOW, NOW + APART)
    ]
    assert told == [[enrolled.username], []]


def test_there_must_be_one(session: Session, admin: StaffAccount) -> None:
    bare = make_staff(session, Role.COORDINATOR)
    assert refusal_of(lambda: factor_resets.take_off(session, bare, "card_lost", admin, NOW)) == "factor_not_enrolled"
    assert factor_removed(session, bare.id) is None
