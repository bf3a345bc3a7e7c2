"""Nobody in a demonstration could be anybody."""

from __future__ import annotations

from random import Random

from app.domain.identity import ApplicantKind, parse_phone
from app.services.demo.people import login, person, phone, spoken_password

SAMPLE_WORDS = ("Thử", "Nghiệm", "Mẫu", "Ví Dụ", "Minh Họa", "Thí Dụ")


def test_every_name_says_that_it_is_a_sample_and_is_given_once() -> None:
    random = Random(1)
    people = [person(random, number) for number in range(2000)]

    assert all(any(word in name for word in SAMPLE_WORDS) for _, name in people)
    assert len({name for _, name in people}) == 2000
    assert {kind for kind, _ in people} == set(ApplicantKind)


def test_telephones_are_of_the_invented_range() -> None:
    assert [phone(7), phone(1234)] == ["0900000007", "0900001234"]
    assert parse_phone(phone(99_999)).startswith("09000")


def test_user_names_can_be_typed_on_every_keyboard() -> None:
    assert login("Diên Hồng") == "dienhong"
    assert login("Đak Đoa") == "dakdoa"


def test_the_password_is_the_installation_s_own_and_can_be_read_out() -> None:
    one, other = spoken_password("a secret"), spoken_password("a secret of another house")

    assert one == spoken_password("a secret") != other
    assert len(one) == 12
    assert one.count("-") == 2
