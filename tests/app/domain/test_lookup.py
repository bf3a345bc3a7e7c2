"""What is typed at a telephone, as the things it may be."""

from __future__ import annotations

import pytest

from app.domain.lookup import read_sought


@pytest.mark.parametrize("typed", ["TN-WQMXGC", "wqmxgc", "TN WQMXGC", "tnwqmxgc", " tn-wqmxgc "])
def test_a_code_of_ours_is_one_however_it_is_typed(typed: str) -> None:
    assert read_sought(typed).reference == "TN-WQMXGC"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("8106", "8106"),
        ("0900 008 106", "0900008106"),
        ("+84 900 008 106", "0900008106"),
        ("84900008106", "0900008106"),
        ("12", None),
        ("", None),
        ("H21.23.563-261120-00003", None),
    ],
)
def test_digits_are_the_end_of_a_telephone_or_all_of_it(typed: str, digits: str | None) -> None:
    sought = read_sought(typed)
    assert sought.digits == digits
    assert digits is None or sought.words == ()


def test_words_lose_their_accents_and_their_punctuation() -> None:
    assert read_sought("Đặng  Minh, Ví-Dụ 0012").words == ("dang", "minh", "vi", "du", "0012")


def test_codes_of_dossiers_and_envelopes_stay_as_they_are_printed() -> None:
    sought = read_sought("h21.23.563-261120-00003")
    assert sought.code == "H21.23.563-261120-00003"
    assert read_sought("rb 000 000 015 vn").bare == "RB000000015VN"


@pytest.mark.parametrize("typed", ["", "  ", "a", ".", "1", "💥", "\x00", "%", "'"])
def test_next_to_nothing_says_nothing(typed: str) -> None:
    assert not read_sought(typed).says_something
