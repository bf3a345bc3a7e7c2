"""What a password may be."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.services.staff.password_rules import check_new, names_of
from tests.factories import make_office, make_staff

NAMES = ("quay.thu", "Trần Thị Thử Nghiệm", "Bưu cục Xã Thử")


def refusal(password: str, *names: str) -> str | None:
    try:
        check_new(password, *names)
    except DomainError as refused:
        return refused.code if refused.field == "password" else f"at {refused.field}"
    return None


@pytest.mark.parametrize(
    "password",
    ["123456789012", "aaaaaaaaaaaaaaa", "password1234", "qwertyuiop12", "matkhau123456", "mật khẩu 1234", "Buudien@2026",
     "anhyeuem123456", "012345678901234"],
)  # fmt: skip
def test_a_common_password_is_refused(password: str) -> None:
    assert refusal(password) == "password_common"


@pytest.mark.parametrize(
    "password",
    ["quay.thu2026", "quaythu123456", "TranThiThuNghiem", "trần thị thử nghiệm", "Nghiệm Thử 1990", "xathuxathu123"],
)
def test_a_password_made_of_the_name_or_the_place_is_refused(password: str) -> None:
    assert refusal(password, *NAMES) == "password_common"


@pytest.mark.parametrize("password", ["mưa rơi ngoài hiên nhà", "bon con trau gam co", "k3fj-9dk-2la-x"])
def test_a_sentence_that_only_its_owner_knows_is_taken(password: str) -> None:
    assert refusal(password, *NAMES) is None


def test_a_short_one_and_an_endless_one_are_refused() -> None:
    assert (refusal("x7#kP2m9Qw!"), refusal("mưa rơi " * 30)) == ("password_too_short", "password_too_long")


def test_two_hundred_letters_are_taken() -> None:
    assert refusal("một câu thật dài mà không ai nghĩ ra " * 5) is None


def test_the_words_are_those_of_the_account(session: Session) -> None:
    office = make_office(session)
    account = make_staff(session, Role.COUNTER, office=office)
    assert names_of(account) == (account.username, account.name, office.name)
