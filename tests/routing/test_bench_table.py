"""The table of the bench: ratios and their intervals, rows read again, and every miss shown as one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.bench.routing.figures import bootstrap, geometric_mean, percentile
from tests.bench.routing.paired import versus
from tests.bench.routing.ratios import Line, ratios
from tests.bench.routing.report import audited, complete, crowded, driven, second_trips, table
from tests.bench.routing.results import Results, Row


def row(contestant: str, seed: int, objective: int | None, left: int = 0, **more: object) -> Row:
    key = {"part": "towns", "instance": "plain", "contestant": contestant, "seconds": 10.0, "seed": seed}
    told = {
        "objective": objective,
        "variable": objective,
        "weight_left": left,
        "left": left,
        "cpu_s": 10.0,
        "first_cpu_s": None,
        "load": 1.0,
    }
    return {**key, **told, "at": "2026-11-28T08:00:00", "commit": "abc", "code": "x", **more}


def test_the_mean_of_ratios_is_the_root_of_their_product() -> None:
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1.0)
    assert geometric_mean([0.9, 0.9, 0.9]) == pytest.approx(0.9)
    with pytest.raises(ValueError, match="no ratios"):
        geometric_mean([])


def test_the_interval_holds_the_mean_and_is_as_wide_as_the_values_differ() -> None:
    alike, apart = bootstrap([0.95] * 10), bootstrap([0.8, 1.2] * 5)

    assert (alike.low, alike.mean, alike.high) == pytest.approx((0.95, 0.95, 0.95))
    assert 0.8 <= apart.low < apart.mean < apart.high <= 1.2
    assert apart == bootstrap([0.8, 1.2] * 5)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(list(range(1, 101)), 0.95) == 95
    assert percentile([7.0], 0.95) == 7.0


def test_a_line_cut_off_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "bench.jsonl"
    file.write_text(json.dumps(row("auto", 1, 5)) + "\n" + '{"part": "plan_day"}\n{"part": "tow')

    assert [found["objective"] for found in Results.read(file).rows] == [5]


def test_beginning_anew_forgets_only_its_own_part(tmp_path: Path) -> None:
    file = tmp_path / "bench.jsonl"
    file.write_text("".join(json.dumps(entry) + "\n" for entry in ({"part": "plan_day"}, row("auto", 1, 5))))
    results = Results.read(file)

    results.forget(["towns"])

    assert results.rows == []
    assert file.read_text() == '{"part": "plan_day"}\n'


def test_a_plan_that_leaves_more_out_is_no_pair() -> None:
    rows = [row("auto", 1, 90), row("PyVRP", 1, 100), row("auto", 2, 10, left=1), row("PyVRP", 2, 100)]
    rows += [row("auto", 3, 90), row("PyVRP", 3, None)]

    found = versus(rows, "PyVRP")

    assert found.ratios == [0.9]
    assert (found.worse, found.none) == (1, 1)


def test_the_table_shows_a_miss_as_a_miss(tmp_path: Path) -> None:
    results = Results(tmp_path / "bench.jsonl")
    results.rows = [row("auto", 1, 98), row("PyVRP", 1, 100), row("OR-Tools", 1, 200)]

    (pyvrp, ortools) = list(ratios(results))

    assert (pyvrp.target, pyvrp.met, ortools.met) == ("T3", False, True)
    assert "0.980" in pyvrp.measured
    assert "**missed**" in table(results)


def test_lines_of_what_was_not_measured_again_stay_and_those_that_were_carry_their_commit(tmp_path: Path) -> None:
    results = Results(tmp_path / "bench.jsonl")
    results.rows = [row("auto", 1, 96), row("PyVRP", 1, 100)]
    before = "| T2 | offices | | 0.5 % | met | 60 | old |\n| T3 | towns, old | | 1.1 | met | 9 | old |\n| --- | --- |\n"

    lines = table(results, before).splitlines()

    assert "| T2 | offices | | 0.5 % | met | 60 | old |" in lines
    assert not any("towns, old" in line for line in lines)
    assert lines[-1].startswith("| T3 | towns plain, 10 CPU s: auto ÷ PyVRP | ≤ 0.970 | 0.960")
    assert lines[-1].endswith("| met | 1 | abc |")


@pytest.mark.parametrize(
    ("alone", "met"),
    [
        ({"left": 0, "violations": 0}, True),
        ({"left": 1, "violations": 0}, False),
        ({"left": 0, "violations": 1}, False),
        ({"left": 0, "violations": 0, "objective": None}, False),
    ],
)
def test_ortools_alone_may_leave_nothing_out_that_auto_serves(
    alone: Mapping[str, int | None], *, met: bool, tmp_path: Path
) -> None:
    results = Results(tmp_path / "bench.jsonl")
    ours = {**row("OR-Tools in our parts", 1, 100, part="complete"), **alone, "weight_left": alone["left"]}
    results.rows = [row("auto", 1, 98, part="complete", violations=0), ours]

    (line,) = complete(results)

    assert (line.met, line.runs) == (met, "1")


def test_a_stop_that_nobody_serves_is_no_fault_of_ortools(tmp_path: Path) -> None:
    results = Results(tmp_path / "bench.jsonl")
    names = ("auto", "OR-Tools in our parts")
    results.rows = [row(name, 1, 98, left=2, part="complete", violations=0) for name in names]

    (line,) = complete(results)

    assert line.met
    assert line.measured.endswith("2 stops nobody can serve")


def test_days_driven_with_other_couriers_are_no_comparison_and_are_counted(tmp_path: Path) -> None:
    results = Results(tmp_path / "bench.jsonl")
    told: dict[str, Any] = {"part": "driven", "stops": 100}
    results.rows = [row("auto", n, 98, couriers=2, late=late, **told) for n, late in ((1, 1), (2, 3))]
    results.rows += [row("OR-Tools", n, 150, couriers=n + 1, late=1, **told) for n in (1, 2)]
    results.rows += [row("VROOM 5", 1, 150, left=1, couriers=2, late=0, **told)]

    (auto, ortools) = driven(results)

    assert (auto.measured, auto.met) == ("2.0 % late with 4 couriers", True)
    assert ortools.measured == "1.0 % late with 2 couriers (auto on the same days 1.0 %); other couriers on 1 days more"
    assert ortools.met


def test_the_audit_counts_only_when_it_is_whole(tmp_path: Path) -> None:
    file, batch = tmp_path / "bench.jsonl", {"part": "problems", "kind": "small", "faults": 0}
    file.write_text("".join(json.dumps({**batch, "from": a, "to": a + 500}) + "\n" for a in (0, 500)))

    (line,) = audited(Results.read(file))

    assert (line.target, line.measured, line.met) == ("T1", "0 at fault of 1,000", False)


def test_a_target_without_a_figure_is_neither_met_nor_missed() -> None:
    assert str(Line("T5", "km", "", "7", None, "1")).endswith("| 7 |  | 1 |")


@pytest.mark.parametrize(("cost", "left", "met"), [(960, 0, True), (990, 0, False), (960, 1, False)])
def test_second_trips_are_to_save_three_in_a_hundred_and_to_serve_as_many(
    tmp_path: Path, cost: int, left: int, met: bool
) -> None:
    def planned(seed: int, trips: int, cost: int, left: int = 0) -> Row:
        return row("auto", seed, cost, left, part="trips", instance=f"{trips} a day", couriers=3 - trips)

    rows = [planned(1, 1, 1000), planned(1, 2, 960), planned(2, 1, 1000), planned(2, 2, cost, left), planned(3, 2, 1)]
    (line,) = second_trips(Results(tmp_path / "bench.jsonl", rows))
    assert (line.target, line.met, line.runs) == ("T14", met, "2")
    assert "2 and 4 couriers" in line.measured


@pytest.mark.parametrize(("there", "left", "met"), [(1020, 0, True), (1040, 0, False), (1000, 1, False)])
def test_a_busy_machine_may_cost_three_in_a_hundred_and_no_stop(
    tmp_path: Path, there: int, left: int, met: bool
) -> None:
    def planned(seed: int, cost: int, others: int, left: int = 0) -> Row:
        instance = f"{others} others"
        return row("auto", seed, cost, left, part="busy", instance=instance, searched_cpu_s=0.98, solving_s=6.5)

    rows = [planned(1, 1000, 0), planned(1, there, 12, left), planned(2, 900, 12)]
    (line,) = crowded(Results(tmp_path / "bench.jsonl", rows))
    assert (line.target, line.met, line.runs) == ("T13", met, "1")
    assert "at least 0.98 CPU s searched, in 6.5 s at most" in line.measured
