"""What makes the bench's days hard, what is known of them, and public sets: read as they are meant, never against oneself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from routing.evaluate import evaluate
from routing.fingerprint import problem_hash
from routing.model import Model
from routing.tours import TourSet
from routing.validate import validate
from tests.bench.routing import parts, parts_of_time
from tests.bench.routing.alone import Tours, Ways, pyvrp, vroom
from tests.bench.routing.alone_ortools import ortools
from tests.bench.routing.country import STOPS, claimed, provinces
from tests.bench.routing.days import gia_lai
from tests.bench.routing.harder import Hardship, harder
from tests.bench.routing.paired import Runner
from tests.bench.routing.parts import OFFICES, office, reference
from tests.bench.routing.parts_of_time import driven
from tests.bench.routing.public import read
from tests.bench.routing.ratios import Line, gaps, ratios
from tests.bench.routing.references import FROZEN, Reference, References
from tests.bench.routing.results import Results
from tests.bench.routing.seat import Order, Seats, Sitting
from tests.routing.days import HOUR

ALL = Hardship(tight=True, mixed=True, streets=True)


class Answered(Seats):
    """Seats that answer with what insertion finds, at once; they keep the orders."""

    def __init__(self) -> None:
        super().__init__()
        self.orders = list[Order]()

    def sit(self, order: Order) -> Sitting:
        self.orders.append(order)
        served = TourSet(Model(order.problem))
        served.place(range(len(order.problem.jobs)))
        tours = {order.problem.vehicles[v].id: [order.problem.jobs[j].id for j in t] for v, t in served.used.items()}
        return Sitting(tours, cpu_s=order.seconds, ended="itself")


def test_a_tight_day_lies_in_eight_hours_with_a_rest_and_everybody_can_be_served() -> None:
    day = harder(gia_lai(60, 2, 3, rules=True), 3, Hardship(tight=True))

    assert {vehicle.window for vehicle in day.vehicles} == {(7.5 * HOUR, 15.5 * HOUR)}
    assert {rest.windows for vehicle in day.vehicles for rest in vehicle.breaks} == {((11 * HOUR, 12.5 * HOUR),)}
    assert max(window[1] for job in day.jobs for window in job.windows) == 15.5 * HOUR


def test_a_mixed_fleet_has_small_bags_and_half_days_of_every_office() -> None:
    day = harder(gia_lai(120, 2, 3, rules=True), 3, ALL)
    kinds = {(vehicle.capacity, vehicle.fixed) for vehicle in day.vehicles}
    halves = [vehicle for vehicle in day.vehicles if vehicle.capacity == (30,)]

    assert kinds == {((60,), 100_000), ((40,), 90_000), ((30,), 50_000)}
    assert {vehicle.office for vehicle in halves} == {1, 2}
    assert {vehicle.window for vehicle in halves} == {(7.5 * HOUR, 11.5 * HOUR), (11.5 * HOUR, 15.5 * HOUR)}
    assert not any(vehicle.breaks for vehicle in halves)
    assert validate(day) == []


def test_streets_of_one_way_make_a_day_whose_ways_differ_by_direction_and_keep_the_triangle() -> None:
    day = harder(gia_lai(40, 2, 7), 7, Hardship(streets=True))
    table = day.tables[day.vehicles[0].profile]
    metres = table.distances.astype(float)

    assert (metres != metres.T).mean() > 0.3
    assert (metres.diagonal() == 0).all()
    through = (metres[:, :, None] + metres[None, :, :]).min(axis=1)
    assert (metres <= through + 2).all()  # rounded
    again = harder(gia_lai(40, 2, 7), 7, Hardship(streets=True))
    assert problem_hash(day) == problem_hash(again)


@pytest.mark.parametrize("engine", [pyvrp, vroom, ortools])
def test_the_controls_plan_days_whose_places_have_both_a_number_and_coordinates(engine: Any) -> None:
    day, told = harder(gia_lai(12, 1, 4), 4, ALL), list[Tours]()

    engine(day, 0.2, 1, lambda tours: told.append(tours) if tours is not None else None)

    judged = evaluate(day, told[-1])
    assert (judged.violations, judged.unserved) == ((), ())


def test_a_control_pays_for_a_table_what_the_judge_does() -> None:
    day = harder(gia_lai(12, 1, 4), 4, Hardship(streets=True))
    ways, vehicle = Ways.of(day), day.vehicles[0]
    seat, first = ways.seat(vehicle), len(ways.seats)

    paid = (ways.cost[seat, first] + ways.cost[first, seat]) / 10
    assert evaluate(day, {vehicle.id: [day.jobs[0].id]}).cost == pytest.approx(vehicle.fixed + paid, abs=2)


def known(objective: int, left: int = 0, budget: float = 60.0) -> Reference:
    return Reference("30 stops", left, objective, "auto", budget, "abc")


def test_a_frozen_reference_is_renewed_only_by_a_better_plan(tmp_path: Path) -> None:
    file = tmp_path / "references.json"
    References(file).offer("x", known(100))

    References.read(file).offer("x", known(120, budget=90.0))
    assert References.read(file).known["x"] == known(100, budget=90.0)
    References.read(file).offer("x", known(90, budget=0.0))
    assert References.read(file).known["x"] == known(90, budget=90.0)
    References.read(file).offer("x", known(10, left=1))
    assert References.read(file).known["x"].objective == 90


def test_who_looked_long_enough_looks_no_more_and_a_better_short_run_lowers_the_reference(tmp_path: Path) -> None:
    trial, seats = replace(office(4), seconds=0.5), Answered()
    runner = Runner(Results(tmp_path / "bench.jsonl"), seats, references=References(tmp_path / "known.json"))
    runner.run(trial, "auto", 0.5)
    found = runner.results.rows[-1]["objective"]
    runner.references.offer(problem_hash(trial.problem), replace(known(found + 5), instance=trial.instance))

    reference(runner, trial, 60.0)
    assert len(seats.orders) == 1
    assert runner.references.known[problem_hash(trial.problem)].objective == found
    (line,) = gaps(runner.results)
    assert (line.met, line.runs, "mean 0.00 %" in line.measured) == (True, "1", True)
    reference(runner, trial, 61.0)
    assert len(seats.orders) == 1 + len(parts.LONG)


def test_a_run_of_another_day_of_the_same_name_says_nothing_of_this_one(tmp_path: Path) -> None:
    trial = replace(office(4), seconds=0.5)
    runner = Runner(Results(tmp_path / "bench.jsonl"), Answered(), references=References(tmp_path / "known.json"))
    runner.run(trial, "auto", 0.5)
    name, row = problem_hash(trial.problem), runner.results.rows[0]
    runner.references.offer(name, known(10**9))

    for change in ({"problem": "other"}, {"violations": 1}):
        runner.results.rows[:] = [row | change]
        reference(runner, trial, 60.0)
        assert runner.references.known[name].objective == 10**9
    runner.results.rows[:] = [row]
    reference(runner, trial, 60.0)
    assert runner.references.known[name].objective == row["objective"]


def test_the_frozen_references_are_those_of_the_days_that_the_bench_plans() -> None:
    frozen = References.read(FROZEN).known

    assert {problem_hash(office(number).problem) for number in (1, 4, 10)} <= frozen.keys()
    assert len(frozen) <= OFFICES
    assert all(row.instance in {office(number).instance for number in range(1, OFFICES + 1)} for row in frozen.values())
    assert all(row.weight_left == 0 and row.objective > 0 for row in frozen.values())


def rows_of(results: Results, instance: str, ours: int, theirs: int) -> None:
    for contestant, objective in (("auto", ours), ("PyVRP", theirs)):
        key = {"part": "regions", "instance": instance, "contestant": contestant, "seconds": 10.0, "seed": 1}
        told = {"objective": objective, "variable": objective, "weight_left": 0, "cpu_s": 10.0}
        results.rows.append({**key, **told})


def test_days_with_rules_plain_days_and_mixed_fleets_are_told_apart(tmp_path: Path) -> None:
    results = Results(tmp_path / "bench.jsonl")
    rows_of(results, "plain", 80, 100)
    rows_of(results, "with rules, mixed fleet", 95, 100)

    lines = {line.what: line.met for line in ratios(results)}

    assert lines == {
        "regions plain, 10 CPU s: auto ÷ PyVRP": True,
        "regions with rules, mixed fleet, 10 CPU s: auto ÷ PyVRP": False,
    }


def test_days_driven_are_planned_by_everybody_with_the_couriers_whom_ours_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats = Answered()
    monkeypatch.setattr(parts_of_time, "driven_late", lambda *_day: {"late": 0, "stops": 60})

    driven(Runner(Results(tmp_path / "bench.jsonl"), seats), parts.Options(short=True))

    first, *others = [order for order in seats.orders if order.seed == 2]
    used = {vehicle.id for vehicle in others[0].problem.vehicles}
    assert {order.contestant for order in others} >= {"auto", "VROOM 5", "OR-Tools"}
    assert all({vehicle.id for vehicle in order.problem.vehicles} == used for order in others)
    assert used <= {vehicle.id for vehicle in first.problem.vehicles}


def test_a_country_has_every_real_unit_once_and_is_planned_province_by_province(tmp_path: Path) -> None:
    groups = provinces()
    smallest = groups[0].day(1)

    assert (len(groups), sum(len(group.seats) for group in groups)) == (34, 3321)
    assert sum(group.stops for group in groups) == STOPS
    assert len({seat.point for group in groups for seat in group.seats}) > 3300
    assert (len(smallest.jobs), smallest.assignment) == (groups[0].stops, "home")
    assert len({vehicle.office for vehicle in smallest.vehicles}) == len(groups[0].seats)
    assert smallest == groups[0].day(1)
    assert validate(smallest) == []


def planned_in(file: Path, **figures: int) -> list[Line]:
    results = Results(file)
    for group in provinces():
        told = {"objective": 1, "left": 0, "violations": 0, "work_s": 1.0, "peak_mb": 300, "cpu_s": group.stops / 100}
        key = {"part": "country", "contestant": "auto", "seconds": 1.0, "seed": 1}
        results.rows.append({**key, "instance": f"{group.words}, 2 processes", **told, **figures})
    return list(claimed(results))


def test_a_country_takes_its_cpu_for_ten_thousand_stops_and_the_memory_of_its_largest_province(tmp_path: Path) -> None:
    (line,) = planned_in(tmp_path)
    assert "3,321 offices, 120,000 stops: 100 CPU s for 10,000 stops, 300 MB" in line.measured
    assert (line.what, line.met) == ("the country by provinces, 2 processes", True)
    assert not planned_in(tmp_path, peak_mb=1001)[0].met
    assert not planned_in(tmp_path, violations=1)[0].met
    assert not planned_in(tmp_path, cpu_s=50)[0].met


CVRP = """NAME : TINY
COMMENT : "loads alone"
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 0 1.6
3 1.4 0
4 3 4
DEMAND_SECTION
1 0
2 5
3 6
4 4
DEPOT_SECTION
1
-1
EOF
"""


def written(folder: Path, instance: str, solution: str) -> tuple[Path, Path]:
    files = folder / "tiny.vrp", folder / "tiny.sol"
    for file, text in zip(files, (instance, solution), strict=True):
        file.write_text(text)
    return files


def test_an_instance_of_loads_alone_is_read_to_whole_numbers_with_vehicles_to_spare(tmp_path: Path) -> None:
    tiny = read(*written(tmp_path, CVRP, "Route #1: 1\nRoute #2: 2 3\nCost 14\n"))

    judged = evaluate(tiny.problem, tiny.published)

    assert (judged.key, judged.violations, tiny.best) == ((0, 2 * 2 + 1 + 4 + 5), (), 14)
    assert len(tiny.problem.vehicles) == 6
    assert evaluate(tiny.problem, {0: [1, 2]}).violations


def test_an_instance_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"tiny\.vrp: instances of type PDPTW are not read"):
        read(*written(tmp_path, CVRP.replace(": CVRP", ": PDPTW"), "Cost 1\n"))


def test_a_folder_whose_solution_costs_something_else_is_refused(tmp_path: Path) -> None:
    written(tmp_path, CVRP, "Route #1: 1\nRoute #2: 2 3\nCost 13\n")
    runner = Runner(Results(tmp_path / "bench.jsonl"), Answered())

    with pytest.raises(SystemExit, match="tiny: the judge says"):
        parts.public(runner, parts.Options(instances=tmp_path))
    written(tmp_path, CVRP, "Route #1: 1\nRoute #2: 2 3\nCost 14\n")
    parts.public(runner, parts.Options(short=True, instances=tmp_path))
    assert {row["contestant"] for row in runner.results.rows} == {"published", "auto", "PyVRP", "OR-Tools"}
