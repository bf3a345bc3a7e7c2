"""Every number that steers the search stands in a group of `routing.search_params`, is handed down from there, and is listed in
`docs/search-parameters.md`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from routing.search_params import SearchParams
from tests.bench import params
from tests.repository.sources import name, parsed, written

HOMES = {"routing/day_params.py", "routing/engine_params.py", "routing/param_ranges.py"}
NO_PARAMETERS = {
    # what a format, the kernel or another library fixes
    "routing/__main__.py": {"MOST_FAULTS"},
    "routing/child.py": {"PR_SET_PDEATHSIG"},
    "routing/decode.py": {"LONGEST_NUMBER"},
    "routing/reader.py": {"LARGEST", "MOST_FAULTS", "LONGEST_KEY"},
    "routing/vroom_read.py": {"MOST_DETOUR", "NO_WAY", "SLOWEST", "FASTEST"},
    "routing/engines/vroom_start.py": {"FAR", "LATEST"},
    # what input may be at most
    "routing/validate.py": {"MOST_DONG", "MOST_RATE", "LARGEST_ID", "MOST_TRIPS"},
    # units, and numbers that stand for something
    "routing/model.py": {"HOUR_KM", "NOWHERE", "RELOAD"},
    "routing/problem.py": {"HORIZON", "UNREACHABLE", "ALWAYS"},
    "routing/engines/pyvrp_search.py": {"SCALE"},
    "routing/engines/sisr/library.py": {"VERSION"},
    "routing/engines/sisr/instance.py": {"NEVER", "NO_WAY", "MOST_BREAKS"},
    "routing/projection.py": {"GOLDEN"},
    "routing/replan.py": {"FRESH"},
    # how many cuts of tours are remembered: the answer is the same with fewer
    "routing/trips.py": {"MOST_KNOWN"},
    # the judge's own: whoever reads a plan must time it alike
    "routing/evaluate.py": {"HEAD_START"},
    # what a problem is made of: default speeds, and what driven days teach
    "routing/matrix.py": {"SPEEDS"},
    "routing/calibrate.py": {"BANDS", "ENOUGH", "LEAST", "SHORTEST_M", "SLOWEST_KMH", "FASTEST_KMH"},
    "routing/spread.py": {"PARTS", "QUANTILE", "LEAST"},
}
"""Numbers of modules that are no choice of the search, by what they are instead."""


def test_no_module_of_routing_keeps_a_number_of_the_search_to_itself() -> None:
    assert {name(path): found for path in written(".py", under="routing") if (found := _numbers(path))} == NO_PARAMETERS


def _numbers(path: Path) -> set[str]:
    """Return the names that a module gives to numbers, or to what holds some."""
    if name(path) in HOMES:
        return set()
    return {
        target.id
        for node in parsed(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _holds_number(node.value)
        for target in _targets(node)
    }


def _targets(node: ast.Assign | ast.AnnAssign) -> Iterator[ast.Name]:
    given = node.targets if isinstance(node, ast.Assign) else [node.target]
    return (part for target in given for part in ast.walk(target) if isinstance(part, ast.Name))


def _holds_number(value: ast.expr) -> bool:
    return any(isinstance(part, ast.Constant) and type(part.value) in {int, float} for part in ast.walk(value))


def test_no_module_reads_parameters_that_nobody_handed_it() -> None:
    """A default argument is seen by the caller; a value of the module is not."""
    kept = [
        f"{name(path)}:{node.lineno}"
        for path in written(".py", under="routing")
        for node in parsed(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _makes_params(node.value)
    ]
    assert kept == []


def _makes_params(value: ast.expr) -> bool:
    calls = (part.func for part in ast.walk(value) if isinstance(part, ast.Call))
    return any(isinstance(called, ast.Name) and called.id.endswith("Params") for called in calls)


def test_the_page_lists_all_parameters_as_they_are() -> None:
    page = params.DOCUMENT.read_text()
    assert page.partition(params.BEGIN)[2].partition(params.END)[0].strip() == params.table(), "make bench PART=params"


def test_every_parameter_says_what_it_is_for_and_lies_within_its_range() -> None:
    rows = [row.strip("|").split(" | ") for row in params.table().splitlines()[2:]]
    assert len(rows) == len(list(SearchParams().named())) >= 90
    assert [row[0] for row in rows if len(row[-1].split()) < 3] == []
