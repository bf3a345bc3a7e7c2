"""What a plan says to its solver children, and what they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from routing.engines.pipeline import Incumbent
from routing.problem import Problem
from routing.search_params import SearchParams

ASSIGN = "assign"
"""The engine of a task that gives jobs to offices instead of routes."""


@dataclass(frozen=True, slots=True)
class SearchTask:
    """A part of a day to search; ``seconds`` or ``iterations`` bound it, ``start`` is a plan to improve on.

    ``reduce_fleet``: to be improved above all by doing without couriers.
    """

    number: int
    problem: Problem
    seconds: float | None
    iterations: int | None
    seed: int
    engine: str
    params: SearchParams
    start: Mapping[int, Sequence[int]] | None = None
    reduce_fleet: bool = False


@dataclass(frozen=True, slots=True)
class ChildMessage:
    """``ready`` once, then ``better`` and ``done`` (or ``failed``, with the error's name) for each task."""

    kind: Literal["ready", "better", "done", "failed"]
    number: int = -1
    incumbent: Incumbent | None = None
    error: str = ""
