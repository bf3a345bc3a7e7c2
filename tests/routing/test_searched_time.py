"""Seconds are CPU: what is searched does not depend on who else uses the machine, and the plan says how much it was."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

import pytest

import routing
from routing import pool as pools
from routing import portfolio
from routing.balance import SearchParts
from routing.cpu import cpu_of
from routing.engines import interface
from routing.engines.interface import Limit
from routing.engines.pipeline import Incumbent
from routing.plan import Searched
from routing.pool import SolverPool
from routing.progress import Progress
from routing.search_params import SearchParams
from routing.tasks import ChildMessage, SearchTask
from routing.time_budget import TimeBudget
from routing.vroom_json import plan_to_json
from tests.routing.days import province

PARAMS = SearchParams()


@dataclass
class Hands:
    """A clock that is set by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Clocks:
    """What was computed, and the wall clock; `began`: a budget over both."""

    cpu: Hands = field(default_factory=Hands)
    wall: Hands = field(default_factory=Hands)

    def budget(self, stops: int, seconds: float, within: float | None = None) -> TimeBudget:
        return TimeBudget(stops, seconds, PARAMS.time, None, within, self.cpu, self.wall)


@pytest.mark.parametrize(
    ("seconds", "deadline", "ends"), [(0.0, 0.18, 8 * 0.18), (0.3, 0.21, 8 * 0.3), (30, 29.91, 240.0)]
)
def test_a_plan_takes_eight_times_its_cpu_at_most_from_when_somebody_searches(
    seconds: float, deadline: float, ends: float
) -> None:
    clocks = Clocks()
    budget = clocks.budget(300, seconds)
    clocks.wall.now = 7.0  # children that start on a busy machine
    budget.begin()
    assert budget.deadline == pytest.approx(deadline)
    assert budget.ends == pytest.approx(7.0 + ends)
    assert budget.to_start() is None


def test_a_deadline_counts_from_the_call_and_first_routes_are_waited_for_past_it() -> None:
    clocks = Clocks()
    budget, late = clocks.budget(1000, 5.0, 10.0), clocks.budget(1000, 5.0, 1.0)
    clocks.wall.now = 4.0
    assert (budget.to_start(), late.to_start()) == (6.0, 0.0)
    budget.begin()
    late.begin()
    assert budget.ends == pytest.approx(10.0 - 0.3)  # judging comes after
    assert late.ends == pytest.approx(4.0 + 1.4)


def test_time_passes_while_somebody_computes_and_is_over_with_the_wall_clocks() -> None:
    clocks = Clocks()
    budget = clocks.budget(10, 2.0)
    budget.begin()
    clocks.wall.now = 15.0
    assert budget.left() == pytest.approx(2.0 - 0.003)
    clocks.cpu.now = 0.5
    assert budget.left() == pytest.approx(1.5 - 0.003)
    clocks.wall.now = 16.0
    assert budget.left() == 0.0


def test_a_part_of_the_time_is_one_of_both_clocks_and_the_rest_is_for_what_follows() -> None:
    clocks = Clocks()
    budget = clocks.budget(300, 30)
    budget.begin()
    deadline, ends = budget.deadline, budget.ends
    assert deadline is not None
    assert ends is not None
    with budget.part(0.75):
        assert (budget.deadline, budget.ends) == pytest.approx((0.75 * deadline, 0.75 * ends))
        clocks.wall.now = 0.75 * ends  # a busy machine: nothing was computed
        assert budget.left() == 0.0
    assert (budget.deadline, budget.ends) == (deadline, ends)
    assert budget.left() == deadline


def test_hours_are_evened_out_also_where_the_wall_clock_is_what_ends_the_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clocks, problem, seen = Clocks(), province(1, 20, seed=1), list[float]()
    budget = clocks.budget(20, 1.0, within=10.0)
    budget.begin()
    day = portfolio._DaySearch(problem, budget, 1, "auto", PARAMS, lambda _seconds, _plan: None, balance=60)

    def waits(_parts: object, _deadline: object, _take: object) -> None:
        assert budget.ends is not None
        seen.append(budget.left())
        clocks.wall.now = budget.ends

    def twice(
        _problem: object, _judged: object, _most: object, search: SearchParts, _params: object
    ) -> tuple[dict[int, Sequence[int]], None]:
        search([], 0.5)
        search([], 1.0)
        return {}, None

    monkeypatch.setattr(portfolio, "even_out", twice)
    day.search(waits)
    assert len(seen) >= 3
    assert all(left > 0 for left in seen)


def test_an_engine_stops_by_what_it_computed_or_at_the_end_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu, wall = Hands(), Hands()
    monkeypatch.setattr(interface, "wall", wall)
    limit = Limit.of(1.0, None, cpu, 8.0)
    wall.now = 6.0
    assert limit.share(0.5).left() == 0.5
    assert limit.share(0.5).ends == 8.0
    cpu.now = 0.25
    assert limit.left() == 0.75
    wall.now = 7.5
    assert limit.left() == 0.5
    cpu.now = 1.5
    assert limit.left() == 0.0


def test_what_a_process_computed_is_read_where_it_still_runs() -> None:
    assert (cpu_of(os.getpid()) or 0.0) > 0.0
    assert cpu_of(2**22 + 1) is None


@dataclass
class PaperChild:
    """A solver child on paper: ``rate`` CPU seconds for each of the wall; it reports at once and answers after ``answers`` of CPU."""

    rate: float
    answers: float
    pid: int = 7
    cpu: float = 5.0
    ended: bool = False
    ours: Connection = field(init=False)
    theirs: Connection = field(init=False)
    task: SearchTask | None = None
    begun: float = 0.0

    def __post_init__(self) -> None:
        self.ours, self.theirs = Pipe()
        self.theirs.send(ChildMessage("ready", cpu_s=self.cpu))

    def poll(self) -> int | None:
        return None

    def kill(self) -> None:
        self.ended = True

    def wait(self) -> int:
        return 0

    def compute(self, seconds: float) -> None:
        if self.task is None and self.theirs.poll():
            task: SearchTask = self.theirs.recv()
            self.task, self.begun = task, self.cpu
            self.theirs.send(ChildMessage("better", task.number, Incumbent({}, (0, 9))))
        self.cpu += self.rate * seconds
        if self.task is not None and self.cpu - self.begun >= self.answers:
            self.theirs.send(ChildMessage("done", self.task.number, Incumbent({}, (0, 5)), iterations=300))
            self.task = None


@dataclass
class PaperMachine:
    """A pool of one child on paper, and the clocks that it sees."""

    rate: float
    answers: float
    wall: Hands = field(default_factory=Hands)
    made: list[PaperChild] = field(default_factory=list)

    def spawn(self) -> Any:
        self.made.append(PaperChild(self.rate, self.answers))
        return pools._Child(self.made[-1], self.made[-1].ours)  # type: ignore[arg-type]  # only what is used of a process

    def listen(self, pipes: Sequence[Connection], _seconds: float) -> list[Connection]:
        """A tenth of a second passes at most, for the child and for who waits for it."""
        if not (said := [pipe for pipe in pipes if pipe.poll()]):
            self.wall.now += 0.1
            self.made[-1].compute(0.1)
            said = [pipe for pipe in pipes if pipe.poll()]
        return said


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[PaperMachine, SolverPool, list[Any]]]:
    def search(rate: float, answers: float, last: float) -> tuple[PaperMachine, SolverPool, list[Any]]:
        machine, heard = PaperMachine(rate, answers), list[Any]()
        monkeypatch.setattr(pools, "_spawn", machine.spawn)
        monkeypatch.setattr(pools, "wait", machine.listen)
        monkeypatch.setattr(pools, "cpu_of", lambda _pid: machine.made[-1].cpu)
        monkeypatch.setattr(pools, "time", SimpleNamespace(monotonic=machine.wall))
        pool = SolverPool(1)
        task = SearchTask(0, province(1, 12, 1), None, None, 1, "auto", PARAMS)
        pool.run([task], lambda _task, found: heard.append(found and found.key), 1.0, last)
        return machine, pool, heard

    return search


Searches = Callable[..., tuple[PaperMachine, SolverPool, list[Any]]]


def test_a_child_that_six_others_crowd_is_waited_for_until_it_has_computed_its_share(searched: Searches) -> None:
    machine, pool, heard = searched(rate=1 / 7, answers=1.0, last=8.0)
    assert heard == [(0, 5)]
    assert 7.0 < machine.wall.now < 8.0
    assert (len(machine.made), pool.iterations) == (1, 300)
    assert pool.searched() == pytest.approx(1.0, abs=0.05)  # its start-up, five seconds, is no search


def test_a_child_that_computes_much_longer_than_its_share_is_replaced_and_its_last_report_counts(
    searched: Searches,
) -> None:
    machine, pool, heard = searched(rate=1.0, answers=100.0, last=60.0)
    assert heard == [(0, 9)]
    assert machine.wall.now == pytest.approx(1.0 + PARAMS.processes.patience, abs=0.2)
    assert [child.ended for child in machine.made] == [True, False]
    assert pool.searched() >= 1.0  # what the dead one computed still counts


def test_a_child_that_sleeps_is_replaced_at_the_end_of_all(searched: Searches) -> None:
    machine, _, heard = searched(rate=0.0, answers=1.0, last=4.0)
    assert heard == [(0, 9)]
    assert machine.wall.now == pytest.approx(4.0 + PARAMS.processes.grace, abs=0.2)
    assert [child.ended for child in machine.made] == [True, False]


def progress(*gains: tuple[float, tuple[int, int]], ended: float = 4.0) -> Progress:
    """What the answers of one part were, by what was computed before."""
    clocks = Clocks()
    noted = Progress(clocks.budget(10, 4.0))
    noted.begin_run()
    for at, key in gains:
        clocks.cpu.now = at
        noted.better(0, key)
    clocks.cpu.now = ended
    noted.end(500)
    return noted


@pytest.mark.parametrize(
    ("gains", "settled"),
    [
        ([(0.1, (0, 2000)), (2.9, (0, 1000))], True),
        ([(0.1, (0, 2000)), (3.1, (0, 1000))], False),
        ([(0.1, (0, 1001)), (3.9, (0, 1000))], True),  # a thousandth
        ([(0.1, (0, 1000)), (3.9, (0, 1500))], True),  # another search of the same part, and worse
        ([(0.1, (2, 900)), (3.9, (0, 1000))], False),  # somebody more is served
        ([(3.5, (0, 1000))], False),
        ([], None),  # nobody searched: first routes alone
    ],
)
def test_a_search_has_settled_where_its_last_quarter_brought_next_to_nothing(
    gains: list[tuple[float, tuple[int, int]]], settled: bool | None
) -> None:
    assert progress(*gains).told(1000) == Searched(4.0, 500, 0.0, settled=settled)


def test_a_plan_says_what_was_searched_and_one_by_iterations_does_not_for_it_would_differ() -> None:
    problem = province(1, 12, 1)
    plan = routing.solve(problem, seconds=0.1, deadline=60, engine="insertion")  # however busy the machine
    assert plan.searched is not None
    assert plan.searched.cpu_s >= 0.05
    summary = plan_to_json(replace(plan, searched=Searched(1.5, 90, 0.4, settled=True)))["summary"]
    assert (summary["searched_cpu_s"], summary["iterations"], summary["settled"]) == (1.5, 90, True)
    counted = routing.solve(problem, iterations=2, engine="insertion")
    assert counted.searched is None
    assert "searched_cpu_s" not in plan_to_json(counted)["summary"]
