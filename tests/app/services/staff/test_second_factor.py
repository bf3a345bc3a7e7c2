"""Authenticator, printed card, recovery codes: each code works once, and nothing of them can be read at rest."""

from __future__ import annotations

from datetime import date, timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import SecondFactorCode, StaffAccount
from app.services.staff import second_factor, sign_in
from app.services.staff.second_factor import FactorPolicy
from tests.factories import KEYS, NOW, make_staff

SECRET = pyotp.random_base32()
STEP = timedelta(seconds=second_factor.STEP_S)
TODAY = date(2026, 11, 30)


@pytest.fixture
def account(session: Session) -> StaffAccount:
    return make_staff(session, Role.COORDINATOR)


def shown(after: timedelta = timedelta()) -> str:
    return pyotp.TOTP(SECRET).at(NOW + after)


def given(session: Session, account: StaffAccount, code: str, after: timedelta = timedelta()) -> bool:
    return second_factor.check(session, account, code, NOW + after, KEYS)


def enrolled(session: Session, account: StaffAccount) -> list[str]:
    return second_factor.enrol(session, account, SECRET, shown(), NOW, KEYS)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OFFICE_MANAGER, Role.COORDINATOR])
def test_it_is_asked_of_those_who_see_and_decide_most(session: Session, role: Role) -> None:
    assert FactorPolicy(on=True, everybody_from=None).asks(make_staff(session, role), TODAY, enrolled=False)
    assert not FactorPolicy(on=False, everybody_from=None).asks(make_staff(session, role), TODAY, enrolled=True)


def test_it_is_asked_of_clerks_from_the_day_that_the_settings_name(session: Session) -> None:
    clerk, courier = make_staff(session, Role.DESK_CLERK), make_staff(session, Role.COURIER)
    policy = FactorPolicy(on=True, everybody_from=TODAY)
    assert [policy.asks(clerk, TODAY - timedelta(days=n), enrolled=False) for n in (0, 1)] == [True, False]
    assert policy.asks(clerk, TODAY - timedelta(days=1), enrolled=True)
    assert not policy.asks(courier, TODAY, enrolled=False)


def test_the_code_of_the_moment_is_right_once(session: Session, account: StaffAccount) -> None:
    enrolled(session, account)
    assert not given(session, account, shown())  # it was used to enrol
    assert given(session, account, shown(STEP), STEP)
    assert not given(session, account, shown(STEP), STEP)
    assert not given(session, account, shown(), STEP)


def test_a_clock_may_be_half_a_minute_off_and_no_more(session: Session, account: StaffAccount) -> None:
    enrolled(session, account)
    assert not given(session, account, shown(STEP * 4), STEP * 2)
    assert given(session, account, shown(STEP * 3), STEP * 2)


def test_a_wrong_first_code_enrols_nobody(session: Session, account: StaffAccount) -> None:
    with pytest.raises(DomainError, match="factor_wrong"):
        second_factor.enrol(session, account, SECRET, "12345", NOW, KEYS)
    assert not second_factor.is_enrolled(session, account)


def test_a_recovery_code_works_once(session: Session, account: StaffAccount) -> None:
    codes = enrolled(session, account)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert given(session, account, codes[3].lower())
    assert not given(session, account, codes[3])
    assert given(session, account, codes[0])


def test_a_card_is_used_line_by_line(session: Session, account: StaffAccount) -> None:
    codes = second_factor.print_card(session, account, NOW, KEYS)
    assert not second_factor.is_enrolled(session, account)
    assert not given(session, account, codes[1])
    assert given(session, account, codes[0])
    assert second_factor.is_enrolled(session, account)
    assert second_factor.next_on_card(session, account) == 2
    assert given(session, account, codes[1])


def test_a_new_card_ends_the_one_before(session: Session, account: StaffAccount) -> None:
    (first, *_), (second, *_) = [second_factor.print_card(session, account, NOW, KEYS) for _ in "ab"]
    assert (given(session, account, first), given(session, account, second)) == (False, True)


def test_another_account_s_codes_are_worth_nothing(session: Session, account: StaffAccount) -> None:
    codes = second_factor.print_card(session, make_staff(session), NOW, KEYS)
    second_factor.print_card(session, account, NOW, KEYS)
    assert not given(session, account, codes[0])


def test_guessing_is_slowed_and_the_known_browser_apart(session: Session, account: StaffAccount) -> None:
    sign_in.note_known(session, account, "own", NOW, KEYS)
    for browser in (None, "own"):
        attempt = sign_in.SignInAttempt(account.username, "", "192.0.2.1", NOW, browser)
        for _ in range(5):
            who = sign_in.look_at_factor(session, account, attempt, KEYS)
            refusal = sign_in.settle_factor(session, attempt, who, right=False)
        assert refusal is not None
        assert (refusal.code, refusal.field) == ("sign_in_slow", "code")
        with pytest.raises(DomainError, match="sign_in_slow"):
            sign_in.look_at_factor(session, account, attempt, KEYS)


def test_it_is_given_once_a_day_on_a_known_machine(session: Session, account: StaffAccount) -> None:
    sign_in.note_known(session, account, "own", NOW, KEYS)
    assert not second_factor.proved_today(session, account, "own", NOW, KEYS)
    sign_in.note_known(session, account, "own", NOW, KEYS, proved=True)
    sign_in.note_known(session, account, "own", NOW + STEP, KEYS)
    asked = [("own", timedelta(hours=5)), ("other", timedelta(hours=5)), ("own", timedelta(hours=20))]
    assert [second_factor.proved_today(session, account, who, NOW + later, KEYS) for who, later in asked] == [
        True,
        False,
        False,
    ]


def test_removing_it_forgets_all_of_it_and_ends_sessions(session: Session, account: StaffAccount) -> None:
    codes = enrolled(session, account)
    sign_in.note_known(session, account, "own", NOW, KEYS, proved=True)
    second_factor.remove(session, account, "system", NOW)
    assert not second_factor.is_enrolled(session, account)
    assert not given(session, account, codes[0])
    assert not second_factor.proved_today(session, account, "own", NOW, KEYS)
    assert account.session_epoch == 1


def test_neither_secret_nor_codes_can_be_read_at_rest(session: Session, account: StaffAccount) -> None:
    codes = enrolled(session, account)
    kept = str(account.totp_closed) + str([vars(row) for row in session.scalars(select(SecondFactorCode))])
    assert SECRET not in kept
    assert not any(code.replace(" ", "") in kept for code in codes)
