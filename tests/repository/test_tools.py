"""The tools for who works here do what their sentences say."""

from __future__ import annotations

import configparser
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.forecast import FIRST_GUESS_S, Forecast, forecast
from tests.quick import GUARD, ROOMS
from tests.repository.sources import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
TOOLS = ("mypy", "ruff", "lint-imports", "python")


@pytest.fixture
def command(tmp_path: Path) -> Callable[[str, str], None]:
    """Puts a program of our own into `tmp_path/bin`."""
    (tmp_path / "bin").mkdir()

    def put(name: str, words: str) -> None:
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\n{words}\n")
        path.chmod(0o755)

    return put


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


def test_before_a_run_one_line_says_what_is_tested_and_how_long_it_takes() -> None:
    tests = [f"tests/browser/test_day.py::test_{n}" for n in range(4)] + ["tests/new.py::test"] * 1000
    assert forecast(tests, {"tests/browser/test_day.py": 300.0}, 2) == (
        f"1,004 tests, browser included, on PostgreSQL 18: about {(1200 + 1000 * FIRST_GUESS_S) / 2 / 60:.0f} minutes (2 at a time)"
    )
    assert forecast(["tests/a.py::test"], {"tests/a.py": 7.0}, 1).endswith("on PostgreSQL 18: about 7 s (1 at a time)")


def test_what_a_file_took_is_known_the_next_time(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "seconds.json"
    kept.parent.mkdir()
    kept.write_text(json.dumps({"tests/other.py": 1.0}))
    run = Forecast(pytestconfig, kept)
    for test, seconds in (("one", 3.0), ("two", 5.0)):
        for when, duration in (("setup", 1.0), ("call", seconds - 1.0)):
            run.pytest_runtest_logreport(
                pytest.TestReport(f"tests/a.py::{test}", ("", None, ""), {}, "passed", None, when, duration=duration)  # type: ignore[arg-type]  # a part of a test, as pytest names it
            )
    run.pytest_unconfigure()
    assert Forecast(pytestconfig, kept).known == {"tests/a.py": 4.0, "tests/other.py": 1.0}
    assert re.search(r"^test: .+\n\t@.+ -p tests\.forecast ", MAKEFILE, re.MULTILINE)


BROWSERS = {
    "chromium": "chromium",
    "firefox-esr": "firefox-esr",
    "webkit2gtk-driver": "WebKitWebDriver",
    "xvfb": "Xvfb",
}
ALL = " ".join(BROWSERS)
SAID = "The browser tests need {0}: install what is missing (Debian: apt-get install {0}).\n"


def browsers(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """As `make test` and `.ci/run` look for them, on a machine where only our programs are."""
    path = str(tmp_path / "bin")
    return subprocess.run(
        ["/bin/sh", ROOT / ".ci/browsers"], env={"PATH": path}, capture_output=True, text=True, check=False
    )


def test_without_browsers_one_line_says_what_to_install(tmp_path: Path, command: Callable[[str, str], None]) -> None:
    command("id", "echo 1000")
    command("apt-get", f"touch {tmp_path}/asked")
    done = browsers(tmp_path)
    assert (done.returncode, done.stdout + done.stderr) == (2, SAID.format(ALL))
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize("package", BROWSERS)
def test_one_browser_that_is_missing_is_named(
    tmp_path: Path, command: Callable[[str, str], None], package: str
) -> None:
    command("id", "echo 1000")
    for other, program in BROWSERS.items():
        if other != package:
            command(program, "")
    assert browsers(tmp_path).stderr == SAID.format(package)


def test_where_it_may_what_is_missing_is_installed(tmp_path: Path, command: Callable[[str, str], None]) -> None:
    command("id", "echo 0")
    command("chromium", "")
    made = " ".join(f"{tmp_path}/bin/{BROWSERS[package]}" for package in list(BROWSERS)[1:])
    command(
        "apt-get",
        f"[ $1 = update ] || {{ echo $* > {tmp_path}/asked; for p in {made}; do : > $p; /bin/chmod +x $p; done; }}",
    )
    assert browsers(tmp_path).returncode == 0
    assert (tmp_path / "asked").read_text().split()[-3:] == list(BROWSERS)[1:]
    (tmp_path / "asked").unlink()
    assert browsers(tmp_path).returncode == 0
    assert not (tmp_path / "asked").exists()


def test_an_installation_that_fails_is_a_failure(tmp_path: Path, command: Callable[[str, str], None]) -> None:
    command("id", "echo 0")
    command("apt-get", "exit 100")
    done = browsers(tmp_path)
    assert (done.returncode, done.stderr) == (2, SAID.format(ALL))


@pytest.mark.parametrize(
    ("args", "asked"), [("", True), ("tests/browser/test_day.py", True), ("tests/app/domain", False)]
)
def test_the_browsers_are_asked_for_before_a_suite_with_the_browser_begins(args: str, *, asked: bool) -> None:
    steps = make("-n", "test", f"ARGS={args}").stdout
    assert (".ci/browsers" in steps) is asked
    assert not asked or steps.index(".ci/browsers") < steps.index("pytest")
    assert "make browser" in (ROOT / ".ci/run").read_text()


def make(*words: str, fails: str = "nothing") -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", "-C", str(ROOT), *words],
        env=ours | {"FAILS": fails},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def tools(tmp_path: Path, command: Callable[[str, str], None]) -> Path:
    """A virtual environment whose tools write down that they were called, and fail when `FAILS` names them."""
    for tool in TOOLS:
        command(tool, f'echo "{tool} $*" >> {tmp_path}/called; case "{tool} $*" in "$FAILS"*) exit 1;; esac')
    return tmp_path


@pytest.mark.parametrize(
    "fails", ["mypy", "python hatch_build.py check", "ruff format", "ruff check", "lint-imports", "python -m pip check"]
)
def test_a_finding_of_any_check_fails_the_whole_and_hides_no_other_part(tools: Path, fails: str) -> None:
    done = make("check", f"VENV={tools}", fails=fails)
    assert done.returncode == 2
    called = (tools / "called").read_text()
    assert all(words in called for words in ("mypy", "python hatch_build.py check", "ruff format --check"))


def test_types_and_front_end_are_checked_side_by_side(tools: Path, command: Callable[[str, str], None]) -> None:
    os.mkfifo(tools / "meeting")  # whoever comes first waits for the other
    command("mypy", f"read words < {tools}/meeting; echo types $words")
    command("python", f'[ "$1 $2" != "hatch_build.py check" ] || echo met > {tools}/meeting')
    done = make("check", f"VENV={tools}")
    assert done.returncode == 0, done.stderr
    assert "types met" in done.stdout


def test_the_editor_s_settings_agree_with_the_formatters() -> None:
    editor = configparser.ConfigParser()
    editor.read_string("[top]\n" + (ROOT / ".editorconfig").read_text())
    width = int(editor["{*.py,*.ts,*.css,*.json}"]["max_line_length"])
    assert width == tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["line-length"]
    assert width == json.loads((ROOT / "app/frontend/.prettierrc.json").read_text())["printWidth"]
    assert editor["Makefile"]["indent_style"] == "tab"


def test_the_hooks_of_a_commit_are_targets_of_the_makefile_and_fetch_nothing() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    entries = re.findall(r"^ +entry: make ([a-z-]+)$", hooks, re.MULTILINE)
    assert entries
    assert all(re.search(rf"^{entry}:.*## \S", MAKEFILE, re.MULTILINE) for entry in entries)
    assert re.findall(r"^ +- repo: (.+)$", hooks, re.MULTILINE) == ["local"]
