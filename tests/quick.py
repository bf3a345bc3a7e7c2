"""The mark `quick`, for `make quick`: rules, sentences, schemas and the judging of routes.

A test of `ROOMS` is quick by itself unless its file imports what solves, or it asks for the database or starts a program:
nobody keeps a list. In every run a quick test that starts a program all the same fails, so that `make quick` stays quick.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent
ROOMS: Final = ("app/domain", "app/schemas", "app/texts", "routing")
SOLVES: Final = re.compile(
    r"^(?:import routing$|from routing import|from (?:routing\.(?:engines|assign|pool|__main__)|tests\.bench)\b)",
    re.MULTILINE,
)
STARTS: Final = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"})
_RUNNING: Final = pytest.StashKey[bool]()


def is_quick(item: pytest.Function) -> bool:
    return (
        _in_a_room(item.path)
        and "server_url" not in item.fixturenames
        and not _solves(item.path)
        and "subprocess" not in _named(item.obj)
    )


@cache
def _in_a_room(path: Path) -> bool:
    return any(path.is_relative_to(TESTS / room) for room in ROOMS)


@cache
def _solves(path: Path) -> bool:
    return SOLVES.search(path.read_text()) is not None


def _named(function: object) -> Iterator[str]:
    """What the function names, and what the functions of its own module name that it calls."""
    seen: set[FunctionType] = set()
    ahead = [function]
    while ahead:
        one = ahead.pop()
        if isinstance(one, FunctionType) and one not in seen:
            seen.add(one)
            yield from one.__code__.co_names
            ahead += [one.__globals__[name] for name in one.__code__.co_names if name in one.__globals__]


class Guard:
    """Refuses programs while a quick test runs."""

    def __init__(self) -> None:
        self.test = ""
        sys.addaudithook(self.hear)

    def hear(self, event: str, _arguments: tuple[object, ...]) -> None:
        if self.test and event in STARTS:
            raise AssertionError(f"{self.test} is a quick test and starts a program ({event}): see tests/quick.py")


GUARD: Final = Guard()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "quick: needs no database, program or solver (tests/quick.py finds them)")


def pytest_itemcollected(item: pytest.Item) -> None:
    if isinstance(item, pytest.Function) and is_quick(item):
        item.add_marker("quick")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    GUARD.test = item.nodeid if item.get_closest_marker("quick") else ""
    try:
        return (yield)
    finally:
        GUARD.test = ""
