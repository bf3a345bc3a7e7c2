"""What may go into the envelope at the door, and which originals must come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from app.domain.checklist import Tick
from app.domain.commands import PaperTicked
from app.domain.envelope import check_cases, check_envelope
from app.domain.errors import DomainError
from app.domain.papers_due import papers_due
from app.domain.parcel import PaperForm

IN, MISSING, LOOKED_UP = (
    PaperTicked(Tick.IN_ENVELOPE),
    PaperTicked(Tick.MISSING),
    PaperTicked(Tick.LOOKED_UP),
)


@dataclass
class Line:
    line: int
    need: str = "always"
    case_keys: Sequence[str] = ()
    in_database: bool = False
    mode: str = "submit"
    certified_by_post: bool = False
    originals: int | None = 1


def refusal(lines: list[Line], papers: Mapping[int, PaperTicked], *, in_part: bool = False) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refused:
        check_envelope(lines, papers, in_part=in_part)
    return refused.value.code, refused.value.field


def test_a_full_list_passes() -> None:
    check_envelope([Line(1), Line(2, in_database=True)], {1: IN, 2: LOOKED_UP}, in_part=False)


def test_a_paper_outside_the_list_is_refused() -> None:
    assert refusal([Line(1)], {1: IN, 7: IN}) == ("paper_outside_list", "paper_7")


def test_a_line_without_an_answer_is_named() -> None:
    assert refusal([Line(1), Line(2)], {1: IN}) == ("paper_unanswered", "paper_2")


def test_a_paper_to_be_shown_travels_as_a_certified_copy() -> None:
    shown = Line(2, mode="present", certified_by_post=True)
    assert refusal([Line(1), shown], {1: IN, 2: IN}) == ("certified_copy_needed", "paper_2")
    check_envelope([Line(1), shown], {1: IN, 2: PaperTicked(Tick.IN_ENVELOPE, PaperForm.CERTIFIED)}, in_part=False)


def test_missing_papers_are_taken_in_part_only_when_the_citizen_says_so() -> None:
    lines, papers = [Line(1), Line(2)], {1: IN, 2: MISSING}
    assert refusal(lines, papers) == ("papers_missing", "taken_in_part")
    check_envelope(lines, papers, in_part=True)


def test_an_empty_envelope_is_not_carried() -> None:
    assert refusal([Line(1)], {1: MISSING}, in_part=True) == ("nothing_to_carry", "papers")


@pytest.mark.parametrize("count", [0, -1, 100])
def test_an_impossible_count_is_refused(count: int) -> None:
    papers = {1: PaperTicked(Tick.IN_ENVELOPE, PaperForm.COPY, count)}
    assert refusal([Line(1)], papers) == ("paper_count_wrong", "paper_1")


QUESTIONS = [
    {"key": "who", "question": "Ai?", "many": False, "options": [{"key": "self"}, {"key": "proxy"}]},
    {"key": "extras", "question": "Gì nữa?", "many": True, "options": [{"key": "late"}, {"key": "abroad"}]},
]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [((), "case_unanswered"), (("self", "proxy"), "case_twice"), (("self", "else"), "case_unknown")],
)
def test_the_case_comes_first(chosen: tuple[str, ...], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_cases(QUESTIONS, chosen)
    assert (refused.value.code, refused.value.field) == (code, "cases")


def test_one_answer_and_any_number_of_extras_make_a_case() -> None:
    check_cases(QUESTIONS, ("proxy", "late", "abroad"))


@dataclass(frozen=True)
class Owed:
    lines: list[Line] = field(
        default_factory=lambda: [
            Line(1, case_keys=("direct_or_post",)),
            Line(2),
            Line(3, mode="present"),
            Line(4, originals=0),
            Line(5, case_keys=("proxy",)),
            Line(6, in_database=True),
            Line(7, need="if_any"),
        ]
    )


def test_originals_not_yet_at_the_desk_are_due() -> None:
    assert [line.line for line in papers_due(Owed().lines, ("proxy",), ())] == [2, 5]


def test_what_has_travelled_and_other_cases_are_not_due() -> None:
    assert papers_due(Owed().lines, (), (2,)) == []
