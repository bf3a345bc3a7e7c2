"""The tools for who works here do what their sentences say."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.quick import GUARD, ROOMS
from tests.repository.sources import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("plugin", ["schemathesis", "anyio"])
def test_no_run_waits_for_a_plugin_that_no_test_needs(pytestconfig: pytest.Config, plugin: str) -> None:
    assert not pytestconfig.pluginmanager.hasplugin(plugin)


def test_make_quick_looks_into_every_room_that_may_hold_quick_tests() -> None:
    (folders,) = re.findall(r"^QUICK := (.+)$", MAKEFILE, re.MULTILINE)
    assert folders.split() == [f"tests/{room}" for room in ROOMS]


def test_what_is_quick_asks_for_no_database_and_no_solver_and_the_rules_are_among_it() -> None:
    rooms = [f"tests/{room}" for room in ROOMS]
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "quick", "--collect-only", "-p", "no:cacheprovider", *rooms],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    files = set(re.findall(r"^(tests/\S+?\.py)::", listed, re.MULTILINE))
    assert {f"tests/app/domain/{path.name}" for path in (ROOT / "tests/app/domain").glob("test_*.py")} <= files
    assert {
        "tests/routing/test_evaluate.py",
        "tests/app/schemas/test_requests.py",
        "tests/app/texts/test_sentences.py",
    } <= files
    assert not {"tests/routing/test_solve.py", "tests/routing/test_processes.py"} & files
    assert "test_the_judge_agrees_with_brute_force" in listed
    assert "test_the_judge_loads_no_solver" not in listed  # it starts a program


def test_a_quick_test_that_starts_a_program_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GUARD, "test", "test_of_a_rule")
    with pytest.raises(AssertionError, match="test_of_a_rule is a quick test and starts a program"):
        subprocess.run([sys.executable, "--version"], check=True)


def test_make_dev_begins_again_when_code_changes() -> None:
    assert re.search(r"^dev: setup .+\n\t@exec \$\(BIN\)/tannha up --reload ", MAKEFILE, re.MULTILINE)
