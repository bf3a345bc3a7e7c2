"""Runs in processes of their own: warm them, hand over a problem, measure from there, end them where they must end.

A run ends when it says so, when the process and its children have used ``most_cpu`` seconds, or at ``most_wall``; its
last report then counts. A process that ended a run by itself stays warm for the next.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

import psutil

from routing.child import die_with
from routing.problem import Problem
from routing.search_params import SearchParams
from tests.bench.memory import proportional
from tests.bench.routing import clock
from tests.bench.routing.contestants import CONTESTANTS, Contestant
from tests.routing.days import province

SAMPLE_S = 0.1
SEATS = 7
"""Processes kept warm at once: each holds about 100 MB, twice with solver children."""
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
    most_wall: float = 2400.0
    within: float | None = None

    @property
    def seat(self) -> tuple[str, int, bool]:
        """What a warm process was made for."""
        return self.contestant, self.children, self.work_clock


@dataclass(frozen=True, slots=True)
class Sitting:
    """What came of a run. ``tours`` is ``None`` without a plan; ``ended``: itself, cpu, wall or crashed.

    ``work_s`` are the seconds that it would have taken on a machine of its own.
    """

    tours: Tours | None
    cpu_s: float = 0.0
    wall_s: float = 0.0
    work_s: float = 0.0
    first_cpu_s: float | None = None
    first_wall_s: float | None = None
    peak_mb: int = 0
    ended: str = "crashed"


@dataclass(frozen=True, slots=True)
class _Word:
    """From the child: ``warm``, ``plan`` or ``done``, with its seconds since it held the problem."""

    kind: str
    cpu_s: float = 0.0
    wall_s: float = 0.0
    work_s: float = 0.0
    tours: Tours | None = None


@dataclass(slots=True)
class Seats:
    """Warm processes by what they were made for; ends them all on leaving. ``params``: what the product searches by."""

    params: SearchParams = field(default_factory=SearchParams)
    warm: dict[tuple[str, int, bool], tuple[SpawnProcess, Connection]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for seat in list(self.warm):
            self.end(seat)

    def sit(self, order: Order) -> Sitting:
        """Run an order and return what it gave."""
        try:
            process, pipe = self.take(order.seat)
            pipe.send(order)
            found = _Watch(psutil.Process(process.pid), pipe, order).look()
        except (EOFError, BrokenPipeError, psutil.NoSuchProcess):
            found = Sitting(None)
        if found.ended != "itself":
            self.end(order.seat)
        return found

    def take(self, seat: tuple[str, int, bool]) -> tuple[SpawnProcess, Connection]:
        """Return a warm process, making room for it where need be."""
        if seat not in self.warm:
            while len(self.warm) >= SEATS:
                self.end(next(iter(self.warm)))
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, os.getpid(), seat, self.params))
            process.start()
            theirs.close()
            self.warm[seat] = process, ours
            ours.recv()
        return self.warm[seat]

    def end(self, seat: tuple[str, int, bool]) -> None:
        """End a process and all below it."""
        process, pipe = self.warm.pop(seat)
        try:
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            family = []
        for member in family:
            member.kill()
        process.join()
        pipe.close()


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
            self.peak = max(self.peak, sum(proportional(member) for member in self.family()))
            ended = self.hear() or self.over()
            if ended:
                return self.sitting(ended)

    def hear(self) -> str:
        """Take in what the child says; return how it ended, if it did."""
        try:
            while self.pipe.poll(SAMPLE_S):
                word: _Word = self.pipe.recv()
                if word.kind == "plan":
                    self.first = self.first or word
                    self.last = word if word.tours is not None or self.last is None else self.last
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
        last = self.last if self.last is not None else _Word("plan")
        cpu = self.cpu() - self.begun_cpu
        wall = time.monotonic() - self.began
        done = ended == "itself"
        return Sitting(
            tours=last.tours,
            cpu_s=round(last.cpu_s if done else cpu, 3),
            wall_s=round(last.wall_s if done else wall, 3),
            work_s=round(last.work_s if done else cpu, 3),
            first_cpu_s=round(self.first.cpu_s, 3) if self.first else None,
            first_wall_s=round(self.first.wall_s, 3) if self.first else None,
            peak_mb=self.peak // 2**20,
            ended=ended,
        )


def _serve(pipe: Connection, parent: int, seat: tuple[str, int, bool], params: SearchParams) -> None:
    """Warm up, then take problems until nobody asks any more."""
    die_with(parent)  # an engine that reports nothing for minutes would not see the pipe close
    (name, children, work_clock), wall = seat, time.monotonic
    with CONTESTANTS[name](children, work_clock=work_clock, params=params) as contestant:
        contestant.run(province(1, 12, 1), 0.2, 1, lambda _tours: None)
        pipe.send(_Word("warm"))
        while True:
            try:
                order: Order = pipe.recv()
            except EOFError:
                return
            _answer(pipe, contestant, order, wall)


def _answer(pipe: Connection, contestant: Contestant, order: Order, wall: clock.Reading) -> None:
    working = time.monotonic if contestant.pids() else time.process_time
    before = wall(), _used(contestant.pids()), working()

    def say(kind: str, tours: Tours | None = None) -> None:
        pids = contestant.pids()
        pipe.send(_Word(kind, _used(pids) - before[1], wall() - before[0], working() - before[2], tours))

    contestant.run(order.problem, order.seconds, order.seed, lambda tours: say("plan", tours), order.within)
    say("done")


def _used(pids: Sequence[int]) -> float:
    """CPU seconds of this process, its dead children and its living ones."""
    dead = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + dead.ru_utime + dead.ru_stime + sum(clock.cpu_of(pid) for pid in pids)
