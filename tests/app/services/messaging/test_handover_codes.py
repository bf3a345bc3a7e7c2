from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.clock import end_of_day
from app.config import Keys
from app.domain.errand import ErrandKind, ProofKind
from app.domain.errors import DomainError
from app.models import Errand, HandoverCode
from app.services.messaging.handover_codes import TRIES, check_digits, confirm, issue, reveal
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, NOW, make_errand

OTHER_PEPPER = Keys(web="w", pepper=b"q" * 32, signing=b"s" * 32, phones=b"k" * 32, files=b"f" * 32, secrets=b"e" * 32)


@pytest.fixture
def errand(session: Session) -> Errand:
    return make_errand(session, kind=ErrandKind.DELIVER)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_citizens_code_is_confirmed(session: UnitOfWork, errand: Errand) -> None:
    code = issue(session, errand, ProofKind.CODE, NOW, KEYS)
    assert len(code) == 6
    assert code.isdigit()
    assert confirm(session, errand.id, f"{code[:3]} {code[3:]}", NOW, KEYS)
    assert session.get_one(HandoverCode, errand.id).confirmed_at == NOW


def test_another_code_is_not(session: UnitOfWork, errand: Errand) -> None:
    assert not confirm(session, errand.id, other(issue(session, errand, ProofKind.CODE, NOW, KEYS)), NOW, KEYS)


def test_a_second_print_is_the_same_code(session: Session, errand: Errand) -> None:
    assert issue(session, errand, ProofKind.SLIP, NOW, KEYS) == issue(session, errand, ProofKind.SLIP, NOW, KEYS)


def test_the_sixth_try_is_refused_even_if_right(session: UnitOfWork, errand: Errand) -> None:
    code = issue(session, errand, ProofKind.CODE, NOW, KEYS)
    for _ in range(TRIES):
        confirm(session, errand.id, other(code), NOW, KEYS)
    assert not confirm(session, errand.id, code, NOW, KEYS)


def test_after_five_wrong_tries_a_new_code_can_be_issued(session: UnitOfWork, errand: Errand) -> None:
    old = issue(session, errand, ProofKind.CODE, NOW, KEYS)
    for _ in range(TRIES):
        confirm(session, errand.id, other(old), NOW, KEYS)
    assert confirm(session, errand.id, issue(session, errand, ProofKind.CODE, NOW, KEYS), NOW, KEYS)


def test_a_code_lives_to_the_end_of_the_visits_day(session: UnitOfWork, errand: Errand) -> None:
    code = issue(session, errand, ProofKind.CODE, NOW, KEYS)
    assert confirm(session, errand.id, code, end_of_day(DAY) - timedelta(seconds=1), KEYS)
    assert not confirm(session, errand.id, code, end_of_day(DAY), KEYS)


def test_a_slip_lives_until_the_result_comes(session: UnitOfWork, errand: Errand) -> None:
    code = issue(session, errand, ProofKind.SLIP, NOW, KEYS)
    assert confirm(session, errand.id, code, NOW + timedelta(days=90), KEYS)


def test_an_ended_code_is_replaced_by_another(session: Session, errand: Errand) -> None:
    issue(session, errand, ProofKind.CODE, NOW, KEYS)
    first = session.get_one(HandoverCode, errand.id)
    salt = first.salt
    issue(session, errand, ProofKind.CODE, end_of_day(DAY), KEYS)
    assert first.salt != salt


def test_a_stolen_database_tells_nobody_a_code(session: UnitOfWork, errand: Errand) -> None:
    code = issue(session, errand, ProofKind.CODE, NOW, KEYS)
    row = session.get_one(HandoverCode, errand.id)
    assert code not in f"{row.mac} {row.salt} {row.check_digits}"
    assert reveal(row, OTHER_PEPPER) != code
    assert not confirm(session, errand.id, code, NOW, OTHER_PEPPER)


def test_the_phone_catches_a_typo_with_two_digits(session: Session, errand: Errand) -> None:
    code = issue(session, errand, ProofKind.CODE, NOW, KEYS)
    row = session.get_one(HandoverCode, errand.id)
    assert check_digits(row.salt, code) == row.check_digits


@given(st.integers(0, 999_999), st.text("0123456789abcdef", min_size=8, max_size=8))
def test_check_digits_are_two(number: int, salt: str) -> None:
    assert check_digits(salt, f"{number:06d}").isdigit()
    assert len(check_digits(salt, f"{number:06d}")) == 2


def test_nearly_all_typos_are_caught() -> None:
    salt, right = "5a17", check_digits("5a17", "482913")
    same = sum(check_digits(salt, f"{number:06d}") == right for number in range(5_000))
    assert same < 5_000 * 0.02


def test_without_a_code_the_way_out_is_named(session: UnitOfWork) -> None:
    with pytest.raises(DomainError, match="handover_code_missing"):
        confirm(session, uuid4(), "123456", NOW, KEYS)
