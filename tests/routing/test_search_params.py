"""Parameters of the search: read from outside with every mistake named, and handed down to the last child."""

from __future__ import annotations

import json
import pickle
import random
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

import routing
from routing.__main__ import main
from routing.day_params import ExplainParams
from routing.decompose import Subproblem
from routing.engine_params import EngineParams, PhaseParams, PipelineParams
from routing.engines import pipeline
from routing.engines.interface import Limit
from routing.evaluate import evaluate
from routing.param_ranges import OutOfRange, limits
from routing.params_reader import ParamsError, from_toml, with_settings
from routing.pool import SolverPool
from routing.search_params import SearchParams
from routing.vroom_json import problem_to_json
from tests.bench.routing.days import gia_lai
from tests.bench.routing.paired import settings
from tests.routing.days import small_problem

NEVER = PipelineParams(vroom_small_pair=86_400, vroom_pair=86_400)
"""VROOM then takes longer than any limit: it is not asked."""


def test_a_file_names_what_differs_and_single_settings_win_over_it() -> None:
    file = from_toml("[phases]\nfirst = 0.25\n\n[clusters]\nsizes = [120, 180]\nwhole = 100\n")
    assert file.phases == PhaseParams(first=0.25)
    assert (file.clusters.sizes, file.clusters.whole) == ((120, 180), 100)
    assert with_settings(file, ["phases.first=1", "engines.ruin = 3"]).phases.first == 1.0
    assert with_settings(file, ["engines.ruin=3"]) == replace(file, engines=EngineParams(ruin=3))
    assert from_toml("") == with_settings(SearchParams(), []) == SearchParams()


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("phases.frist=0.3", "phases.frist: there is no such parameter: did you mean phases.first?"),
        ("zebra.x=1", "zebra.x: there is no such parameter: docs/search-parameters.md lists them all"),
        ("phases=1", "phases: is a group of parameters: give phases.first and the like"),
        ("phases.first", "phases.first: give group.name=value, such as phases.first=0.3"),
        ("phases.first=soon", "phases.first: is no value of TOML"),
        ("phases.first=1\nx=2", "phases.first: give one value"),
        ("phases.first='0.3'", "phases.first: must be a number, not '0.3'"),
        ("phases.first=true", "phases.first: must be a number, not True"),
        ("phases.first=1.5", "phases.first must be from 0 to 1, not 1.5"),
        ("phases.first=nan", "phases.first must be from 0 to 1, not nan"),
        ("time.round=0", "time.round must be from 1e-06 to 60, not 0.0"),
        ("engines.ruin=2.0", "engines.ruin: must be a whole number, not 2.0"),
        ("engines.ruin=0", "engines.ruin must be from 1 to 1,000,000, not 0"),
        ("clusters.sizes=150", "clusters.sizes: must be an array such as [150, 110, 200], not 150"),
        ("clusters.sizes=[]", "clusters.sizes must be from 1 to 1,000,000, each, not ()"),
        ("clusters.sizes=[9, 0]", "clusters.sizes must be from 1 to 1,000,000, each, not (9, 0)"),
    ],
)
def test_every_mistake_names_the_parameter_and_the_way_out(setting: str, told: str) -> None:
    with pytest.raises(ParamsError) as refused:
        with_settings(SearchParams(), [setting])
    assert str(refused.value) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("first = 0.3", "first: there is no such parameter"),
        ("phases = 0.3", "phases: is a group of parameters"),
        ("[phase]\nfirst = 0.3", "phase.first: there is no such parameter: did you mean phases.first?"),
        ("[phases]\nfirst = 3", "phases.first must be from 0 to 1"),
        ("[phases]\nfirst = 0.3\nfirst = 0.4", "is no TOML: "),
        ("phases first", "is no TOML: "),
    ],
)
def test_a_file_is_refused_with_what_is_wrong_in_it(text: str, told: str) -> None:
    with pytest.raises(ParamsError) as refused:
        from_toml(text)
    assert str(refused.value).startswith(told)


def test_a_value_out_of_range_cannot_even_be_made() -> None:
    with pytest.raises(OutOfRange, match="first must be from 0 to 1, not -1"):
        PhaseParams(first=-1)


@pytest.mark.engines("vroom")
def test_the_command_takes_a_file_and_settings_and_its_children_search_by_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem, file = tmp_path / "in.json", tmp_path / "params.toml"
    problem.write_text(json.dumps(problem_to_json(gia_lai(60, 1, 4, rules=True))))
    file.write_text("[pipeline]\nvroom_small_pair = 86400\nvroom_pair = 86400\n")

    def engines(*more: str) -> dict[str, int]:
        assert main(["solve", str(problem), "--iterations", "2", "--engine", "vroom", *more]) == 0
        found: dict[str, int] = json.loads(capsys.readouterr().out)["summary"]["engines"]
        return found

    assert "vroom" in engines()
    assert "vroom" not in engines("--params", str(file))
    assert "vroom" in engines("--params", str(file), "--set", "pipeline.vroom_pair=0")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--set", "phases.frist=1"], "--set: phases.frist: there is no such parameter: did you mean phases.first?"),
        (["--params", "/no/such.toml"], "/no/such.toml: "),
        (["--params", "BAD"], "BAD: phases.first must be from 0 to 1, not 7.0"),
        (["--params", "LATIN"], "LATIN: "),
    ],
)
def test_the_command_refuses_other_parameters_before_it_reads_the_problem(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("BAD").write_text("[phases]\nfirst = 7")
    Path("LATIN").write_bytes(b'x = "\xe9"')
    assert main(["solve", "no-such-problem.json", *arguments]) == 2
    assert json.loads(capsys.readouterr().out)["error"].startswith(told)


@pytest.mark.engines("vroom")
def test_a_pool_made_by_others_searches_by_the_parameters_of_the_call() -> None:
    day = gia_lai(60, 1, 4, rules=True)
    with SolverPool(1) as pool:
        plain = routing.solve(day, iterations=2, engine="vroom", pool=pool)
        without = routing.solve(day, iterations=2, engine="vroom", pool=pool, params=SearchParams(pipeline=NEVER))
    assert "vroom" in plain.engines
    assert "vroom" not in without.engines


def test_the_change_that_would_let_a_stop_in_is_looked_for_as_far_as_the_parameters_say() -> None:
    day = gia_lai(20, 1, 3)
    late = replace(day.jobs[0], windows=((70_000, 70_100),))
    problem = replace(day, jobs=(late,), vehicles=day.vehicles[:1])

    def kinds(params: SearchParams) -> list[str]:
        plan = routing.solve(problem, iterations=1, engine="insertion", params=params)
        return [entry.relaxation.kind if entry.relaxation else "none" for entry in plan.unassigned]

    assert kinds(SearchParams()) == ["window"]
    assert kinds(SearchParams(explain=ExplainParams(longest=0))) == ["none"]


def test_they_travel_unchanged() -> None:
    params = drawn(random.Random(1))
    assert pickle.loads(pickle.dumps(params)) == params != SearchParams()
    assert with_settings(SearchParams(), settings(params)) == params
    assert settings(SearchParams()) == []


@pytest.mark.parametrize("seed", range(12))
def test_whatever_they_are_the_plan_breaks_no_promise(seed: int) -> None:
    rng = random.Random(f"params/{seed}")
    params = drawn(rng)
    day = gia_lai(25, 1, seed, rules=seed % 2 == 0)
    for problem in (small_problem(rng), day):
        found = pipeline.search(Subproblem(problem), Limit.of(None, 10), seed, "auto", params)
        assert evaluate(problem, found.sequences).violations == ()


def drawn(rng: random.Random) -> SearchParams:
    """Draw every parameter: its least, its default, or three times as much where the range allows it."""
    groups: dict[str, Any] = {}
    for group in fields(SearchParams):
        held: Any = getattr(SearchParams(), group.name)
        kind: Any = type(held)
        values = {}
        for name, (_, least, most) in limits(kind).items():
            value = getattr(held, name)
            if not isinstance(value, tuple):
                values[name] = type(value)(rng.choice((least, value, min(most, 3 * value))))
        groups[group.name] = replace(held, **values)
    return SearchParams(**groups)
