"""The bench measures what it says: resumed runs, equal CPU, days, processes of their own, and public formats."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from routing.engine_params import EngineParams, PhaseParams, PipelineParams
from routing.evaluate import evaluate
from routing.matrix import Geodesic
from routing.model import Model
from routing.search_params import SearchParams
from routing.tours import TourSet
from routing.validate import validate
from tests.bench.problems import ENGINES, OWN, engine_of
from tests.bench.routing import __main__ as bench
from tests.bench.routing.__main__ import PARTS
from tests.bench.routing.clock import WorkClock
from tests.bench.routing.days import gia_lai
from tests.bench.routing.paired import PRODUCT, OutOfTime, Runner, Trial
from tests.bench.routing.parts import Options
from tests.bench.routing.parts_of_time import driven_late
from tests.bench.routing.public import read
from tests.bench.routing.report import table
from tests.bench.routing.results import Results
from tests.bench.routing.roads import Roads
from tests.bench.routing.seat import Order, Seats, Sitting

DAY = gia_lai(12, 1, 1)
SERVED = {DAY.vehicles[0].id: [job.id for job in DAY.jobs]}


class Played(Seats):
    """Seats that answer at once; they keep the orders."""

    def __init__(self, cpu_s: float = 0.5, tours: Mapping[int, Sequence[int]] | None = SERVED) -> None:
        super().__init__()
        self.cpu_s, self.tours, self.orders = cpu_s, tours, list[Order]()

    def sit(self, order: Order) -> Sitting:
        self.orders.append(order)
        return Sitting(self.tours, cpu_s=self.cpu_s, ended="itself")


def test_a_finished_run_is_not_run_again(tmp_path: Path) -> None:
    file, trial = tmp_path / "bench.jsonl", Trial("towns", "plain", DAY, 0.5, 1)
    first, second = Played(), Played()

    made = Runner(Results.read(file), first).pair(trial, ["auto", "PyVRP"])
    known = Runner(Results.read(file), second).pair(trial, ["auto", "PyVRP"])

    assert len(first.orders) == 2
    assert second.orders == []
    assert known == made
    assert len(file.read_text().splitlines()) == 2


def test_a_control_gets_the_cpu_that_ours_used(tmp_path: Path) -> None:
    seats = Played(cpu_s=0.8)

    Runner(Results(tmp_path / "bench.jsonl"), seats).pair(Trial("towns", "plain", DAY, 0.5, 1), ["PyVRP", "auto"])

    assert [(order.contestant, order.seconds) for order in seats.orders] == [("auto", 0.5), ("PyVRP", 0.8)]


def test_a_control_that_had_less_cpu_runs_again(tmp_path: Path) -> None:
    results, trial = Results(tmp_path / "bench.jsonl"), Trial("towns", "plain", DAY, 0.5, 1)
    Runner(results, Played()).run(trial, "PyVRP", 0.5)
    seats = Played()

    Runner(results, seats).run(trial, "PyVRP", 0.8)

    assert len(seats.orders) == 1


def test_a_part_stops_when_its_minutes_are_over(tmp_path: Path) -> None:
    with pytest.raises(OutOfTime):
        Runner(Results(tmp_path / "bench.jsonl"), Played(), until=0.0).run(Trial("towns", "", DAY, 0.5, 1), "auto", 0.5)


def test_every_engine_of_the_audit_meets_days_with_and_without_more_rules() -> None:
    met = {(engine_of(number), number % 2) for number in range(2 * len(ENGINES))}

    assert met == {(engine, rules) for engine in ENGINES for rules in (0, 1)}
    assert OWN.keys() <= set(ENGINES)


@pytest.mark.parametrize("part", [name for name in PARTS if name not in {"insertion", "same", "busy", "public"}])
def test_every_part_writes_its_runs_down_even_where_nobody_had_a_plan(part: str, tmp_path: Path) -> None:
    results = Results(tmp_path / "bench.jsonl")

    PARTS[part](Runner(results, Played(tours=None)), Options(short=True))

    assert {row["part"] for row in results.rows} >= {part}
    assert all({"load", "commit", "at", "code"} <= row.keys() for row in results.rows)
    table(Results.read(results.path))


def test_a_day_is_made_by_its_seed_alone_and_can_be_planned() -> None:
    day = gia_lai(60, 3, 5, rules=True, assignment="free", kind="transfers")

    assert day == gia_lai(60, 3, 5, rules=True, assignment="free", kind="transfers")
    assert day.jobs != gia_lai(60, 3, 6, rules=True, assignment="free", kind="transfers").jobs
    assert validate(day) == []
    assert (len(day.jobs), len({vehicle.office for vehicle in day.vehicles})) == (60, 3)
    assert any(len(job.windows) == 2 for job in day.jobs)
    assert all(vehicle.breaks for vehicle in day.vehicles)


def test_a_free_collection_may_go_to_another_office_and_a_delivery_only_with_transfers() -> None:
    collections = gia_lai(80, 4, 1, assignment="free", kind="collections")
    transfers = gia_lai(80, 4, 1, assignment="free", kind="transfers")

    assert any(job.movable for job in collections.jobs)
    assert all(job.origin == job.office for job in collections.jobs if any(job.delivery))
    assert any(job.movable and any(job.delivery) for job in transfers.jobs)
    assert [job.location for job in collections.jobs] == [job.location for job in transfers.jobs]


def test_what_was_planned_with_the_true_times_is_driven_in_time_and_on_slow_roads_not() -> None:
    served = TourSet(Model(DAY))
    served.place(range(len(DAY.jobs)))
    tours = {DAY.vehicles[v].id: [DAY.jobs[j].id for j in tour] for v, tour in served.used.items()}

    assert driven_late(DAY, tours, Geodesic()) == {"late": 0, "stops": 12}
    assert driven_late(DAY, tours, Geodesic(speeds={"motorbike": 1.0}))["late"] > 0


def test_a_contestant_is_measured_in_a_process_of_its_own() -> None:
    with Seats() as seats:
        found = seats.sit(Order("insertion", DAY, 0.2, 1))
        again = seats.sit(Order("insertion", DAY, 0.2, 1))

    assert (found.ended, again.ended) == ("itself", "itself")
    assert found.tours is not None
    assert not evaluate(DAY, found.tours).violations
    assert found.cpu_s > 0
    assert found.peak_mb > 20


def test_an_engine_that_does_not_stop_is_ended_and_its_last_plan_counts() -> None:
    with Seats() as seats:
        found = seats.sit(Order("OR-Tools", DAY, 1e5, 1, most_cpu=0.3))

    assert found.ended == "cpu"
    assert found.tours is not None
    assert not evaluate(DAY, found.tours).unserved


def test_the_clock_of_work_passes_while_somebody_works() -> None:
    clock = WorkClock(lambda: ())
    before = clock()
    sum(range(300_000))

    assert clock() > before


def test_roads_wind_and_are_the_same_both_ways() -> None:
    roads, far, near = Roads(1), (108.05, 13.95), (108.0, 13.95)
    (straight,) = Geodesic(detour=1.0).block("car", [near], [far])[1][0]

    (out,), (back,) = roads.block("car", [near], [far])[1][0], roads.block("car", [far], [near])[1][0]

    assert out == back
    assert out > straight


MULTI = """NAME: TINY
TYPE: MDVRPTW
DIMENSION: 4
VEHICLES: 2
CAPACITY: 10
VEHICLES_MAX_DURATION: 50
NODE_COORD_SECTION
1 0 0
2 10 0
3 0 1.5
4 10 2.5
DEMAND_SECTION
1 0
2 0
3 5
4 6
SERVICE_TIME_SECTION
1 0
2 0
3 4
4 4
TIME_WINDOW_SECTION
1 0 100
2 0 100
3 20 30
4 0 90
VEHICLES_DEPOT_SECTION
1 1
2 2
DEPOT_SECTION
1
2
EOF
"""
SINGLE = """NAME : TINY
TYPE : VRPTW
DIMENSION : 3
VEHICLES : 2
CAPACITY : 10
SERVICE_TIME : 10
NODE_COORD_SECTION
1 0 0
2 0 1.19
3 1.28 0
DEMAND_SECTION
1 0
2 5
3 6
TIME_WINDOW_SECTION
1 0 100
2 5 80
3 0 80
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


def test_a_multi_depot_instance_is_read_in_thousandths(tmp_path: Path) -> None:
    tiny = read(*written(tmp_path, MULTI, "Route #1: 2\nRoute #2: 3\nCost 8000\n"))

    judged = evaluate(tiny.problem, tiny.published)

    assert (judged.key, judged.violations) == ((0, 2 * 1500 + 2 * 2500), ())
    assert [vehicle.start_index for vehicle in tiny.problem.vehicles] == [0, 1]
    assert tiny.problem.vehicles[0].max_duration == 50_000
    assert tiny.problem.jobs[0].windows == ((20_000, 30_000),)


def test_the_judge_refuses_a_published_route_that_is_too_heavy_or_too_long(tmp_path: Path) -> None:
    tiny = read(*written(tmp_path, MULTI, "Route #1: 2 3\nCost 1\n"))

    assert {fault.cause for fault in evaluate(tiny.problem, tiny.published).violations} == {"load"}
    short = replace(tiny.problem, vehicles=tuple(replace(v, max_duration=5_000) for v in tiny.problem.vehicles))
    assert "max_duration" in {fault.cause for fault in evaluate(short, {0: [2]}).violations}


def test_a_single_depot_instance_is_read_in_tenths_cut_off(tmp_path: Path) -> None:
    tiny = read(*written(tmp_path, SINGLE, "Route #1: 1\nRoute #2: 2\nCost 4.6\n"))

    assert evaluate(tiny.problem, tiny.published).key == (0, tiny.best)
    assert tiny.best == 2 * 11 + 2 * 12
    assert [job.service for job in tiny.problem.jobs] == [100, 100]
    assert tiny.problem.jobs[0].windows == ((50, 800),)


LONG = """
from tests.bench.routing.days import gia_lai
from tests.bench.routing.seat import Order, Seats
seats, order = Seats(), Order("PyVRP", gia_lai(40, 1, 1), 600.0, 1)
process, pipe = seats.take(order.seat)
pipe.send(order)
print(process.pid, flush=True)
input()
"""


def test_a_killed_bench_leaves_nobody_searching() -> None:
    with subprocess.Popen([sys.executable, "-c", LONG], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bench:
        assert bench.stdout is not None
        seat = psutil.Process(int(bench.stdout.readline()))
        bench.kill()
    _, alive = psutil.wait_procs([seat], timeout=10)
    for process in alive:
        process.kill()
    assert alive == []


def test_runs_with_other_parameters_are_runs_of_their_own_and_never_come_into_the_table() -> None:
    plain, params = SearchParams(), SearchParams(phases=PhaseParams(first=0.25))
    codes = [Runner(Results(Path("/dev/null")), Seats(each)).code(*PRODUCT) for each in (plain, params)]
    assert codes[1] == f"{codes[0]} phases.first=0.25"
    assert [bench.file_of(each, short=short) for each in (plain, params) for short in (False, True)] == [
        "bench.jsonl",
        "bench-short.jsonl",
        "bench-params.jsonl",
        "bench-params.jsonl",
    ]


def test_the_bench_takes_parameters_as_the_command_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    bench.add_params(parser)
    (tmp_path / "first.toml").write_text("[phases]\nfirst = 0.25\n")
    args = parser.parse_args(["--params", str(tmp_path / "first.toml"), "--set", "engines.ruin=3"])
    expected = SearchParams(phases=PhaseParams(first=0.25), engines=EngineParams(ruin=3))
    assert bench.params_of(parser, args) == expected
    with pytest.raises(SystemExit):
        bench.params_of(parser, parser.parse_args(["--set", "phases.frist=1"]))
    assert "did you mean phases.first?" in capsys.readouterr().err


def test_a_contestant_searches_by_the_parameters_of_its_seat() -> None:
    never = PipelineParams(vroom_small_pair=86_400, vroom_pair=86_400)  # VROOM is never asked
    costs = []
    for params in (SearchParams(), SearchParams(pipeline=never)):
        with Seats(params) as seats:
            tours = seats.sit(Order("VROOM in our parts", gia_lai(60, 1, 4, rules=True), 20.0, 1)).tours
        assert tours is not None
        costs.append(evaluate(gia_lai(60, 1, 4, rules=True), tours).key)
    assert costs[0] < costs[1]
