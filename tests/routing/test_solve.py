import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import psutil
import pytest

import routing
from routing.decompose import Subproblem, by_office
from routing.engines.pipeline import Incumbent, Pipeline
from routing.evaluate import evaluate
from routing.matrix import Geodesic
from routing.pool import SolverPool
from routing.portfolio import _DaySearch
from routing.problem import ALWAYS, Onward, PlannedStep, Problem
from routing.search_params import SearchParams
from routing.tasks import SearchTask
from routing.time_budget import TimeBudget
from routing.validate import Invalid
from tests.routing.days import office_day, province
from tests.routing.stuck import Stuck

PARAMS = SearchParams()


@pytest.fixture(scope="module")
def pool() -> Iterator[SolverPool]:
    with SolverPool(2) as children:
        yield children


def test_a_day_of_five_offices_is_served_without_a_violation(pool: SolverPool) -> None:
    problem = province(5, 100, seed=1)
    plan = routing.solve(problem, seconds=1.5, pool=pool)
    assert plan.violations == ()
    assert evaluate(problem, plan).violations == ()
    assert plan.served == 100
    assert plan.unassigned == ()
    assert plan.engines.keys() <= {"cp-sat", "insertion", "ortools", "pyvrp", "sisr", "vroom"}


def test_progress_counts_the_offices(pool: SolverPool) -> None:
    seen: list[tuple[int, int]] = []
    routing.solve(
        province(4, 30, 1), iterations=5, pool=pool, on_progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_same_seed_and_iterations_give_the_same_plan(pool: SolverPool) -> None:
    problem = province(5, 80, seed=2)
    first = routing.solve(problem, iterations=40, seed=3, pool=pool)
    second = routing.solve(problem, iterations=40, seed=3, pool=pool)
    assert first == second


def test_a_free_day_with_papers_gives_the_same_plan_twice_and_says_what_cp_sat_did(pool: SolverPool) -> None:
    problem = replace(free_day(stops=240), assignment="free")
    first = routing.solve(problem, iterations=10, seed=3, pool=pool)
    second = routing.solve(problem, iterations=10, seed=3, pool=pool)
    assert first == second
    assert "cp-sat" in first.engines
    assert first.violations == ()


def test_ortools_alone_serves_every_stop_of_five_offices(pool: SolverPool) -> None:
    problem = province(5, 150, seed=7)
    plan = routing.solve(problem, iterations=20, engine="ortools", pool=pool)
    assert plan.violations == ()
    assert plan.unassigned == ()


def test_no_stops_are_an_ordinary_day() -> None:
    plan = routing.solve(replace(province(2, 10, 1), jobs=()))
    assert plan.routes == ()
    assert plan.unassigned == ()


def test_a_problem_that_cannot_be_understood_is_refused_with_paths() -> None:
    problem = province(1, 3, 1)
    broken = replace(problem, jobs=(replace(problem.jobs[0], location=None), *problem.jobs[1:]))
    with pytest.raises(Invalid, match=r"jobs\[0\]\.location: give coordinates"):
        routing.solve(broken)


def test_an_engine_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Invalid, match="use one of auto, insertion"):
        routing.solve(province(1, 3, 1), engine="magic")


def test_the_answer_comes_by_the_deadline_even_when_every_child_hangs() -> None:
    problem = replace(province(4, 40, 1), travel_times=Stuck())
    with SolverPool(2) as children:
        children.wait_ready()
        begun = time.monotonic()
        plan = routing.solve(problem, seconds=1.0, deadline=1.0, pool=children)
        assert time.monotonic() - begun < 2.0
    assert plan.served == 40
    assert plan.violations == ()


def test_a_child_that_is_killed_costs_no_stop_and_is_replaced() -> None:
    problem = province(6, 120, seed=4)
    with SolverPool(2) as children:
        victims: list[int] = []

        def murder(done: int, _total: int) -> None:
            if done == 1:
                victims.append(children.pids[0])
                os.kill(victims[0], signal.SIGKILL)

        plan = routing.solve(problem, seconds=1.5, pool=children, on_progress=murder)
        again = routing.solve(problem, seconds=1.5, pool=children)  # a death at the very end is noticed at the next use
        assert len(children.pids) == 2
        assert victims[0] not in children.pids
    assert (plan.served, again.served) == (120, 120)
    assert plan.violations == ()


def test_children_that_cannot_start_leave_the_day_to_insertion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    plan = routing.solve(province(2, 20, 1), seconds=0.5)
    assert plan.served == 20


def test_a_child_that_computes_longer_than_its_share_is_waited_for() -> None:
    task = SearchTask(0, province(1, 150, seed=4), None, None, 1, "auto", PARAMS)
    answers: list[Incumbent | None] = []
    with SolverPool(1) as children:
        children.wait_ready()
        pids, now = children.pids, time.monotonic()
        children.run([task], lambda _task, found: answers.append(found), 0.0, last=now + 60)
        assert children.pids == pids
    assert answers[0] is not None


def begun(seconds: float, stops: int = 300) -> _DaySearch:
    """A free day on a clock that stands still."""
    problem = replace(province(10, stops, 1), assignment="free")
    budget = TimeBudget(len(problem.jobs), seconds, PARAMS.time, clock=lambda: 0.0)
    budget.begin()
    return _DaySearch(problem, budget, 1, "auto", PARAMS, lambda _done, _total: None)


def test_a_day_that_is_cut_goes_more_and_shorter_rounds() -> None:
    budget = TimeBudget(1000, 24.0, PARAMS.time, clock=lambda: 0.0)
    budget.deadline = 24.0
    assert (budget.rounds(1000, 1, whole=False), budget.rounds(1000, 4, whole=False)) == (12, 3)
    assert (budget.rounds(1000, 1, whole=True), budget.rounds(10_000, 1, whole=True)) == (2, 1)


def test_a_part_is_thinned_out_where_that_was_asked_for_and_all_parts_end_with_the_day(pool: SolverPool) -> None:
    ends: list[float | None] = []
    reduce_fleet: list[set[bool]] = []

    def noted(tasks: Sequence[SearchTask], _done: object, _seconds: object, last: float | None, _heard: object) -> None:
        ends.append(last)
        reduce_fleet.append({task.reduce_fleet for task in tasks})

    day = begun(0.3)
    parts = by_office(replace(day.problem, assignment="home"), {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "run", noted)
        day.away(pool, parts, 0.2, lambda _part, _found: None)
        again = replace(parts[0], start={parts[0].problem.vehicles[0].id: [1]}, reduce_fleet=True)
        day.away(pool, [again], 0.2, lambda _part, _found: None)
    assert ends == [day.budget.ends, day.budget.ends]
    assert reduce_fleet == [{False}, {True}]


def test_offices_that_share_their_work_are_thinned_out_before_the_rounds() -> None:
    day = begun(30.0, stops=PARAMS.clusters.one + 50)
    for part in by_office(replace(day.problem, assignment="home"), {}):
        day.take(part, None)
    runs: list[tuple[Sequence[Subproblem], float]] = []

    def noted(parts: Sequence[Subproblem], deadline: float | None) -> None:
        runs.append((parts, deadline or 0))

    day.reduce_fleet(noted)
    assert {v for parts, _ in runs for part in parts for v in part.start or {}} == set(day.sequences)
    assert all(part.reduce_fleet for parts, _ in runs for part in parts)
    assert all(deadline <= (day.budget.until(PARAMS.fleet.neighbours_share) or 0) for _, deadline in runs)
    runs.clear()
    small = replace(day, problem=replace(day.problem, jobs=day.problem.jobs[: PARAMS.clusters.one]))
    for other in (small, replace(day, engine="pyvrp")):
        other.reduce_fleet(noted)
    assert not runs


@pytest.mark.engines("pyvrp")
def test_a_part_that_is_to_be_thinned_out_loses_a_courier_in_a_child_and_here(pool: SolverPool) -> None:
    vehicles, jobs = office_day(1, 16, seed=5)
    crew = (vehicles[0], replace(vehicles[0], id=vehicles[0].id + 1))
    problem = Problem(crew, tuple(replace(job, windows=ALWAYS) for job in jobs), Geodesic(), "home")
    split = {crew[0].id: [job.id for job in jobs[:8]], crew[1].id: [job.id for job in jobs[8:]]}
    day = _DaySearch(
        problem, TimeBudget(16, 1.0, PARAMS.time, iterations=60), 1, "auto", PARAMS, lambda _done, _total: None
    )
    routes: list[int] = []

    def take(_part: Subproblem, found: Incumbent | None) -> None:
        assert found is not None
        routes.append(len(found.sequences))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pipeline, "portfolio", lambda _pipeline, _limit: pytest.fail("searched as a whole"))
        day.here([Subproblem(problem, split, reduce_fleet=True)], None, take)
    day.away(pool, [Subproblem(problem, split, reduce_fleet=True)], None, take)
    assert routes == [1, 1]


def test_insertion_shares_a_large_day_with_children_and_needs_none_for_a_small_one(pool: SolverPool) -> None:
    asked: list[int] = []
    run = pool.run

    def noted(tasks: Sequence[SearchTask], *rest: Any) -> None:
        asked.append(len(tasks))
        run(tasks, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "run", noted)
        small = routing.solve(province(2, 60, 1), iterations=1, engine="insertion", pool=pool)
        large = routing.solve(province(4, 200, 1), iterations=1, engine="insertion", pool=pool)
    assert asked == [4]
    assert [plan.served + len(plan.unassigned) for plan in (small, large)] == [60, 200]
    assert [plan.violations for plan in (small, large)] == [(), ()]


def test_the_offices_get_all_the_time_where_no_round_could_follow() -> None:
    short, long = begun(0.4), begun(8.0)
    assert short.budget.beginning(300) == 1.0
    assert long.budget.beginning(300) < PARAMS.time.beginning_most
    assert long.budget.goes_on(300, 0)


def test_without_time_a_plan_is_inserted_at_once() -> None:
    plan = routing.solve(province(1, 40, 1), seconds=0.0)
    assert plan.served == 40
    assert plan.engines == {}


def started(problem: Problem) -> Problem:
    """The same day, its stops dealt out to the couriers of their offices as a planned start."""
    vehicles = []
    for vehicle in problem.vehicles:
        crew = [other.id for other in problem.vehicles if other.office == vehicle.office]
        stops = [job.id for job in problem.jobs if job.office == vehicle.office]
        mine = stops[crew.index(vehicle.id) :: len(crew)]
        vehicles.append(replace(vehicle, steps=tuple(PlannedStep("job", number) for number in mine)))
    return replace(problem, vehicles=tuple(vehicles))


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_a_start_costs_no_stop_however_little_time_there_is(seconds: float, pool: SolverPool) -> None:
    problem = province(2, 40, 1)
    bare = routing.solve(problem, seconds=seconds, pool=pool)
    assert routing.solve(started(problem), seconds=seconds, pool=pool).served == bare.served == 40


def test_a_start_that_no_child_answered_about_is_completed_by_insertion() -> None:
    problem = started(replace(province(4, 40, 1), travel_times=Stuck()))
    with SolverPool(2) as children:
        children.wait_ready()
        plan = routing.solve(problem, seconds=0.5, deadline=0.5, pool=children)
    assert (plan.served, plan.violations) == (40, ())


def test_routes_that_the_day_has_stand_when_a_search_for_better_ones_does_not_answer() -> None:
    day = begun(30.0, stops=40)
    (part, *_) = by_office(replace(day.problem, assignment="home"), {})
    day.take(part, None)
    before = dict(day.sequences)
    backwards = {vehicle: tuple(reversed(tour)) for vehicle, tour in before.items()}
    day.take(replace(part, start=backwards), None)
    assert day.sequences == before


def test_a_killed_parent_leaves_no_child() -> None:
    command = [sys.executable, "-m", "tests.routing.stuck"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert len(children) == 2
    assert alive == []


def test_a_closed_pool_leaves_no_child() -> None:
    with SolverPool(2) as children:
        pids = children.pids
    assert not any(psutil.pid_exists(pid) for pid in pids)


def free_day(stops: int = 60) -> Problem:
    problem = province(5, stops, seed=6)
    seats = {vehicle.office: vehicle.start for vehicle in problem.vehicles}
    ways = {
        (a, b): int(Geodesic().block("car", [seats[a]], [seats[b]])[1][0, 0])  # type: ignore[list-item]  # a vehicle of this day has a start
        for a in seats
        for b in seats
        if a is not None and b is not None
    }
    jobs = tuple(replace(job, origin=job.office, movable=job.id % 7 != 0) for job in problem.jobs)
    return replace(problem, jobs=jobs, onward=Onward(ways, per_km=300))


def test_free_is_never_dearer_than_home_and_moves_only_what_may_move(pool: SolverPool) -> None:
    home = free_day()
    at_home = routing.solve(home, iterations=60, pool=pool)
    free = routing.solve(replace(home, assignment="free"), iterations=60, pool=pool)
    assert free.violations == at_home.violations == ()
    assert at_home.onward_distance == 0
    assert (len(free.unassigned), free.objective) <= (len(at_home.unassigned), at_home.objective)
    jobs = {job.id: job for job in home.jobs}
    moved = [jobs[number] for route in free.routes for number in route.job_ids if jobs[number].office != route.office]
    assert not any(any(job.delivery) or not job.movable for job in moved)
    assert free.onward_distance == sum(route.onward_distance for route in free.routes)


def test_a_delivery_that_lies_elsewhere_goes_out_from_there(pool: SolverPool) -> None:
    problem = province(5, 60, seed=6)
    offices = [vehicle.office for vehicle in problem.vehicles]
    job = next(job for job in problem.jobs if any(job.delivery))
    other = next(office for office in offices if office != job.office)
    jobs = tuple(replace(j, origin=other) if j.id == job.id else j for j in problem.jobs)
    plan = routing.solve(replace(problem, jobs=jobs, assignment="free"), iterations=20, pool=pool)
    assert plan.violations == ()
    holder = next((route for route in plan.routes if job.id in route.job_ids), None)
    assert holder is None or holder.office == other
    assert holder is not None or plan.unassigned[0].id == job.id


def test_under_free_the_neighbours_stand_in_for_an_office_without_couriers(pool: SolverPool) -> None:
    problem = province(4, 40, seed=12)
    swift = tuple(replace(v, speed_factor=5.0) for v in problem.vehicles if v.office != 1)
    orphaned = replace(problem, vehicles=swift)
    home = routing.solve(orphaned, iterations=20, pool=pool)
    orphans = {job.id for job in problem.jobs if job.office == 1}
    assert {(entry.id, entry.reason) for entry in home.unassigned} == {(job, "unreachable") for job in orphans}
    wide = tuple(replace(job, windows=ALWAYS) for job in orphaned.jobs)
    free = routing.solve(replace(orphaned, jobs=wide, assignment="free"), iterations=20, pool=pool)
    assert free.served > home.served


def test_under_free_offices_without_a_stop_of_their_own_send_their_couriers_too(pool: SolverPool) -> None:
    problem = province(4, 40, seed=12)
    jobs = tuple(replace(job, windows=ALWAYS) for job in problem.jobs if job.office == 1)
    vehicles = tuple(replace(v, speed_factor=5.0, max_tasks=3 if v.office == 1 else None) for v in problem.vehicles)
    crowded = replace(problem, jobs=jobs, vehicles=vehicles)
    home = routing.solve(crowded, iterations=20, pool=pool)
    free = routing.solve(replace(crowded, assignment="free"), iterations=20, pool=pool)
    assert home.served == 3 * sum(vehicle.office == 1 for vehicle in vehicles)
    assert free.served == len(jobs) > home.served


def test_stops_without_an_office_are_given_one_first(pool: SolverPool) -> None:
    problem = province(12, 310, seed=8)
    homeless = replace(problem, assignment="free", jobs=tuple(replace(job, office=None) for job in problem.jobs))
    seen: list[tuple[int, int]] = []
    plan = routing.solve(homeless, iterations=3, pool=pool, on_progress=lambda done, total: seen.append((done, total)))
    assert plan.violations == ()
    assert plan.served >= 308
    assert seen[0][1] > 8, "the day was cut into offices"


def test_a_start_given_with_the_vehicles_is_improved_on() -> None:
    problem = province(1, 50, seed=3)
    best = routing.solve(problem, engine="insertion", iterations=300)
    steps = {route.vehicle: tuple(PlannedStep("job", number) for number in route.job_ids) for route in best.routes}
    vehicles = tuple(replace(vehicle, steps=steps.get(vehicle.id)) for vehicle in problem.vehicles)
    again = routing.solve(replace(problem, vehicles=vehicles), engine="insertion", iterations=1)
    cold = routing.solve(problem, engine="insertion", iterations=1)
    assert again.objective <= best.objective < cold.objective
