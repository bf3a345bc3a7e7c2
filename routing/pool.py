"""Warm, killable solver children: a cold one costs half a CPU second and 100 MB, so few live long."""

import logging
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Self

from routing.day_params import ProcessParams
from routing.engines.pipeline import Incumbent
from routing.problem import Problem
from routing.tasks import ChildMessage, SearchTask

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    pipe: Connection
    ready: bool = False
    task: SearchTask | None = None
    incumbent: Incumbent | None = None
    deadline: float = 0.0


class SolverPool:
    """Use as a context manager; the children are spawned at once and end with it, with this process, or with the
    thread that made them (make the pool in the main thread when it shall live long). ``children``: by default one for
    each core; ``params``: how long they are waited for.
    """

    def __init__(self, children: int | None = None, params: ProcessParams = ProcessParams()) -> None:
        self.params, self.stillborn = params, 0
        self.children: list[_Child] = [_spawn() for _ in range(max(1, children or os.cpu_count() or 1))]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End all children."""
        for child in self.children:
            _end(child)
        self.children = []

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the children."""
        return tuple(child.process.pid for child in self.children)

    def wait_ready(self) -> None:
        """Wait for the first warm child: the clock of a plan starts there."""
        until = time.monotonic() + self.params.cold_start
        while self.children and not any(child.ready for child in self.children) and time.monotonic() < until:
            self._listen(until, lambda _child: None)

    def run(
        self,
        tasks: Sequence[SearchTask],
        on_done: Callable[[SearchTask, Incumbent | None], None],
        deadline: float | None,
        last: float | None = None,
    ) -> None:
        """Search all tasks, largest first; each gets its share of the time that is left when its turn comes.

        ``deadline``: ``time.monotonic()`` by which all are done; a task whose child had to be killed, or whose turn
        never came, is answered with the child's last report, or ``None``. ``last``: when nothing can wait any more
        (by default the deadline, too): until then children that are late live on, and tasks without a start come up.
        """
        last = deadline if last is None else last
        self.wait_ready()
        queue = sorted(tasks, key=lambda task: (weight(task.problem), -task.number))
        busy = 0
        finished: list[_Child] = []
        while queue or busy:
            for child in self.children:
                if queue and child.ready and child.task is None:
                    self._give(child, queue, deadline, last)
            self._listen(self._next_event(deadline, last), finished.append)
            self._kill_late(finished)
            for child in finished:
                task, incumbent = child.task, child.incumbent
                child.task = child.incumbent = None
                if task is not None:
                    on_done(task, incumbent)
            finished.clear()
            busy = sum(child.task is not None for child in self.children)
            for task in [task for task in queue if not self.children or self._over(deadline if task.start else last)]:
                queue.remove(task)
                on_done(task, None)

    def _give(self, child: _Child, queue: list[SearchTask], deadline: float | None, last: float | None) -> None:
        task = queue.pop()
        if deadline is not None:
            rest = weight(task.problem) + sum(weight(other.problem) for other in queue)
            crew = min(len(self.children), len(queue) + 1)
            left = max(self.params.least, deadline - time.monotonic())
            task = replace(task, seconds=min(left, left * crew * weight(task.problem) / rest))
        child.task, child.incumbent = task, None
        child.deadline = self._last_moment(task, last)
        try:
            child.pipe.send(task)
        except (BrokenPipeError, ConnectionResetError):
            child.deadline = 0.0  # it died while idle: replaced at once, the task is answered without it

    def _next_event(self, deadline: float | None, last: float | None) -> float:
        """Return when to look again though no child spoke."""
        now = time.monotonic()
        times = [child.deadline for child in self.children if child.task is not None]
        ends = [stop + self.params.grace for stop in (deadline, last) if stop is not None]
        return min([*times, *(end for end in ends if end > now), now + 60.0])

    def _listen(self, until: float, on_finished: Callable[[_Child], None]) -> None:
        ready = wait([child.pipe for child in self.children], max(0.0, until - time.monotonic()))
        for child in [child for child in self.children if child.pipe in ready]:
            try:
                message: ChildMessage = child.pipe.recv()
            except (EOFError, OSError):
                on_finished(self._replace(child))
                continue
            child.ready = True
            if child.task is None or message.number != child.task.number:
                continue
            child.incumbent = message.incumbent or child.incumbent
            if message.error:
                log.warning("a part of %d jobs failed: %s", len(child.task.problem.jobs), message.error)
            if message.kind in {"done", "failed"}:
                on_finished(child)

    def _replace(self, child: _Child) -> _Child:
        """Put a fresh child in the place of a dead one and return the old with its last report.

        Where children keep dying before they are ready, no more are made: the next would die, too.
        """
        _end(child)
        self.stillborn += not child.ready
        fresh = [_spawn()] if self.stillborn < self.params.stillborn else []
        at = self.children.index(child)
        self.children[at : at + 1] = fresh
        return child

    def _kill_late(self, finished: list[_Child]) -> None:
        now = time.monotonic()
        late = [child for child in self.children if child.task is not None and now > child.deadline]
        finished += [self._replace(child) for child in late if child not in finished]

    def _over(self, moment: float | None) -> bool:
        return moment is not None and time.monotonic() > moment + self.params.grace

    def _last_moment(self, task: SearchTask, last: float | None) -> float:
        """Return when a child with this task is killed: some time after its share, and at once after the end of all.

        On a busy machine being late is no sign of hanging, so the more time there is the longer it may be.
        """
        now, params = time.monotonic(), self.params
        patience = params.patience if last is None else max(params.patience, params.patience_share * (last - now))
        alone = float("inf") if task.seconds is None else now + task.seconds + patience
        return alone if last is None else min(alone, last + params.grace)


def weight(problem: Problem) -> float:
    """Return the share of time that a part deserves: more than linear in its stops, never nothing."""
    return math.pow(len(problem.jobs) + 4, 1.3)


def _spawn() -> _Child:
    ours, theirs = Pipe()
    command = [sys.executable, "-m", "routing.child", str(theirs.fileno()), str(os.getpid())]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
    process = subprocess.Popen(
        command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    theirs.close()
    return _Child(process, ours)


def _end(child: _Child) -> None:
    child.pipe.close()
    child.process.kill()
    child.process.wait()
