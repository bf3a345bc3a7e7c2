"""CPU seconds of processes, and a clock that passes only while they compute."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

DRIFT = 0.002
"""Part of the wall time that passes in any case, so that nobody waits for ever for a child that sleeps."""
CHILD_CLOCK = Path(__file__).with_name("child_clock")
Reading = Callable[[], float]
_wall: Reading = time.monotonic


def cpu_of(pid: int) -> float:
    """CPU seconds of all threads of a running process so far; 0 when it is gone (clock_getcpuclockid(3), Linux)."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


@dataclass(slots=True)
class WorkClock:
    """Seconds that this process and the busiest of its children worked: the wall clock of a machine of their own."""

    children: Callable[[], Iterable[int]]
    seen: dict[int, float] = field(default_factory=dict)
    own: float = field(default_factory=time.process_time)
    wall: float = field(default_factory=_wall)
    now: float = 0.0

    def __call__(self) -> float:
        """Read the clock."""
        readings = {pid: cpu_of(pid) for pid in self.children()}
        busiest = max((cpu - self.seen.get(pid, cpu) for pid, cpu in readings.items()), default=0.0)
        own, wall = time.process_time(), _wall()
        self.now += max(0.0, busiest) + own - self.own + DRIFT * (wall - self.wall)
        self.seen, self.own, self.wall = readings, own, wall
        return self.now


def rule(clock: WorkClock) -> None:
    """Let this process, and the solver children that it starts from now on, live by the clock of their work."""
    sys.path.insert(0, str(CHILD_CLOCK))
    time.monotonic = clock


def block(*modules: str) -> None:
    """Keep this process, and the solver children that it starts from now on, from importing these modules."""
    os.environ["TANNHA_BENCH_BLOCKED"] = ",".join(modules)
    for name in modules:
        sys.modules[name] = None  # type: ignore[assignment]  # what Python takes for "cannot be imported"
