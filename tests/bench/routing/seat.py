"""One run in a process of its own: warm it, hand it the problem, measure it from there, end it where it must end.

A run ends when it says so, when the process and its children have used ``most_cpu`` seconds, or at ``most_wall``; its
last report then counts.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

import psutil

from routing.problem import Problem
from tests.bench.routing import clock
from tests.bench.routing.contestants import CONTESTANTS
from tests.routing.days import province

SAMPLE_S = 0.1
Tours = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Order:
    """What to run. ``work_clock``: let the product's time pass only while it computes (equal CPU on a busy machine)."""

    contestant: str
    problem: Problem
    seconds: float
    seed: int
    children: int = 1
    work_clock: bool = True
    most_cpu: float | None = None
    most_wall: float = 1800.0


@dataclass(frozen=True, slots=True)
class Sitting:
    """What came of it. ``tours`` is ``None`` without a plan; ``ended``: itself, cpu, wall or crashed."""

    tours: Tours | None
    cpu_s: float
    wall_s: float
    first_cpu_s: float | None
    first_wall_s: float | None
    peak_mb: int
    ended: str


@dataclass(frozen=True, slots=True)
class _Word:
    """From the child: ``warm``, ``plan`` or ``done``, with its CPU and wall seconds since it held the problem."""

    kind: str
    cpu_s: float = 0.0
    wall_s: float = 0.0
    tours: Tours | None = None


def sit(order: Order) -> Sitting:
    """Run an order in a fresh process and return what it gave."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_child, args=(theirs,))
    process.start()
    theirs.close()
    try:
        ours.send(order.contestant)
        ours.send((order.children, order.work_clock))
        ours.recv()  # warm
        ours.send(order)
        return _Watch(psutil.Process(process.pid), ours, order).look()
    except EOFError:
        return Sitting(None, 0.0, 0.0, None, None, 0, "crashed")
    finally:
        _end(process.pid)
        process.join()
        ours.close()


def _end(pid: int | None) -> None:
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        member.kill()


class _Watch:
    def __init__(self, process: psutil.Process, pipe: Connection, order: Order) -> None:
        self.process, self.pipe, self.order = process, pipe, order
        self.peak = 0
        self.first: _Word | None = None
        self.last: _Word | None = None
        self.began, self.begun_cpu = time.monotonic(), self.cpu()

    def family(self) -> list[psutil.Process]:
        try:
            return [self.process, *self.process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def cpu(self) -> float:
        return sum(clock.cpu_of(member.pid) for member in self.family())

    def look(self) -> Sitting:
        while True:
            self.peak = max(self.peak, sum(_proportional(member) for member in self.family()))
            ended = self.hear() or self.over()
            if ended:
                return self.sitting(ended)

    def hear(self) -> str:
        """Take in what the child says; return how it ended, if it did."""
        try:
            while self.pipe.poll(SAMPLE_S):
                word: _Word = self.pipe.recv()
                if word.tours is not None:
                    self.first = self.first or word
                    self.last = word
                if word.kind == "done":
                    self.last = replace(word, tours=self.last.tours if self.last else None)
                    return "itself"
                if self.over():
                    return ""
        except (EOFError, ConnectionResetError):
            return "crashed"
        return ""

    def over(self) -> str:
        if self.order.most_cpu is not None and self.cpu() - self.begun_cpu > self.order.most_cpu:
            return "cpu"
        return "wall" if time.monotonic() - self.began > self.order.most_wall else ""

    def sitting(self, ended: str) -> Sitting:
        done = ended == "itself" and self.last is not None
        return Sitting(
            tours=self.last.tours if self.last else None,
            cpu_s=round(self.last.cpu_s if done and self.last else self.cpu() - self.begun_cpu, 3),
            wall_s=round(self.last.wall_s if done and self.last else time.monotonic() - self.began, 3),
            first_cpu_s=round(self.first.cpu_s, 3) if self.first else None,
            first_wall_s=round(self.first.wall_s, 3) if self.first else None,
            peak_mb=self.peak // 2**20,
            ended=ended,
        )


def _proportional(process: psutil.Process) -> int:
    """Proportional set size: shared pages count once."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # ended between two looks
        return 0


def _child(pipe: Connection) -> None:
    """Warm up, take the problem, run, say what it took."""
    wall = time.monotonic
    name, (children, work_clock) = pipe.recv(), pipe.recv()
    with CONTESTANTS[name](children, work_clock=work_clock) as contestant:
        contestant.run(province(1, 12, 1), 0.2, 1, lambda _tours: None)
        pipe.send(_Word("warm"))
        order: Order = pipe.recv()
        began, before = wall(), _used(contestant.pids())

        def say(kind: str, tours: Tours | None = None) -> None:
            pipe.send(_Word(kind, _used(contestant.pids()) - before, wall() - began, tours))

        contestant.run(order.problem, order.seconds, order.seed, lambda tours: say("plan", tours))
        say("done")


def _used(pids: Sequence[int]) -> float:
    """CPU seconds of this process, its dead children and its living ones."""
    dead = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + dead.ru_utime + dead.ru_stime + sum(clock.cpu_of(pid) for pid in pids)
