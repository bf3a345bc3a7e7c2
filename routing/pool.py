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

from routing.cpu import cpu_of
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
    ready_at: float = 0.0
    started_cpu: float = 0.0
    cpu: float = 0.0
    cpu_before: float = 0.0
    most_cpu: float = 0.0

    def searched(self) -> float:
        """CPU seconds since it was ready; where nobody tells, those of the wall clock: it then counts as busy."""
        if self.ready:
            cpu = cpu_of(self.process.pid)
            if cpu is not None:
                self.cpu = max(self.cpu, cpu - self.started_cpu)
            elif self.process.poll() is None:
                self.cpu = time.monotonic() - self.ready_at
        return self.cpu

    def on_task(self) -> float:
        """CPU seconds on the task that it has."""
        return self.searched() - self.cpu_before


def nobody(_task: SearchTask, _incumbent: Incumbent) -> None:
    """Hear nothing."""


class SolverPool:
    """Use as a context manager; the children are spawned at once and end with it, with this process, or with the
    thread that made them (make the pool in the main thread when it shall live long). ``children``: by default one for
    each core; ``params``: how long they are waited for.
    """

    def __init__(self, children: int | None = None, params: ProcessParams = ProcessParams()) -> None:
        self.params, self.stillborn, self.past_cpu, self.iterations = params, 0, 0.0, 0
        self.children: list[_Child] = [_spawn() for _ in range(max(1, children or os.cpu_count() or 1))]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End all children."""
        self.past_cpu = self.searched()
        for child in self.children:
            _end(child)
        self.children = []

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the children."""
        return tuple(child.process.pid for child in self.children)

    def searched(self) -> float:
        """CPU seconds that children have searched so far, those that are gone too, their start-up apart."""
        return self.past_cpu + sum(child.searched() for child in self.children)

    def wait_ready(self, within: float | None = None) -> None:
        """Wait for the first warm child, so many seconds at most: the clock of a plan starts there."""
        cold = self.params.cold_start
        until = time.monotonic() + (cold if within is None else min(cold, within))
        while self.children and not any(child.ready for child in self.children) and time.monotonic() < until:
            self._listen(until, lambda _child: None)

    def run(
        self,
        tasks: Sequence[SearchTask],
        on_done: Callable[[SearchTask, Incumbent | None], None],
        seconds: float | None,
        last: float | None = None,
        on_better: Callable[[SearchTask, Incumbent], None] = nobody,
    ) -> None:
        """Search all tasks, largest first, in so many CPU ``seconds`` together; each gets its share of what is left.

        ``last``: ``time.monotonic()`` by which all are done, however little was computed by then; a task whose child had to
        be killed, or whose turn never came, is answered with the child's last report, or ``None``. ``on_better`` hears
        the reports.
        """
        if last is None:
            self.wait_ready()
        until = None if seconds is None else self.searched() + seconds
        queue = sorted(tasks, key=lambda task: (weight(task.problem), -task.number))
        busy = 0
        finished: list[_Child] = []
        while queue or busy:
            for child in self.children:
                if queue and child.ready and child.task is None:
                    self._give(child, queue, until, last)
            self._listen(self._next_event(last), finished.append, on_better)
            self._kill_late(last, finished)
            for child in finished:
                task, incumbent = child.task, child.incumbent
                child.task = child.incumbent = None
                if task is not None:
                    on_done(task, incumbent)
            finished.clear()
            busy = sum(child.task is not None for child in self.children)
            over = last is not None and time.monotonic() > last
            for task in [task for task in queue if not self.children or over]:
                queue.remove(task)
                on_done(task, None)

    def _give(self, child: _Child, queue: list[SearchTask], until: float | None, last: float | None) -> None:
        task, params = queue.pop(), self.params
        if until is not None:
            rest = weight(task.problem) + sum(weight(other.problem) for other in queue)
            left = max(0.0, until - self.searched() - self._promised())
            task = replace(task, seconds=max(params.least, left * weight(task.problem) / rest))
        if last is not None:
            rest = weight(task.problem) + sum(weight(other.problem) for other in queue)
            away = last - time.monotonic()
            fair = len(self.children) * away * weight(task.problem) / rest  # else the last parts get nothing
            task = replace(task, within=max(params.least, min(away, fair)))
        child.task, child.incumbent, child.cpu_before = task, None, child.searched()
        child.most_cpu = math.inf if task.seconds is None else self._most(task.seconds)
        try:
            child.pipe.send(task)
        except (BrokenPipeError, ConnectionResetError):
            child.most_cpu = -1.0  # it died while idle: replaced at once, the task is answered without it

    def _promised(self) -> float:
        """CPU seconds that busy children were given and have not used yet."""
        given = ((child, child.task.seconds) for child in self.children if child.task is not None)
        return sum(max(0.0, seconds - child.on_task()) for child, seconds in given if seconds is not None)

    def _most(self, seconds: float) -> float:
        """CPU seconds at which a child with such a task is killed."""
        return seconds + max(self.params.patience, self.params.patience_share * seconds)

    def _next_event(self, last: float | None) -> float:
        """Return when to look again though no child spoke: no child computes faster than time passes."""
        now = time.monotonic()
        if not self.children:  # nobody will speak: whoever waits is answered at once
            return now
        busy = [child for child in self.children if child.task is not None]
        late = [now + max(self.params.least, child.most_cpu - child.on_task()) for child in busy]
        end = [last + self.params.grace] if last is not None else []
        return min([*late, *(moment for moment in [last, *end] if moment is not None and moment > now), now + 60.0])

    def _listen(
        self,
        until: float,
        on_finished: Callable[[_Child], None],
        on_better: Callable[[SearchTask, Incumbent], None] = nobody,
    ) -> None:
        ready = wait([child.pipe for child in self.children], max(0.0, until - time.monotonic()))
        for child in [child for child in self.children if child.pipe in ready]:
            try:
                message: ChildMessage = child.pipe.recv()
            except (EOFError, OSError):
                on_finished(self._replace(child))
                continue
            if not child.ready:
                child.ready, child.ready_at, child.started_cpu = True, time.monotonic(), message.cpu_s
            self.iterations += message.iterations
            if child.task is None or message.number != child.task.number:
                continue
            child.incumbent = message.incumbent or child.incumbent
            if message.incumbent is not None:
                on_better(child.task, message.incumbent)
            if message.error:
                log.warning("a part of %d jobs failed: %s", len(child.task.problem.jobs), message.error)
            if message.kind in {"done", "failed"}:
                on_finished(child)

    def _replace(self, child: _Child) -> _Child:
        """Put a fresh child in the place of a dead one and return the old with its last report.

        Where children keep dying before they are ready, no more are made: the next would die, too.
        """
        self.past_cpu += child.searched()
        _end(child)
        self.stillborn += not child.ready
        fresh = [_spawn()] if self.stillborn < self.params.stillborn else []
        at = self.children.index(child)
        self.children[at : at + 1] = fresh
        return child

    def _kill_late(self, last: float | None, finished: list[_Child]) -> None:
        """Replace children whose time is over, by the clock or by what they have computed: being late on a busy machine is
        no sign of hanging.
        """
        over = last is not None and time.monotonic() > last + self.params.grace
        busy = [child for child in self.children if child.task is not None and child not in finished]
        finished += [self._replace(child) for child in busy if over or child.on_task() > child.most_cpu]


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
