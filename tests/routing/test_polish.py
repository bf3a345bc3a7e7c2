from dataclasses import replace

import pytest

from routing.assign.partition import choose
from routing.columns import Column
from routing.engines.interface import Limit
from routing.engines.polish import PhasedSearch, polish, reduce_fleet
from routing.engines.pyvrp_search import PyvrpInstance, clients_of
from routing.matrix import Geodesic
from routing.model import Model
from routing.problem import ALWAYS, Problem
from routing.search_params import SearchParams
from routing.tours import TourSet
from tests.bench.routing.days import gia_lai
from tests.routing.days import office_day

PARAMS = SearchParams()


def two_couriers_for_the_work_of_one() -> Model:
    vehicles, jobs = office_day(1, 16, seed=5)
    spare = replace(vehicles[0], id=vehicles[0].id + 1)
    return Model(Problem((vehicles[0], spare), tuple(replace(job, windows=ALWAYS) for job in jobs), Geodesic(), "home"))


def test_a_courier_too_many_is_taken_away() -> None:
    model = two_couriers_for_the_work_of_one()
    instance = PyvrpInstance(model, complete=True)
    both = instance.solution({0: list(range(8)), 1: list(range(8, 16))})
    smaller_fleet = PhasedSearch(instance, Limit.of(None, 50), 1, PARAMS).reduce_fleet(Limit.of(None, 50), both)
    assert smaller_fleet is not None
    assert smaller_fleet.num_routes() == 1
    assert sorted(instance.tours(smaller_fleet)[0]) == list(range(16))


def test_a_courier_is_kept_where_the_shifts_could_not_hold_the_work() -> None:
    model = two_couriers_for_the_work_of_one()
    long = Model(replace(model.problem, jobs=tuple(replace(job, service=3000) for job in model.jobs)))
    instance = PyvrpInstance(long, complete=True)
    both = instance.solution({0: list(range(8)), 1: list(range(8, 16))})
    assert PhasedSearch(instance, Limit.of(None, 50), 1, PARAMS).reduce_fleet(Limit.of(None, 50), both) is None


def test_a_courier_whom_nobody_may_stand_in_for_is_not_taken_away() -> None:
    model = two_couriers_for_the_work_of_one()
    locked = replace(model.jobs[3], vehicle=model.vehicles[0].id)
    bound = Model(replace(model.problem, jobs=(*model.jobs[:3], locked, *model.jobs[4:])))
    instance = PyvrpInstance(bound, complete=True)
    both = instance.solution({0: list(range(6)), 1: list(range(6, 16))})
    work = PhasedSearch(instance, Limit.of(None, 50), 1, PARAMS)
    (second,) = work.dispensable(instance.data, both.routes())
    assert sorted(instance.job_of[client] for client in clients_of(second)) == list(range(6, 16))
    smaller_fleet = work.reduce_fleet(Limit.of(None, 50), both)
    assert smaller_fleet is not None
    assert sorted(instance.tours(smaller_fleet)[0]) == list(range(16))


def test_reducing_the_fleet_does_without_a_courier_and_says_nothing_where_all_are_needed() -> None:
    model = two_couriers_for_the_work_of_one()
    start = {0: list(range(8)), 1: list(range(8, 16))}
    answers = list(reduce_fleet(model, Limit.of(None, 50), 1, start, PARAMS))
    assert [len(tours) for _, tours in answers] == [1, 1]
    at_home = tuple(replace(job, vehicle=model.vehicles[j // 8].id) for j, job in enumerate(model.jobs))
    assert not list(reduce_fleet(Model(replace(model.problem, jobs=at_home)), Limit.of(None, 50), 1, start, PARAMS))
    assert not list(reduce_fleet(model, Limit.of(None, 50), 1, {0: list(range(8))}, PARAMS))


def test_the_search_of_auto_never_hands_back_worse_routes_than_it_was_given() -> None:
    model = two_couriers_for_the_work_of_one()
    start = {0: list(range(8)), 1: list(range(8, 16))}
    answers = [
        TourSet(model, tours).key() for _, tours in polish(model, Limit.of(None, 30), 1, start, PARAMS, cold=False)
    ]
    assert min(answers) <= TourSet(model, start).key()
    assert len(answers) > 1


def test_a_good_start_stands_where_a_search_from_nothing_finds_nothing_better() -> None:
    model = Model(gia_lai(60, 1, 3))
    *_, (_, good) = polish(model, Limit.of(None, 200), 1, {}, PARAMS, cold=True)
    work = PhasedSearch(PyvrpInstance(model, complete=True), Limit.of(None, 1), 7, PARAMS)
    begun = work.instance.solution(good)
    assert work.cost(work.search(Limit.of(None, 1), None)) > work.cost(begun)
    first = work.begin(good, cold=True)
    assert first.is_feasible()
    assert work.cost(first) <= work.cost(begun)


def test_the_cheapest_choice_of_routes_covers_every_stop_once() -> None:
    now = [Column(0, (1, 2), (1, 2), 10), Column(0, (3, 4), (3, 4), 10)]
    seen = [Column(0, (1, 3), (1, 3), 4), Column(0, (2, 4), (2, 4), 5), Column(0, (2, 3, 4), (2, 3, 4), 1)]
    chosen = choose(seen, now, {0: 2}, None, 1, PARAMS.phases)
    assert chosen is not None
    assert sorted(column.cost for column in chosen) == [4, 5]


def test_routes_are_not_chosen_beyond_the_couriers_or_without_a_gain() -> None:
    now = [Column(0, (1, 2, 3), (1, 2, 3), 10)]
    single = [Column(0, (stop,), (stop,), 1) for stop in (1, 2, 3)]
    assert choose(single, now, {0: 2}, None, 1, PARAMS.phases) is None
    assert choose(now, now, {0: 1}, None, 1, PARAMS.phases) is None


def test_attempts_with_one_courier_less_share_all_of_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model = two_couriers_for_the_work_of_one()
    instance = PyvrpInstance(model, complete=True)
    both = instance.solution({0: list(range(8)), 1: list(range(8, 16))})
    work, deadlines = PhasedSearch(instance, Limit.of(None, 50), 1, PARAMS), list[float]()

    def fails(_: PhasedSearch, limit: Limit, *__: object) -> None:
        deadlines.append(limit.left())

    monkeypatch.setattr(PhasedSearch, "without", fails)
    assert work.without_one_courier(Limit(8.0, None, lambda: 0.0), both) is None
    assert deadlines == [4.0, 8.0]
