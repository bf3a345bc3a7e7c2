"""Procedures are found by the words people say: 177 phrases, each with the right one among the first three."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from app.queries.reference.wanted import ELSEWHERE, elsewhere, likeliest, spoken, wanted
from app.services.reference.procedures import read_procedures
from app.texts.elsewhere import ELSEWHERE as SENTENCES

PUBLISHED = read_procedures().procedures
PHRASES = [
    (row["said"], row["meant"])
    for row in csv.DictReader((Path(__file__).parent / "spoken_phrases.csv").read_text("utf-8").splitlines())
]
FIRST = 3


def found(words: str) -> list[str]:
    return [row.code for row in wanted(PUBLISHED, words)]


@pytest.mark.parametrize(("said", "meant"), [pair for pair in PHRASES if not pair[1].startswith(ELSEWHERE)])
def test_the_right_procedure_is_among_the_first_three(said: str, meant: str) -> None:
    assert meant in found(said)[:FIRST]


@pytest.mark.parametrize(("said", "meant"), PHRASES)
def test_what_the_post_has_no_part_in_is_told_from_what_it_knows(said: str, meant: str) -> None:
    key = elsewhere(said, better_than=likeliest(PUBLISHED, said))
    assert key == (meant.removeprefix(ELSEWHERE) if meant.startswith(ELSEWHERE) else "")


def test_there_are_enough_phrases_and_no_procedure_without() -> None:
    assert len({said for said, _ in PHRASES}) == len(PHRASES) >= 150
    assert {meant for _, meant in PHRASES} == set(spoken())


def test_the_file_of_words_knows_every_published_procedure_once_and_every_sentence() -> None:
    codes = {code for code in spoken() if not code.startswith(ELSEWHERE)}
    assert codes == {procedure.code for procedure in PUBLISHED}
    assert {code.removeprefix(ELSEWHERE) for code in spoken()} - codes == set(SENTENCES)
    ranks = [spoken()[code].rank for code in codes]
    assert len(set(ranks)) == len(ranks)


def test_without_words_the_most_wanted_stands_first() -> None:
    everything = found("")
    assert len(everything) == len(PUBLISHED)
    assert everything[0] == "1.001193"


@pytest.mark.parametrize("words", ["xyzzy", "máy bay", "mua điện thoại", "?!"])
def test_words_of_something_else_find_nothing(words: str) -> None:
    assert found(words) == []
    assert elsewhere(words) == ""


def test_a_procedure_is_found_by_its_code() -> None:
    assert found("1.012784") == ["1.012784"]


def test_a_procedure_the_file_does_not_know_is_found_by_its_name() -> None:
    fresh = [procedure for procedure in PUBLISHED if procedure.code == "1.012784"]
    assert [row.code for row in wanted(fresh, "thửa đất")] == ["1.012784"]
