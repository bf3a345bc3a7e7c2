"""The compiled search (collected only where it is built, see conftest.py): it judges as Python does, and answers in time."""

import ctypes
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from routing.engines.interface import Limit
from routing.engines.pipeline import Pipeline
from routing.engines.sisr import library, search
from routing.engines.sisr.instance import MOST_BREAKS, NO_WAY, SisrInstance, knows
from routing.evaluate import Key
from routing.matrix import Geodesic
from routing.model import HOUR_KM, Model
from routing.problem import UNREACHABLE, Break, Problem, TravelTable
from routing.search_params import SearchParams
from routing.tours import Tours, TourSet, breaks_rule
from tests.routing import oracle
from tests.routing.days import HOUR, LUNCH, bag_day, office_day
from tests.routing.mixed import mixed_problem
from tests.routing.test_trips import trips_problem
from tests.routing.verdicts import disagreements

PARAMS = SearchParams()


def office_of(stops: int, seed: int = 5) -> Model:
    vehicles, jobs = office_day(1, stops, seed=seed)
    return Model(Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home"))


def searched(model: Model, iterations: int = 20, seed: int = 1, start: Tours | None = None) -> Tours:
    found = search.solve(model, Limit.of(None, iterations), seed, start or {}, PARAMS)
    assert found is not None
    return found


def test_it_judges_and_prices_every_route_as_python_does() -> None:
    assert [told for number in range(400) for told in disagreements(number)] == []


def test_a_bag_filled_to_the_brim_and_a_break_at_the_last_moment_are_kept() -> None:
    model = office_of(12)
    courier = replace(model.vehicles[0], capacity=(5,), window=(7 * HOUR, 13 * HOUR))
    day = Model(replace(model.problem, vehicles=(courier, replace(courier, id=2))))
    tours = searched(day)
    assert all(breaks_rule(day, v, tour) is None for v, tour in tours.items())
    with SisrInstance(day) as instance:
        assert all(instance.judged(v, tour) is not None for v, tour in tours.items())


def test_no_route_of_its_breaks_a_rule() -> None:
    for number in range(60):
        model = Model(mixed_problem(random.Random(number)))
        for v, tour in searched(model, 3).items():
            assert breaks_rule(model, v, tour) is None, number


def test_the_same_seed_gives_the_same_plan_and_another_one_another_way_there() -> None:
    model = office_of(60)
    assert searched(model, 2) == searched(model, 2)
    assert searched(model, 2) != searched(model, 2, seed=2)


def test_more_searching_is_never_worse_than_its_start() -> None:
    model = office_of(60)
    first = searched(model, 1)
    before = TourSet(model, first).key()
    assert all(TourSet(model, searched(model, 3, seed, first)).key() <= before for seed in range(3))


def test_a_start_that_breaks_a_rule_is_no_floor_and_no_fault() -> None:
    model = office_of(30)
    tours = searched(model, 2, start={0: list(range(len(model.jobs)))})
    assert all(breaks_rule(model, v, tour) is None for v, tour in tours.items())


def test_it_counts_money_exactly() -> None:
    model = office_of(60)
    with SisrInstance(model) as instance:
        assert instance.arrays["prices"].max() < NO_WAY
        for tour in searched(model).values():
            price = instance.judged(0, list(tour))
            assert price is not None
            assert price * instance.unit // HOUR_KM == model.route_price(0, tour)


def test_ways_too_dear_to_count_are_rounded() -> None:
    model = office_of(20)
    dear = Model(replace(model.problem, vehicles=(replace(model.vehicles[0], per_km=10**8 + 1, per_hour=10**7 + 3),)))
    with SisrInstance(dear) as instance:
        assert 0 < instance.arrays["prices"].max() <= NO_WAY // 2
        price, exact = instance.judged(0, [0]), dear.route_price(0, [0])
        assert price is not None
        assert abs(price * instance.unit / HOUR_KM - exact) < exact / 10**6


def test_more_breaks_than_it_counts_are_left_to_the_others() -> None:
    model = office_of(5)
    rests = tuple(Break(n, ((7 * HOUR, 16 * HOUR),), 60) for n in range(MOST_BREAKS + 1))
    weary = Model(replace(model.problem, vehicles=(replace(model.vehicles[0], breaks=rests),)))
    assert not knows(weary)
    assert search.solve(weary, Limit.of(None, 1), 1, {}, PARAMS) is None


@pytest.mark.parametrize(
    "change",
    [{"service": 2**33}, {"setup": 2**33}, {"delivery": (2**33,)}, {"pickup": (2**29 + 1,)}],
    ids=lambda change: next(iter(change)),
)
def test_what_does_not_fit_into_32_bits_is_left_to_the_others(change: dict[str, Any]) -> None:
    model = office_of(5)
    huge = Model(replace(model.problem, jobs=tuple(replace(job, **change) for job in model.problem.jobs)))
    assert search.solve(huge, Limit.of(None, 1), 1, {}, PARAMS) is None


def test_a_ride_of_centuries_is_no_ride_that_wraps_around() -> None:
    model = office_of(3)
    seconds = np.full((4, 4), 2**33, dtype=np.int64)
    jobs = tuple(replace(job, location_index=n) for n, job in enumerate(model.problem.jobs))
    courier = replace(model.vehicles[0], start_index=3, end_index=3)
    tables = {courier.profile: TravelTable(seconds, seconds)}
    long = Model(replace(model.problem, jobs=jobs, vehicles=(courier,), tables=tables))
    assert search.solve(long, Limit.of(None, 1), 1, {}, PARAMS) is None
    seconds[:] = UNREACHABLE
    assert search.solve(Model(long.problem), Limit.of(None, 1), 1, {}, PARAMS) == {}


def ticking(ticks: list[float]) -> Limit:
    """A limit whose clock shows these moments, the last for ever."""
    shown = iter(ticks)
    return Limit(1.0, None, lambda: next(shown, ticks[-1]))


def test_it_ends_when_its_time_is_over_and_has_an_answer() -> None:
    model = office_of(60)
    found = search.solve(model, ticking([0.0, 0.0, 0.0, 1.0]), 1, {}, PARAMS)
    assert found is not None
    assert sorted(j for tour in found.values() for j in tour) == list(range(60))


def test_what_goes_wrong_in_the_clock_ends_the_search_and_is_raised() -> None:
    model, asked = office_of(20), [0]

    def broken() -> float:
        asked[0] += 1
        if asked[0] > 3:
            raise ArithmeticError("no clock")
        return 0.0

    with pytest.raises(ArithmeticError):
        search.solve(model, Limit(1.0, None, broken), 1, {}, PARAMS)


def test_a_courier_too_many_is_done_without() -> None:
    vehicles, jobs = office_day(1, 16, seed=5)
    crew = tuple(replace(vehicles[0], id=number) for number in range(3))
    model = Model(Problem(crew, tuple(replace(job, windows=((0, 86_400),)) for job in jobs), Geodesic(), "home"))
    split = {v: [j for j in range(16) if j % 3 == v] for v in range(3)}
    assert len(searched(model, 20, start=split)) == 1


@pytest.mark.parametrize("late", [0.0, 0.4])
def test_a_courier_is_done_without_where_another_one_comes_back_for_a_second_bag(late: float) -> None:
    once, twice = (Model(bag_day(30, 3, bag=8, trips=trips, couriers=4, late=late)) for trips in (1, 2))
    single, tours = searched(once, 2), searched(twice, 2)
    assert all(breaks_rule(twice, v, tour) is None for v, tour in tours.items())
    assert not TourSet(twice, tours).left
    assert len(tours) < len(single)
    assert TourSet(twice, tours).key()[1] <= 0.97 * TourSet(once, single).key()[1]


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 6, 11])
def test_with_second_trips_it_finds_what_trying_every_order_and_every_cut_finds(seed: int) -> None:
    problem = trips_problem(seed, 3)
    problem = replace(problem, jobs=tuple(replace(job, setup=0, setup_per_type={}) for job in problem.jobs))
    assert portfolio(Model(problem)).key == oracle.best_single_route(problem)


def test_a_dearer_vehicle_hands_its_route_to_a_cheaper_one() -> None:
    model = office_of(10)
    van = replace(model.vehicles[0], id=7, fixed=900_000)
    mixed = Model(replace(model.problem, vehicles=(van, replace(van, id=8, fixed=10_000))))
    assert set(searched(mixed, 20, start={0: list(range(10))})) == {1}


def test_an_optional_stop_is_served_only_where_it_is_worth_its_way() -> None:
    model = office_of(12)
    jobs = model.problem.jobs
    cheap = Model(replace(model.problem, jobs=(replace(jobs[0], prize=0), *jobs[1:])))
    dear = Model(replace(model.problem, jobs=(replace(jobs[0], prize=10**7), *jobs[1:])))
    assert 0 not in [j for tour in searched(cheap).values() for j in tour]
    assert 0 in [j for tour in searched(dear).values() for j in tour]


def test_a_library_of_other_sources_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        sisr_version: Callable[[], int] = staticmethod(lambda: library.VERSION + 1)

    monkeypatch.setattr(ctypes, "CDLL", lambda _path: Other())
    with pytest.raises(ImportError, match="make setup"):
        library.load()


def test_lunch_is_taken_inside_the_search_not_after_it() -> None:
    """Tight shifts with an hour's lunch: every route that the search gives stands as it is."""
    vehicles, jobs = office_day(1, 30, seed=9)
    crew = tuple(replace(vehicles[0], id=n, window=(7 * HOUR, 13 * HOUR), breaks=LUNCH) for n in range(6))
    model = Model(
        Problem(crew, tuple(replace(job, windows=((7 * HOUR, 13 * HOUR),)) for job in jobs), Geodesic(), "home")
    )
    tours = searched(model, 30)
    assert sum(map(len, tours.values())) == 30
    assert all(breaks_rule(model, v, tour) is None for v, tour in tours.items())
    assert len(tours) < len(crew)


def test_the_structures_are_those_of_the_sources() -> None:
    """Every array and parameter stands in the C++ files in the same order."""
    folder = library.PATH.parent
    for names, header in ((library.ARRAYS, "instance.h"), (library.PARAMETERS, "search.h")):
        text = (folder / header).read_text()
        inside = text[text.index("struct sisr_") :]
        places = [min(at for mark in (f"*{n}", f" {n},", f" {n};") if (at := inside.find(mark)) >= 0) for n in names]
        assert all(a < b for a, b in pairwise(places)), header


def portfolio(model: Model, iterations: int = 20) -> Pipeline:
    pipe = Pipeline(model.problem, 1, None, lambda _found: None, PARAMS)
    pipe.run(Limit.of(None, iterations), "auto")
    return pipe


def test_the_portfolio_searches_an_office_with_it_alone() -> None:
    pipe = portfolio(office_of(60))
    assert set(pipe.gains) == {"sisr"}
    assert not pipe.wanting


def test_a_start_is_a_floor_for_the_portfolio() -> None:
    model = office_of(40)
    good = searched(model, 60)
    ids = {model.vehicles[v].id: [model.jobs[j].id for j in tour] for v, tour in good.items()}
    for seed in range(3):
        pipe = Pipeline(model.problem, seed, ids, lambda _found: None, PARAMS)
        pipe.run(Limit.of(None, 1), "auto")
        assert pipe.key <= TourSet(model, good).key()


@pytest.mark.engines("pyvrp")
def test_what_it_does_not_know_is_searched_by_the_others() -> None:
    model = office_of(20)
    rests = tuple(Break(n, ((7 * HOUR, 16 * HOUR),), 60) for n in range(MOST_BREAKS + 1))
    weary = Model(replace(model.problem, vehicles=tuple(replace(v, breaks=rests) for v in model.vehicles)))
    pipe = portfolio(weary, 10)
    assert "sisr" not in pipe.gains
    assert not pipe.wanting
    assert pipe.gains


def test_better_routes_are_told_on_the_way() -> None:
    model = office_of(60)
    keys: list[Key] = []
    search.solve(model, Limit.of(None, 30), 1, {}, PARAMS, lambda tours: keys.append(TourSet(model, tours).key()))
    assert len(keys) > 1
    assert keys == sorted(keys, reverse=True)


@pytest.mark.engines("pyvrp")
@pytest.mark.parametrize(("breaks", "engine"), [((), "pyvrp"), (LUNCH, "sisr")])
def test_the_second_search_of_a_part_is_another_one_where_there_is_one(breaks: tuple[Break, ...], engine: str) -> None:
    model = office_of(40)
    crew = tuple(replace(vehicle, breaks=breaks) for vehicle in model.vehicles)
    pipe = Pipeline(replace(model.problem, vehicles=crew), 1, None, lambda _found: None, PARAMS)
    pipe.unlike = True
    pipe.run(Limit.of(None, 20), "auto")
    assert engine in pipe.gains
