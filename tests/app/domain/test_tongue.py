"""What people call a language is understood; a courier who speaks it needs nobody."""

from __future__ import annotations

import pytest

from app.domain.errors import DomainError
from app.domain.tongue import Tongue, needs_interpreter, parse_tongues


@pytest.mark.parametrize(
    "text", ["Jrai, Ba Na", "bahnar; JRAI", "tiếng Gia Rai / Ba-na", "bdq,jra,jra", "J'rai + Bana", "J’rai, Ba Na"]
)
def test_a_language_goes_by_many_names(text: str) -> None:
    assert parse_tongues(text) == (Tongue.JRAI, Tongue.BAHNAR)


def test_another_language_goes_by_the_word_that_the_form_has_for_it() -> None:
    assert parse_tongues("tiếng khác") == parse_tongues("Khác") == (Tongue.OTHER,)


def test_a_name_that_nobody_knows_is_named() -> None:
    with pytest.raises(DomainError) as refused:
        parse_tongues("Jrai, Klingon")
    assert (refused.value.code, refused.value.params["given"]) == ("tongue_unknown", "klingon")


@pytest.mark.parametrize(
    ("tongue", "spoken", "wanted"),
    [
        (None, set(), False),
        (Tongue.KINH, set(), False),
        (Tongue.JRAI, set(), True),
        (Tongue.JRAI, {"jra"}, False),
        (Tongue.BAHNAR, {"jra"}, True),
        (Tongue.OTHER, {"jra", "bdq", "other"}, True),
    ],
)
def test_who_comes_needs_an_interpreter_only_where_it_is_not_spoken(
    tongue: Tongue | None, spoken: set[str], *, wanted: bool
) -> None:
    assert needs_interpreter(tongue, frozenset(spoken)) is wanted
