"""Passwords are compared in lanes, outside transactions; whoever guesses slows himself."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from sqlalchemy import func, select

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import AuditEvent, KnownDevice, SignInTry, StaffAccount
from app.services.staff import access, passwords, sign_in
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW, make_staff
from tests.factories.sign_in import sign_in_staff

NAME, PASSWORD, WRONG = "quay.thu", "mật khẩu thử nghiệm", "wrong password"
OWN = "token of the own browser"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def account(session: UnitOfWork, password_hash: str) -> StaffAccount:
    return make_staff(session, Role.COUNTER, username=NAME, password_hash=password_hash)


def tried(session: UnitOfWork, password: str, after: timedelta = timedelta(), **where: str) -> StaffAccount | str:
    found = sign_in_staff(session, where.pop("username", NAME), password, NOW + after, **where)
    assert isinstance(found, StaffAccount) or explain(found)
    return found.code if isinstance(found, DomainError) else found


def guessed(session: UnitOfWork, times: int, **where: str) -> list[StaffAccount | str]:
    return [tried(session, WRONG, timedelta(), **where) for _ in range(times)]


def test_the_right_password_signs_in_and_is_written_down(session: UnitOfWork, account: StaffAccount) -> None:
    assert tried(session, PASSWORD) is account
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "sign_in")).one()
    assert event.actor == f"staff:{account.id}"


def test_who_guesses_has_to_wait_longer_and_longer(session: UnitOfWork, account: StaffAccount) -> None:
    assert guessed(session, 5) == ["sign_in_refused"] * 4 + ["sign_in_slow"]
    assert tried(session, PASSWORD) == "sign_in_slow"
    assert tried(session, WRONG, sign_in.FIRST_WAIT) == "sign_in_slow"
    assert tried(session, PASSWORD, sign_in.FIRST_WAIT * 2) == "sign_in_slow"
    assert tried(session, PASSWORD, sign_in.FIRST_WAIT * 3) is account


def test_strangers_in_any_number_lock_nobody_out(session: UnitOfWork, account: StaffAccount) -> None:
    """200 addresses, each as often as it may: the owner comes in from another address and from the own browser."""
    sign_in.note_known(session, account, OWN, NOW, KEYS)
    for number in range(200):
        guessed(session, 5, address=f"198.51.100.{number}")
    assert tried(session, PASSWORD, address="192.0.2.7") is account
    assert tried(session, PASSWORD, address="198.51.100.1") == "sign_in_slow"
    assert tried(session, PASSWORD, address="198.51.100.1", browser=OWN) is account


def test_a_known_browser_is_slowed_by_its_own_tries(session: UnitOfWork, account: StaffAccount) -> None:
    sign_in.note_known(session, account, OWN, NOW, KEYS)
    assert guessed(session, 5, browser=OWN)[-1] == "sign_in_slow"
    assert tried(session, PASSWORD, browser=OWN) == "sign_in_slow"


def test_a_browser_is_known_to_the_account_that_used_it_only(session: UnitOfWork, account: StaffAccount) -> None:
    sign_in.note_known(session, make_staff(session), OWN, NOW, KEYS)
    guessed(session, 5, browser=OWN)
    assert tried(session, PASSWORD, browser=OWN) == "sign_in_slow"


def test_an_unknown_name_is_answered_like_a_known_one_to_the_last_try(
    session: UnitOfWork, account: StaffAccount
) -> None:
    assert guessed(session, 7, username="nobody") == guessed(session, 7)


def test_an_unknown_name_waits_as_long_as_a_hash_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords._LANES.strange, "took_s", 0.2)
    began = time.perf_counter()
    assert not passwords.matches(None, WRONG, known=False)
    assert time.perf_counter() - began >= 0.2


def test_an_unknown_name_is_not_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And neither is a megabyte, nor an account that no password opens."""
    monkeypatch.setattr(passwords, "_HASHER", None)
    assert not passwords.matches(None, WRONG, known=False)
    assert not passwords.matches("$argon2id$", "x" * 201, known=False)
    assert not passwords.matches(passwords.NO_PASSWORD, "!", known=True)


def test_strangers_fill_their_own_lane_and_the_known_ones_go_past(password_hash: str) -> None:
    with passwords._LANES.strange.entered():
        inside = passwords._LANES.strange.inside
        assert inside.acquire(blocking=False)
        with pytest.raises(DomainError, match="sign_in_busy"):
            passwords.matches(password_hash, PASSWORD, known=False)
        assert passwords.matches(password_hash, PASSWORD, known=True)
        inside.release()
    assert passwords.matches(password_hash, PASSWORD, known=False)


def test_137_phones_come_through_their_lane_while_strangers_hammer_theirs(password_hash: str) -> None:
    """A full lane answers at once, and the phone asks again a moment later."""
    over = Event()

    def hammer() -> None:
        while not over.is_set():
            with suppress(DomainError):
                passwords.matches(password_hash, WRONG, known=False)

    def come_in() -> bool:
        while True:
            with suppress(DomainError):
                return passwords.matches(password_hash, PASSWORD, known=True)
            Event().wait(0.01)

    began = time.perf_counter()
    with ThreadPoolExecutor(12) as pool:
        for _ in range(4):
            pool.submit(hammer)
        entered = [pool.submit(come_in) for _ in range(137)]
        assert all(one.result() for one in entered)
        over.set()
    assert time.perf_counter() - began < 60


def test_a_right_password_forgets_the_wrong_ones(session: UnitOfWork, account: StaffAccount) -> None:
    guessed(session, 4)
    tried(session, PASSWORD)
    assert session.scalar(select(func.count()).select_from(SignInTry)) == 0


def test_a_password_changed_while_it_was_compared_counts_as_wrong(session: UnitOfWork, account: StaffAccount) -> None:
    attempt = sign_in.SignInAttempt(NAME, PASSWORD, "192.0.2.1", NOW)
    who = sign_in.look(session, attempt, KEYS)
    access.set_password(session, account, passwords.hash_password("một mật khẩu khác"), "staff:1", NOW)
    found = sign_in.settle(session, attempt, who, right=True)
    assert isinstance(found, DomainError)


def test_an_account_switched_off_stays_out(session: UnitOfWork, account: StaffAccount) -> None:
    account.active = False
    assert tried(session, PASSWORD) == "sign_in_refused"


def test_an_account_without_a_password_stays_out(session: UnitOfWork) -> None:
    make_staff(session, Role.COUNTER, username=NAME)
    assert tried(session, "!") == "sign_in_refused"


def test_a_new_password_ends_every_session(session: UnitOfWork, account: StaffAccount) -> None:
    access.set_password(session, account, passwords.hash_password("mật khẩu mới tinh"), "staff:1", NOW)
    assert account.session_epoch == 1
    assert tried(session, PASSWORD) == "sign_in_refused"
    assert tried(session, "mật khẩu mới tinh") is account


def test_names_and_addresses_are_not_kept(session: UnitOfWork, account: StaffAccount) -> None:
    guessed(session, 1)
    sign_in.note_known(session, account, OWN, NOW, KEYS)
    kept = [str(vars(row)) for row in (*session.scalars(select(SignInTry)), *session.scalars(select(KnownDevice)))]
    assert not any(secret in row for row in kept for secret in (NAME, "192.0.2.1", OWN))


def test_what_counts_no_more_is_deleted(session: UnitOfWork, account: StaffAccount) -> None:
    guessed(session, 1)
    sign_in.note_known(session, account, OWN, NOW, KEYS)
    sign_in.forget(session, NOW + sign_in.STAYS_KNOWN + timedelta(days=1))
    assert [session.scalar(select(func.count()).select_from(table)) for table in (SignInTry, KnownDevice)] == [0, 0]


def test_the_password_is_argon2_of_at_least_what_owasp_asks_for(real_hasher: PasswordHasher) -> None:
    """19 MiB, two passes: OWASP Password Storage Cheat Sheet."""
    kept = extract_parameters(real_hasher.hash(PASSWORD))
    assert kept.type is Type.ID
    assert (kept.memory_cost >= 19 * 1024, kept.time_cost >= 2, kept.salt_len >= 16) == (True, True, True)
