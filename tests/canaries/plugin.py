"""Fails a test when a log line or a program of it holds what was planted; names test, source and kind, never the value.

Works in every process of xdist: each searches what its own tests said, with what they planted. The last test of a process
looks at the whole story of its programs once more, with everything that was planted meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Final

import pytest

from tests.canaries import EAR, PLANTED, plant
from tests.canaries.ear import listen
from tests.canaries.planted import Find
from tests.canaries.planting import plant_by_themselves

_LAST: Final = pytest.StashKey[bool]()
CAPTURED: Final = ("Captured stdout", "Captured stderr")


def pytest_configure() -> None:
    listen(EAR)
    plant_by_themselves(plant)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    item.stash[_LAST] = nextitem is None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "teardown":
        said = dict(EAR.take(everything=item.stash.get(_LAST, False)))
        said |= {name: text for name, text in report.sections if name.startswith(CAPTURED)}
        found = look(said)
        if found:
            report.outcome = "failed"
            report.sections = [(name, PLANTED.cover(text)) for name, text in report.sections]
            report.longrepr = "\n".join([str(report.longrepr or ""), f"{item.nodeid} leaks:", *found]).strip()
    return report


def pytest_unconfigure() -> None:
    EAR.close()


def look(said: Mapping[str, str]) -> list[str]:
    """One sentence for every planted value that a source said."""
    return [sentence(source, find) for source, text in said.items() for find in PLANTED.search(text)]


def sentence(source: str, find: Find) -> str:
    return f"  {source} holds a {find.kind} ({find.shown}): {find.line}"
