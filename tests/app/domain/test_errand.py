from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errand import NEXT, OPEN, PLANNABLE, ErrandState, check_step
from app.domain.errors import DomainError

S = ErrandState
DRAWN = {  # docs/decisions/errand-states.md, drawn a second time by hand
    (S.REQUESTED, S.SCHEDULED), (S.SCHEDULED, S.PLANNED), (S.PLANNED, S.UNDER_WAY), (S.UNDER_WAY, S.DONE),
    (S.UNDER_WAY, S.FAILED), (S.FAILED, S.SCHEDULED), (S.FAILED, S.HELD), (S.FAILED, S.CANCELLED),
    (S.HELD, S.SCHEDULED), (S.HELD, S.RETURNED),
    (S.REQUESTED, S.CANCELLED), (S.SCHEDULED, S.CANCELLED), (S.PLANNED, S.CANCELLED),
    (S.SCHEDULED, S.SCHEDULED), (S.PLANNED, S.SCHEDULED), (S.PLANNED, S.PLANNED),
}  # fmt: skip


@pytest.mark.parametrize(("current", "new"), list(product(S, S)))
def test_only_the_drawn_steps_are_taken(current: ErrandState, new: ErrandState) -> None:
    if (current, new) in DRAWN:
        check_step(current, new)
    else:
        with pytest.raises(DomainError, match="errand_step_refused"):
            check_step(current, new)


def test_the_open_states_are_those_with_a_way_on() -> None:
    assert {state for state in S if NEXT[state]} == OPEN


def test_a_plan_takes_only_what_may_become_planned() -> None:
    assert all(S.PLANNED in NEXT[state] for state in PLANNABLE)


@given(st.lists(st.sampled_from(S), max_size=40))
def test_whatever_is_tried_a_closed_errand_stays_closed(tried: list[ErrandState]) -> None:
    state, closed = S.REQUESTED, None
    for new in tried:
        try:
            check_step(state, new)
        except DomainError:
            continue
        assert closed is None
        state = new
        closed = state if state not in OPEN else None
