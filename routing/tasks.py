"""What a plan says to its solver children, and what they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from routing.engines.pipeline import Incumbent
from routing.problem import Problem
from routing.search_params import SearchParams

ASSIGN = "assign"
"""The engine of a task that gives jobs to offices instead of routes."""


@dataclass(frozen=True, slots=True)
class SearchTask:
    """A part of a day to search; ``seconds`` of CPU or ``iterations`` bound it, ``start`` is a plan to improve on.

    ``within``: seconds of the wall clock after which it ends, too, whatever it has computed.

    ``reduce_fleet``: to be improved above all by doing without couriers. ``unlike``: somebody else searches the same part,
    so another way is better than the best one.
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
    unlike: bool = False
    within: float | None = None


@dataclass(frozen=True, slots=True)
class ChildMessage:
    """``ready`` once, then ``better`` and ``done`` (or ``failed``, with the error's name) for each task.

    ``cpu_s``: of the process so far. ``iterations``: of the task, when it is done.
    """

    kind: Literal["ready", "better", "done", "failed"]
    number: int = -1
    incumbent: Incumbent | None = None
    error: str = ""
    cpu_s: float = 0.0
    iterations: int = 0


def second_searches(tasks: Sequence[SearchTask], idle: int) -> list[SearchTask]:
    """Return more tasks for children that would have nothing to do: the same parts searched in another way, by other seeds.

    Their numbers are those of the parts, by multiples of all parts on. Which basin a search falls into decides more than how
    long it searches; only where time counts, for a plan by iterations must not depend on how many cores there are.
    """
    return [
        replace(
            tasks[n % len(tasks)],
            number=len(tasks) + n,
            seed=tasks[n % len(tasks)].seed + 1_000 * (n + 1),
            unlike=n < len(tasks),
        )
        for n in range(max(0, idle) if tasks else 0)
    ]
