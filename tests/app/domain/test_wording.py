import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.wording import LARGEST, tidy, whole_number


def test_what_is_typed_becomes_one_tidy_line() -> None:
    assert tidy(" Nguyễn\x00Văn\t\n  Thử ") == "Nguyễn Văn Thử"


def test_nothing_stays_nothing() -> None:
    assert tidy(None) == tidy(" \n") == ""


def test_letters_typed_in_pieces_are_the_same_letters() -> None:
    assert tidy(unicodedata.normalize("NFD", "Phường Thử")) == "Phường Thử"


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert "\x00" not in tidy(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), (" 12 ", 12), (str(LARGEST), LARGEST), (str(LARGEST + 1), None), ("9" * 5000, None)]
    + [(text, None) for text in ("", "²", "٣", "-1", "1.5", "1 2", "ba")],
)
def test_only_what_the_database_can_keep_is_a_number(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@given(st.text(alphabet="0123456789²①٣ -x", max_size=12))
def test_no_text_breaks_the_reading_of_a_number(text: str) -> None:
    number = whole_number(text)
    assert number is None or number == int(text)
