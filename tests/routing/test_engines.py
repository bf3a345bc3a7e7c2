import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.decompose import Subproblem
from routing.engine_params import EngineParams, PipelineParams
from routing.engines import insertion, pipeline
from routing.engines.interface import Limit
from routing.engines.pipeline import Incumbent, Pipeline
from routing.evaluate import evaluate
from routing.explain import explain
from routing.matrix import Geodesic
from routing.model import HOUR_KM, Model
from routing.problem import ALWAYS, Job, Problem, TravelTable, Vehicle
from routing.search_params import SearchParams
from routing.tours import Tours, TourSet
from routing.validate import validate
from tests.routing import oracle
from tests.routing.days import LUNCH, office_day, small_problem
from tests.routing.mixed import mixed_problem
from tests.routing.test_evaluate import tiny_problem

PARAMS = SearchParams()

SEEDS = st.integers(0, 2**32)
COMPILED = ["sisr"] if pipeline.available("sisr") else []
PYVRP, VROOM = ([name] if pipeline.available(name) else [] for name in ("pyvrp", "vroom"))


def searched(problem: Problem, engine: str, iterations: int = 20) -> Pipeline:
    search = Pipeline(problem, 1, None, lambda _found: None, PARAMS)
    search.run(Limit.of(None, iterations), engine)
    assert not search.failed
    return search


@pytest.mark.parametrize("engine", ["insertion", "ortools", "auto", *PYVRP, *VROOM, *COMPILED])
@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_no_engine_breaks_a_promise_and_every_stop_left_out_has_a_reason(engine: str, seed: int) -> None:
    problem = small_problem(random.Random(seed))
    assert not validate(problem)
    found = searched(problem, engine).incumbent()
    judged = evaluate(problem, found.sequences)
    assert judged.violations == ()
    assert judged.key == found.key
    assert judged.key <= insertion.construct(Model(problem), {}, PARAMS.engines).key()
    left = explain(problem, judged.sequences, judged.unserved)
    assert [entry.id for entry in left] == list(judged.unserved)


def test_an_optional_stop_of_the_start_makes_way_for_a_mandatory_one() -> None:
    vehicles, jobs = office_day(1, 2, seed=1)
    optional, mandatory = (replace(job, windows=ALWAYS) for job in jobs)
    crew = (replace(vehicles[0], max_tasks=1),)
    model = Model(Problem(crew, (replace(optional, prize=10**6), mandatory), Geodesic(), "home"))
    assert insertion.construct(model, {0: [0]}, PARAMS.engines).used == {0: [1]}
    assert insertion.construct(model, {0: [1]}, PARAMS.engines).used == {0: [1]}


@pytest.mark.parametrize("engine", ["ortools", "auto", *PYVRP, *COMPILED])
@pytest.mark.parametrize("seed", range(8))
def test_no_engine_beats_brute_force_and_the_portfolio_reaches_it(engine: str, seed: int) -> None:
    problem = tiny_problem(100 + seed, jobs=4)
    # a setup that falls away at the same place is judged by the oracle, but no search engine foresees its price
    problem = replace(problem, jobs=tuple(replace(job, setup=0, setup_per_type={}) for job in problem.jobs))
    best = oracle.best_single_route(problem)
    found = searched(problem, engine, iterations=200)
    assert found.key >= best
    if engine in {"auto", "sisr"}:
        assert found.key == best


@pytest.mark.parametrize("engine", ["insertion", "ortools", "auto", *PYVRP, *VROOM, *COMPILED])
def test_lunch_is_taken_in_its_window_on_every_route(engine: str) -> None:
    vehicles, jobs = office_day(1, 40, seed=5)
    problem = Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home")
    judged = evaluate(problem, searched(problem, engine, iterations=60).incumbent().sequences)
    lunches = [step for route in judged.routes for step in route.steps if step.type == "break"]
    early, late = LUNCH[0].windows[0]
    assert len(lunches) == len(judged.routes) > 0
    assert all(early <= lunch.start <= late and lunch.service == LUNCH[0].service for lunch in lunches)


@pytest.mark.parametrize("engine", ["ortools", *PYVRP, *VROOM, *COMPILED])
def test_the_search_engines_improve_an_office_day(engine: str) -> None:
    vehicles, jobs = office_day(1, 40, seed=5)
    search = searched(Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home"), engine, iterations=60)
    assert search.gains[engine] > 0


def test_a_mandatory_stop_goes_before_any_optional_one() -> None:
    vehicles, jobs = office_day(1, 12, seed=2)
    courier = replace(vehicles[0], max_tasks=6)
    mixed = [replace(job, prize=None if job.id <= 6 else 10**9) for job in jobs]
    problem = Problem((courier,), tuple(mixed), Geodesic(), "home")
    for engine in ("insertion", "ortools", *PYVRP, *COMPILED):
        judged = evaluate(problem, searched(problem, engine, iterations=300).incumbent().sequences)
        assert judged.weight_left == 0, engine


def test_an_improvement_is_reported_as_soon_as_it_is_found() -> None:
    vehicles, jobs = office_day(1, 40, seed=5)
    reports: list[Incumbent] = []
    search = Pipeline(Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home"), 1, None, reports.append, PARAMS)
    found = search.run(Limit.of(None, 60), "auto")
    keys = [report.key for report in reports]
    assert len(keys) > 1
    assert keys == sorted(keys, reverse=True)
    assert keys[-1] == found.key


def test_without_the_extras_ortools_and_insertion_do_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        pipeline, "MODULES", {**pipeline.MODULES, "pyvrp": "no.such", "vroom": "no.such", "sisr": "no.such"}
    )
    vehicles, jobs = office_day(1, 40, seed=5)
    search = searched(Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home"), "auto", iterations=60)
    assert not pipeline.available("pyvrp")
    assert search.gains["ortools"] > 0
    assert not search.wanting


@pytest.mark.engines("pyvrp")
def test_without_the_compiled_search_pyvrp_does_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MODULES", {**pipeline.MODULES, "sisr": "no.such"})
    search = searched(office_of(40, 5), "auto", iterations=60)
    assert "pyvrp" in search.gains
    assert "sisr" not in search.gains
    assert not search.wanting


def office_of(stops: int, seed: int, couriers: int | None = None) -> Problem:
    vehicles, jobs = office_day(1, stops, seed=seed)
    return Problem(tuple(vehicles[:couriers]), tuple(jobs), Geodesic(), "home")


def inserted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how many stops each insertion builds routes for."""
    asked: list[int] = []
    construct = insertion.construct

    def noted(model: Model, start: Tours, params: EngineParams, *, quick: bool = False) -> TourSet:
        asked.append(len(model.jobs))
        return construct(model, start, params, quick=quick)

    monkeypatch.setattr(insertion, "construct", noted)
    return asked


@pytest.mark.engines("pyvrp")
def test_the_search_of_an_office_begins_without_insertion(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = inserted(monkeypatch)
    search = searched(office_of(60, 5), "auto", iterations=60)
    assert not asked
    assert not search.wanting
    assert evaluate(search.model.problem, search.incumbent().sequences).violations == ()


def test_where_a_stop_fits_nobody_insertion_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, day = inserted(monkeypatch), office_of(60, 5)
    heavy = replace(day.jobs[0], delivery=(1_000,))
    search = searched(replace(day, jobs=(heavy, *day.jobs[1:])), "auto", iterations=60)
    assert asked == [60]
    assert evaluate(search.model.problem, search.incumbent().sequences).unserved == (heavy.id,)


def test_what_a_search_from_nothing_cannot_serve_is_inserted_and_searched_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, day = inserted(monkeypatch), office_of(60, 5, couriers=1)
    search = searched(day, "auto", iterations=30)
    assert asked[0] == 60
    left = evaluate(day, search.incumbent().sequences)
    assert left.violations == ()
    assert left.key <= insertion.construct(search.model, {}, PARAMS.engines).key()


@pytest.mark.parametrize("engine", ["auto", "ortools", "insertion", *PYVRP, *VROOM, *COMPILED])
def test_without_time_the_first_routes_stand(engine: str) -> None:
    day = office_of(40, 5)
    found = pipeline.search(Subproblem(day), Limit.of(0.0, None), 1, engine, PARAMS)
    assert found.key == insertion.construct(Model(day), {}, PARAMS.engines, quick=True).key()
    assert not found.gains


@pytest.mark.engines("vroom")
def test_vroom_is_not_asked_where_it_could_not_be_done_in_time() -> None:
    day = office_of(60, 5)  # about 0.8 s of VROOM
    assert not pipeline.search(Subproblem(day), Limit.of(0.1, None), 1, "vroom", PARAMS).gains
    assert "vroom" in pipeline.search(Subproblem(day), Limit.of(None, 1), 1, "vroom", PARAMS).gains


def test_first_routes_that_leave_a_stop_out_are_built_in_another_order() -> None:
    day = office_of(24, 6, couriers=1)
    in_one_order = TourSet(Model(day))
    in_one_order.place(insertion.by_duty(in_one_order.model, in_the_tightest_order(in_one_order.model)))
    assert in_one_order.key()[0] == 1
    assert insertion.construct(Model(day), {}, PARAMS.engines, quick=True).key()[0] == 0


def in_the_tightest_order(model: Model) -> list[int]:
    return sorted(range(len(model.jobs)), key=lambda j: (*_span(model, j), j))


def _span(model: Model, j: int) -> tuple[int, int]:
    windows = model.jobs[j].windows
    return sum(late - early for early, late in windows), windows[0][0]


def test_a_first_stop_costs_the_whole_way_and_its_work() -> None:
    seconds = np.array([[0, 3600, 1800], [3600, 0, 1800], [1800, 1800, 0]])
    courier = Vehicle(1, start_index=0, end_index=1, per_task_hour=7200)
    job = Job(1, location_index=2, setup=900, service=900)
    problem = Problem((courier,), (job,), Geodesic(), tables={"car": TravelTable(seconds, seconds)})
    model = Model(problem)
    (spot,) = TourSet(model).spots(0)
    assert spot.delta == model.route_price(0, [0]) * HOUR_KM == (3600 + 3600) * HOUR_KM


def test_a_place_in_a_route_is_priced_as_the_route_grows() -> None:
    for seed in range(60):
        problem = mixed_problem(random.Random(seed))
        model = Model(problem)
        tours = TourSet(model, {0: list(range(1, len(problem.jobs)))})
        for spot in tours.spots_in(0, 0):
            grown = model.route_price(0, tours.with_job(spot, 0)) - model.route_price(0, tours.tours[0])
            assert abs(spot.delta / HOUR_KM - grown - model.visit_price(0, 0)) < 1


@pytest.mark.engines("sisr", "pyvrp")
def test_pyvrp_goes_on_from_the_compiled_search_where_many_leave_one_depot_without_a_break(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    polished: list[int] = []
    monkeypatch.setattr(Pipeline, "polish", lambda search, _limit: polished.append(len(search.model.jobs)))
    handed = replace(PARAMS, pipeline=PipelineParams(handed_from=20))
    resting = office_of(20, 5)
    plain = replace(resting, vehicles=tuple(replace(vehicle, breaks=()) for vehicle in resting.vehicles))
    elsewhere = replace(plain.vehicles[0], id=1, start=(108.0, 13.0), end=(108.0, 13.0))
    several = replace(plain, vehicles=(*plain.vehicles, elsewhere))
    fewer = replace(plain, jobs=plain.jobs[:19])

    for day in (plain, resting, several, fewer):
        Pipeline(day, 1, None, lambda _better: None, handed).run(Limit.of(None, 5), "auto")

    assert polished == [20]
