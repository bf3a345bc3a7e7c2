"""A forgotten password: the manager's link, its end, and who may not sign beside whom afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Office, PasswordReset, StaffAccount
from app.queries.attention import tasks
from app.queries.custody.apart import APART
from app.services.staff import resets
from tests.factories import KEYS, NOW, make_desk, make_office, make_staff

LATER = timedelta(minutes=5)


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


@pytest.fixture
def manager(session: Session, office: Office) -> StaffAccount:
    return make_staff(session, Role.OFFICE_MANAGER, office=office)


@pytest.fixture
def counter(session: Session, office: Office) -> StaffAccount:
    return make_staff(session, Role.COUNTER, office=office)


def refused(session: Session, token: str, after: timedelta) -> bool:
    try:
        resets.account_of(session, token, NOW + after, KEYS)
    except DomainError as refusal:
        return refusal.code == "reset_over"
    return False


def test_the_link_sets_a_password_once_and_ends_the_sessions(
    session: Session, manager: StaffAccount, counter: StaffAccount
) -> None:
    token = resets.make(session, counter, manager, NOW, KEYS)
    resets.use(session, token, "new hash", NOW + LATER, KEYS)
    assert (counter.password_hash, counter.session_epoch, counter.must_change_password) == ("new hash", 1, False)
    assert refused(session, token, LATER)


def test_it_ends_by_itself_and_when_another_is_made(
    session: Session, manager: StaffAccount, counter: StaffAccount
) -> None:
    first = resets.make(session, counter, manager, NOW, KEYS)
    second = resets.make(session, counter, manager, NOW + LATER, KEYS)
    assert (refused(session, first, LATER), refused(session, second, LATER)) == (True, False)
    assert refused(session, second, LATER + resets.LIVES)


def test_a_manager_resets_counter_and_couriers_of_the_own_office_only(
    session: Session, office: Office, manager: StaffAccount, counter: StaffAccount
) -> None:
    others = (
        manager,
        make_staff(session, Role.OFFICE_MANAGER, office=office),
        make_staff(session, Role.COORDINATOR, office=office),
        make_staff(session, Role.COUNTER, office=make_office(session)),
        make_staff(session, Role.DESK_CLERK, desk=make_desk(session)),
        make_staff(session, Role.ADMIN),
    )
    assert [resets.may_reset(manager, one) for one in others] == [False] * len(others)
    assert resets.may_reset(manager, counter)
    assert not resets.may_reset(counter, manager)
    with pytest.raises(DomainError, match="not_found"):
        resets.make(session, others[-1], manager, NOW, KEYS)


def test_the_two_cannot_sign_beside_each_other_for_a_day(
    session: Session, manager: StaffAccount, counter: StaffAccount
) -> None:
    resets.check_apart(session, manager.id, counter.id, NOW)
    token = resets.make(session, counter, manager, NOW, KEYS)
    resets.use(session, token, "new hash", NOW + LATER, KEYS)
    for pair in ((manager.id, counter.id), (counter.id, manager.id)):
        with pytest.raises(DomainError, match="reset_lately"):
            resets.check_apart(session, *pair, NOW + APART)
        resets.check_apart(session, *pair, NOW + LATER + APART)
    resets.check_apart(session, counter.id, make_staff(session).id, NOW + LATER)


def test_the_coordinators_are_told_for_a_day_and_the_office_itself_is_not(
    session: Session, office: Office, manager: StaffAccount, counter: StaffAccount
) -> None:
    resets.make(session, counter, manager, NOW, KEYS)

    def told(after: timedelta, office_ids: frozenset[int] | None = None) -> list[tuple[str, str]]:
        found = tasks(session, local_day(NOW), NOW + after, office_ids)
        return [(task.reference, task.office) for task in found if task.kind == "password_reset"]

    assert told(LATER) == [(counter.username, office.name)]
    assert told(LATER, frozenset({office.id})) == []
    assert told(APART) == []


def test_a_closed_account_gets_none(session: Session, manager: StaffAccount, counter: StaffAccount) -> None:
    token = resets.make(session, counter, manager, NOW, KEYS)
    counter.active = False
    session.flush()
    assert refused(session, token, LATER)
    assert not resets.may_reset(manager, counter)


def test_the_token_is_not_kept(session: Session, manager: StaffAccount, counter: StaffAccount) -> None:
    token = resets.make(session, counter, manager, NOW, KEYS)
    assert token not in str(vars(session.scalars(select(PasswordReset)).one()))
