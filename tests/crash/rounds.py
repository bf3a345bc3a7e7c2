"""A long proof in rounds, each in a country of its own that is forgotten afterwards; interrupted, it goes on with the next one."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Any, Final

import pytest
from sqlalchemy import Engine

from app.unit_of_work import UnitOfWork
from tests.conftest import rolled_back
from tests.crash.results import note, unfinished

MOST_S: Final = 35 * 60
Round = Callable[[UnitOfWork, Random], dict[str, Any]]


def in_rounds(part: str, engine: Engine, operations: int, play: Round) -> list[dict[str, Any]]:
    """`play` returns the figures of its round, `operations` among them; all of them are returned. A round's chance is its number."""
    began, (run, rounds) = time.monotonic(), unfinished(part)
    done = sum(one["operations"] for one in rounds)
    while done < operations:
        if time.monotonic() - began > MOST_S:
            pytest.fail(f"{done} of {operations} operations done: the same command goes on from there")
        at_round, number = time.monotonic(), len(rounds) + 1
        with rolled_back(engine) as session:
            figures = play(session, Random(1000 * run + number))
        done += figures["operations"]
        rounds.append(figures)
        seconds = round(time.monotonic() - at_round, 1)
        note(part, run=run, round=number, **figures, done=done, seconds=seconds, finished=done >= operations)
    return rounds
