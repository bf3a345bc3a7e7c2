from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.checklist import BY_POST, Tick, check_ticks, papers_of_case
from app.domain.errors import DomainError


@dataclass(frozen=True)
class Paper:
    line: int
    need: str = "always"
    case_keys: tuple[str, ...] = field(default=())
    in_database: bool = False


FORM, ONLINE, PROXY = (
    Paper(1, case_keys=(BY_POST,)),
    Paper(2, case_keys=("online_only",)),
    Paper(3, case_keys=("proxy",)),
)
CARD, EXTRA = Paper(4, in_database=True), Paper(5, need="if_any")
LIST = [CARD, FORM, ONLINE, PROXY, EXTRA]
SHORT = [FORM, CARD, EXTRA]
GOOD = {1: Tick.IN_ENVELOPE, 4: Tick.LOOKED_UP, 5: Tick.NOT_APPLICABLE}


def refused(ticks: dict[int, Tick]) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        check_ticks(SHORT, ticks)
    return refusal.value.code, refusal.value.field


def test_the_case_decides_which_lines_apply() -> None:
    assert papers_of_case(LIST, []) == [FORM, CARD, EXTRA]
    assert papers_of_case(LIST, ["proxy"]) == [FORM, PROXY, CARD, EXTRA]


def test_what_is_filed_online_is_never_asked_for_at_the_door() -> None:
    assert ONLINE not in papers_of_case(LIST, ["proxy"])


def test_a_line_of_two_cases_needs_both() -> None:
    both = Paper(9, case_keys=("proxy", "abroad"))
    assert papers_of_case([both], ["proxy"]) == []
    assert papers_of_case([both], ["proxy", "abroad"]) == [both]


def test_every_line_answered_is_accepted() -> None:
    check_ticks(SHORT, GOOD)


def test_a_paper_outside_the_list_may_not_be_asked_for() -> None:
    assert refused({**GOOD, 7: Tick.MISSING}) == ("paper_outside_list", "paper_7")


def test_a_line_without_an_answer_is_named() -> None:
    assert refused({1: Tick.IN_ENVELOPE, 5: Tick.MISSING}) == ("paper_unanswered", "paper_4")


def test_what_no_database_holds_can_not_be_looked_up() -> None:
    assert refused({**GOOD, 1: Tick.LOOKED_UP}) == ("paper_must_be_shown", "paper_1")


def test_only_an_optional_paper_may_be_left_out() -> None:
    assert refused({**GOOD, 1: Tick.NOT_APPLICABLE}) == ("paper_needed", "paper_1")


@given(st.sets(st.sampled_from(["proxy", "online_only", "abroad"])))
def test_more_cases_never_take_a_paper_away(cases: set[str]) -> None:
    assert {paper.line for paper in papers_of_case(LIST, [])} <= {paper.line for paper in papers_of_case(LIST, cases)}


@given(st.dictionaries(st.integers(1, 9), st.sampled_from(Tick)))
def test_what_is_accepted_answers_exactly_the_list(ticks: dict[int, Tick]) -> None:
    try:
        check_ticks(SHORT, ticks)
    except DomainError:
        return
    assert set(ticks) == {paper.line for paper in SHORT}
