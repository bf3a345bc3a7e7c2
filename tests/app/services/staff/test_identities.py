"""What the province says of somebody is taken over at every sign-in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.domain.commands import SignInByClaims
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import StaffAccount
from app.services.staff.identities import sign_in_by_claims
from tests.factories import NOW
from tests.factories.office import make_desk, make_office
from tests.factories.sign_in import sign_in_staff

CLERK = SignInByClaims("https://id.example|1", "Nguyễn Văn Thử", Role.DESK_CLERK, "MC-1", None, NOW)


@pytest.fixture
def clerk(session: Session) -> StaffAccount:
    make_desk(session, code="MC-1")
    account = sign_in_by_claims(session, CLERK)
    assert isinstance(account, StaffAccount)
    return account


def refusal(session: Session, command: SignInByClaims) -> str:
    found = sign_in_by_claims(session, command)
    assert isinstance(found, DomainError)
    return found.code


def test_the_same_claims_leave_running_sessions_alone(session: Session, clerk: StaffAccount) -> None:
    assert sign_in_by_claims(session, CLERK) is clerk
    assert clerk.session_epoch == 0


def test_another_role_is_taken_over_and_ends_the_sessions_of_the_old_one(session: Session, clerk: StaffAccount) -> None:
    office = make_office(session, code="BC-1")
    sign_in_by_claims(session, replace(CLERK, role=Role.COUNTER, office="BC-1"))
    assert (clerk.role, clerk.office, clerk.desk) == (Role.COUNTER, office, None)
    assert clerk.session_epoch == 1


def test_a_role_that_was_taken_away_ends_access_until_it_comes_back(session: Session, clerk: StaffAccount) -> None:
    assert refusal(session, replace(CLERK, role=None)) == "identity_without_role"
    assert clerk.session_epoch == 1
    assert sign_in_by_claims(session, CLERK) is clerk


def test_a_closed_account_is_refused_whatever_is_claimed(session: Session, clerk: StaffAccount) -> None:
    clerk.active = False
    session.flush()
    assert refusal(session, CLERK) == "identity_closed"


@pytest.mark.parametrize(
    "claims",
    [
        {"desk": None},
        {"desk": "nowhere"},
        {"role": Role.COUNTER, "office": None},
        {"role": Role.OFFICE_MANAGER, "office": "nowhere"},
        {"role": Role.COORDINATOR, "office": "nowhere"},  # a wrong office must not open all of them
    ],
)
def test_a_role_without_its_place_opens_nothing(
    session: Session, clerk: StaffAccount, claims: dict[str, object]
) -> None:
    assert refusal(session, replace(CLERK, **claims)) == "identity_place_unknown"  # type: ignore[arg-type]  # by name
    assert clerk.session_epoch == 1


def test_a_coordinator_without_an_office_sees_the_province(session: Session) -> None:
    account = sign_in_by_claims(session, replace(CLERK, role=Role.COORDINATOR, desk=None))
    assert isinstance(account, StaffAccount)
    assert (account.office_id, account.desk_id) == (None, None)


def test_no_password_opens_an_account_of_the_province(session: Session, clerk: StaffAccount) -> None:
    for guess in ("", clerk.username, "mat-khau-thu-01"):
        assert isinstance(sign_in_staff(session, clerk.username, guess, NOW), DomainError)
