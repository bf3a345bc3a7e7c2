import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from app.domain.wording import tidy


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
