from dataclasses import replace

import numpy as np
import pytest

import routing
from routing.clusters import around_spare, by_region, by_routes, cut
from routing.day_params import ClusterParams
from routing.decompose import Subproblem, part_of
from routing.engines import insertion
from routing.evaluate import evaluate
from routing.matrix import Geodesic
from routing.model import Model
from routing.problem import ALWAYS, Onward, Problem, TravelTable
from routing.projection import Projection
from routing.search_params import SearchParams
from tests.routing.days import office_day, province

PARAMS = SearchParams()


def driven(problem: Problem) -> dict[int, list[int]]:
    model = Model(problem)
    tours = insertion.construct(model, {}, PARAMS.engines, quick=True).used
    return {model.vehicles[v].id: [model.jobs[j].id for j in tour] for v, tour in tours.items()}


def tabled(problem: Problem) -> Problem:
    """The same day with given matrices instead of places."""
    places = [job.location for job in problem.jobs] + [v.start for v in problem.vehicles]
    known = [place for place in places if place is not None]
    seconds, metres = Geodesic().block("motorbike", known, known)
    first = len(problem.jobs)
    vehicles = [
        replace(v, start=None, end=None, start_index=first + n, end_index=first + n)
        for n, v in enumerate(problem.vehicles)
    ]
    jobs = [replace(job, location=None, location_index=n) for n, job in enumerate(problem.jobs)]
    return replace(
        problem, vehicles=tuple(vehicles), jobs=tuple(jobs), tables={"motorbike": TravelTable(seconds, metres)}
    )


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_every_stop_and_every_courier_is_in_one_cluster(turn: int) -> None:
    problem = replace(province(8, 240, 3), assignment="free")
    routes = driven(problem)
    unserved = routes.popitem()
    parts = by_routes(problem, Projection.of(problem), routes, 80, turn)
    assert sorted(job.id for part in parts for job in part.problem.jobs) == [job.id for job in problem.jobs]
    assert sorted(v.id for part in parts for v in part.problem.vehicles) == [v.id for v in problem.vehicles]
    assert len(parts) == 3
    assert {v: tour for part in parts for v, tour in (part.start or {}).items()} == routes
    assert unserved[0] not in routes


def pieces_of(problem: Problem, routes: dict[int, list[int]], params: ClusterParams) -> tuple[list[int], bool]:
    """How many routes each cluster of the first round holds, and whether the day is one."""
    parts, whole = cut([Subproblem(problem)], [Projection.of(problem)], routes, params, 0, 1)
    return [len(part.start or {}) for part in parts], whole


def test_a_cluster_holds_so_many_routes_however_long_they_are() -> None:
    problem = replace(province(8, 240, 3), assignment="free")
    routes = driven(problem)
    small = ClusterParams(one=100, sizes=(20,), routes=1)

    assert len(pieces_of(problem, routes, small)[0]) > len(routes) // 4
    held, whole = pieces_of(problem, routes, replace(small, routes=4))
    assert (len(held), min(held) >= 4, sum(held), whole) == (len(routes) // 4, True, len(routes), False)


def test_few_routes_of_one_depot_are_one_cluster_and_those_of_several_are_cut() -> None:
    vehicles, jobs = office_day(1, 240, seed=4)
    problem = Problem(tuple(vehicles), tuple(replace(job, windows=ALWAYS) for job in jobs), Geodesic(), "home")
    routes, params = driven(problem), ClusterParams(one=100, sizes=(80,), routes=1)

    assert pieces_of(problem, routes, params) == ([len(routes)], True)
    assert len(pieces_of(problem, routes, replace(params, depot_routes=len(routes)))[0]) == 3
    elsewhere = replace(problem.vehicles[0], start=(108.0, 13.0))
    assert not pieces_of(replace(problem, vehicles=(elsewhere, *problem.vehicles[1:])), routes, params)[1]


def test_clusters_around_a_spare_courier_share_no_route_and_every_courier_has_one_turn() -> None:
    problem = replace(province(8, 240, 3), assignment="free")
    routes, tried = driven(problem), set[int]()
    projection, waves = Projection.of(problem), list[list[Subproblem]]()
    while parts := around_spare(problem, projection, routes, 80, tried):
        couriers = [v.id for part in parts for v in part.problem.vehicles]
        assert len(couriers) == len(set(couriers))
        for part in parts:
            assert part.start == {v.id: routes[v.id] for v in part.problem.vehicles}
            assert sorted(job.id for job in part.problem.jobs) == sorted(job for t in part.start.values() for job in t)
        waves.append(parts)
    assert tried == set(routes)
    shortest = min(routes, key=lambda v: (len(routes[v]), v))
    assert shortest in {v.id for v in waves[0][0].problem.vehicles}


def test_a_courier_whose_stops_must_stay_at_the_office_is_not_spare() -> None:
    day = replace(province(8, 240, 3), assignment="free")
    routes = driven(day)
    problem = replace(day, jobs=tuple(replace(job, movable=False) for job in day.jobs))
    crews = {v.id: v.office for v in problem.vehicles if v.id in routes}
    tried = set[int]()
    while around_spare(problem, Projection.of(problem), routes, 80, tried):
        pass
    assert {v for v, office in crews.items() if list(crews.values()).count(office) == 1}.isdisjoint(tried)


def test_each_turn_cuts_along_other_lines() -> None:
    problem = replace(province(12, 300, 3), assignment="free")
    routes, projection = driven(problem), Projection.of(problem)
    borders = {
        frozenset(
            frozenset(job.id for job in part.problem.jobs) for part in by_routes(problem, projection, routes, 100, n)
        )
        for n in range(3)
    }
    assert len(borders) == 3


def test_a_large_office_begins_in_regions_that_share_its_couriers() -> None:
    vehicles, jobs = office_day(1, 3 * PARAMS.clusters.region, seed=4)
    problem = Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home")
    parts = by_region(problem, Projection.of(problem), PARAMS.clusters.region)
    assert [len(part.problem.jobs) for part in parts] == [PARAMS.clusters.region] * 3
    assert sorted(v.id for part in parts for v in part.problem.vehicles) == [v.id for v in vehicles]
    assert max(len(part.problem.vehicles) for part in parts) - min(len(part.problem.vehicles) for part in parts) <= 1


def test_a_part_of_a_day_with_tables_carries_its_rows_only_and_costs_the_same() -> None:
    problem = tabled(province(4, 60, 5))
    routes = driven(problem)
    parts = by_routes(problem, Projection.of(problem), routes, 20, 0)
    assert len(parts) == 3
    for part in parts:
        count = len(part.problem.jobs) + len(part.problem.vehicles)
        assert part.problem.tables["motorbike"].durations.shape == (count, count)
    assert sum(evaluate(part.problem, part.start or {}).cost for part in parts) == evaluate(problem, routes).cost


def test_a_part_carries_the_onward_legs_of_its_own_offices_and_desks() -> None:
    problem = province(4, 60, 5)
    ways = {(a, b): 1000 * abs(a - b) for a in range(1, 5) for b in range(1, 5)}
    problem = replace(problem, onward=Onward(ways, per_km=300))
    here = [v for v in problem.vehicles if v.office == 1]
    part = part_of(problem, here, [job for job in problem.jobs if job.desk in {1, 2}], {})
    assert part.problem.onward == Onward({(1, 1): 0, (1, 2): 1000}, per_km=300)


def test_places_by_matrix_alone_lie_no_farther_apart_than_the_ways_between_them() -> None:
    problem = tabled(province(2, 40, 5))
    places = np.array([Projection.of(problem).job_points[job.id] for job in problem.jobs])
    apart = np.abs(places[:, None, :] - places[None, :, :]).max(axis=2)
    ways = problem.tables["motorbike"].durations[:40, :40]
    assert (apart <= ways + 2).all()
    assert apart.max() > 0.5 * ways.max()


def test_one_large_office_goes_round_in_clusters() -> None:
    vehicles, jobs = office_day(1, 3 * PARAMS.clusters.region, seed=4)
    relief = [replace(vehicles[0], id=1000 + n) for n in range(16)]
    wide = tuple(replace(job, windows=ALWAYS) for job in jobs)
    problem = Problem((*vehicles, *relief), wide, Geodesic(), "home")
    seen: list[tuple[int, int]] = []
    plan = routing.solve(problem, iterations=2, on_progress=lambda done, total: seen.append((done, total)))
    assert plan.violations == ()
    assert plan.served == 3 * PARAMS.clusters.region
    assert seen[-1][0] == seen[-1][1] > 4


def test_a_part_without_routes_is_searched_whole() -> None:
    problem = province(2, 12, 1)
    assert by_routes(problem, Projection.of(problem), {}, 80, 0) == [Subproblem(problem)]
