"""Children that would have nothing to do search the same parts in another way; the better answer is taken."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from routing.decompose import Subproblem
from routing.engines.pipeline import Incumbent
from routing.portfolio import _DaySearch
from routing.search_params import SearchParams
from routing.tasks import SearchTask
from routing.time_budget import TimeBudget
from tests.routing.days import province

PARAMS = SearchParams()


class IdlePool:
    """Four children on paper: notes what they are asked, and answers with what is prepared by the number of the task."""

    pids = (1, 2, 3, 4)

    def __init__(self, answers: Mapping[int, Incumbent]) -> None:
        self.answers = answers
        self.asked: list[SearchTask] = []

    def run(self, tasks: Sequence[SearchTask], on_done: Callable[..., None], *_moments: float | None) -> None:
        self.asked = list(tasks)
        for task in tasks:
            on_done(task, self.answers.get(task.number))


def searched_away(pool: IdlePool, deadline: float | None, engine: str = "auto") -> tuple[list[Any], list[Any]]:
    """Search two parts in these children; return the keys taken, and the progress told."""
    problem, told = province(2, 20, 1), list[Any]()
    budget = TimeBudget(20, 1.0, PARAMS.time, iterations=None if deadline is not None else 5)
    day = _DaySearch(problem, budget, 1, engine, PARAMS, lambda done, total: told.append((done, total)))
    parts, taken = [Subproblem(problem), Subproblem(problem)], list[Any]()
    day.away(pool, parts, deadline, lambda _part, found: taken.append(found and found.key))  # type: ignore[arg-type]  # only what is read of it
    return taken, told


def test_idle_children_search_the_same_parts_in_another_way_and_the_better_answer_is_taken() -> None:
    pool = IdlePool(
        {0: Incumbent({}, (0, 9)), 1: Incumbent({}, (0, 5)), 2: Incumbent({}, (0, 7)), 3: Incumbent({}, (0, 8))}
    )
    taken, told = searched_away(pool, 1e12)
    assert taken == [(0, 7), (0, 5)]
    assert [done for done, _ in told] == [1, 2]
    assert [(task.number, task.unlike) for task in pool.asked] == [(0, False), (1, False), (2, True), (3, True)]
    assert len({task.seed for task in pool.asked}) == 3


def test_a_child_that_dies_costs_nothing_where_another_one_searches_its_part() -> None:
    assert searched_away(IdlePool({2: Incumbent({}, (0, 7)), 1: Incumbent({}, (0, 5))}), 1e12)[0] == [(0, 7), (0, 5)]


@pytest.mark.parametrize(("deadline", "engine"), [(None, "auto"), (1e12, "pyvrp")])
def test_a_plan_by_iterations_or_by_one_engine_does_not_depend_on_the_cores(
    deadline: float | None, engine: str
) -> None:
    pool = IdlePool({})
    searched_away(pool, deadline, engine)
    assert [task.number for task in pool.asked] == [0, 1]
