import math
from dataclasses import replace

import numpy as np
import pytest

from routing.matrix import Geodesic
from routing.problem import Break, Job, Problem, TravelTable, Vehicle
from routing.validate import validate
from tests.routing.days import province

PROBLEM = province(1, 3, 1)
SQUARE = np.zeros((2, 2), dtype=np.int64)


def with_job(**changes: object) -> Problem:
    return replace(PROBLEM, jobs=(replace(PROBLEM.jobs[0], **changes), *PROBLEM.jobs[1:]))  # type: ignore[arg-type]  # any field


def with_vehicle(**changes: object) -> Problem:
    return replace(PROBLEM, vehicles=(replace(PROBLEM.vehicles[0], **changes),))  # type: ignore[arg-type]  # any field


def with_table(table: TravelTable, **vehicle: object) -> Problem:
    courier = Vehicle(1, start_index=0, **vehicle)  # type: ignore[arg-type]  # any field
    return Problem((courier,), (Job(1, location_index=1),), Geodesic(), tables={"car": table})


@pytest.mark.parametrize(
    ("path", "code", "problem"),
    [
        ("jobs[1].id", "duplicate_id", replace(PROBLEM, jobs=(PROBLEM.jobs[0], PROBLEM.jobs[0]))),
        ("vehicles", "no_vehicles", replace(PROBLEM, vehicles=())),
        ("jobs[0].location", "no_place", with_job(location=None)),
        ("jobs[0].location", "coordinates", with_job(location=(14.0, 108.0))),
        ("jobs[0].location", "coordinates", with_job(location=(math.nan, 14.0))),
        ("jobs[0].location", "no_place", with_job(location=None, location_index=3)),
        ("jobs[0].time_windows", "empty", with_job(windows=())),
        ("jobs[0].time_windows[0]", "window", with_job(windows=((10, 5),))),
        ("jobs[0].time_windows[1]", "overlap", with_job(windows=((0, 10), (10, 20)))),
        ("jobs[0].service", "range", with_job(service=-1)),
        ("jobs[0].delivery", "size", with_job(delivery=(1, 2))),
        ("jobs[0].pickup[0]", "range", with_job(pickup=(-2,))),
        ("jobs[0].prize", "range", with_job(prize=-5)),
        ("jobs[0].priority", "range", with_job(priority=101)),
        ("jobs[0].vehicle", "unknown_vehicle", with_job(vehicle=12345)),
        ("jobs[0].service_per_type.bike", "range", with_job(service_per_type={"bike": -1})),
        ("vehicles[0].start", "no_place", with_vehicle(start=None, end=None)),
        ("vehicles[0].profile", "unknown_profile", with_vehicle(profile="sledge")),
        ("vehicles[0].time_window", "window", with_vehicle(window=(9, 3))),
        ("vehicles[0].costs.per_km", "range", with_vehicle(per_km=-1)),
        ("vehicles[0].speed_factor", "range", with_vehicle(speed_factor=0.0)),
        ("vehicles[0].max_tasks", "range", with_vehicle(max_tasks=-1)),
        ("vehicles[0].max_trips", "range", with_vehicle(max_trips=0)),
        ("vehicles[0].max_trips", "range", with_vehicle(max_trips=4)),
        ("vehicles[0].max_trips", "no_reload_place", with_vehicle(max_trips=2, end=None)),
        ("vehicles[0].max_trips", "no_reload_place", with_vehicle(max_trips=2, start=(108.0, 14.0))),
        ("jobs[0].stranger", "range", with_job(stranger=-1)),
        ("jobs[0].usual", "unknown_vehicle", with_job(usual=frozenset({99}))),
        ("vehicles[0].reload", "range", with_vehicle(reload=-1)),
        ("vehicles[0].breaks[0]", "break_outside_shift", with_vehicle(breaks=(Break(1, ((0, 10),), 99),))),
        ("vehicles[0].breaks[0].time_windows[0]", "window", with_vehicle(breaks=(Break(1, ((9, 3),)),))),
        ("vehicles[0].breaks[1].id", "duplicate_id", with_vehicle(breaks=(Break(1), Break(1)))),
        ("matrices.car.distances", "shape", with_table(TravelTable(SQUARE, np.zeros((2, 3), dtype=np.int64)))),
        ("matrices.car.durations[1][0]", "negative", with_table(TravelTable(np.array([[0, 0], [-1, 0]]), SQUARE))),
        ("jobs[0].location_index", "index", with_table(TravelTable(SQUARE[:1, :1], SQUARE[:1, :1]))),
        ("vehicles[0].costs", "costs_twice", with_table(TravelTable(SQUARE, SQUARE, SQUARE), per_km=3)),
    ],
)
def test_a_fault_is_found_where_it_is(path: str, code: str, problem: Problem) -> None:
    assert (path, code) in [(fault.path, fault.code) for fault in validate(problem)]


def test_a_second_trip_needs_nothing_but_an_office_to_come_back_to() -> None:
    assert validate(with_vehicle(max_trips=3, reload=600)) == []
    assert validate(with_table(TravelTable(SQUARE, SQUARE), max_trips=2, end_index=0)) == []
    assert validate(with_vehicle(end=None, reload=600)) == []


def test_all_faults_are_found_at_once_and_a_sound_problem_has_none() -> None:
    assert validate(PROBLEM) == []
    spoiled = replace(with_job(service=-1, location=None), vehicles=with_vehicle(per_km=-1).vehicles)
    assert len(validate(spoiled)) == 3
