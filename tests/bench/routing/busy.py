"""T13: the same offices planned by the command line on a machine as it is, and with six others on each core."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from routing.problem import Problem
from routing.vroom_json import problem_to_json
from tests.bench.routing.days import gia_lai
from tests.bench.routing.paired import PRODUCT, Runner, say
from tests.bench.routing.parts import Options
from tests.bench.routing.results import Row, circumstances

OTHERS = 6
"""Others a core that compute without end."""
SECONDS = 1.0
SIZES = (35, 50, 65, 80)


def busy(runner: Runner, options: Options) -> None:
    """Plan each office in both ways, one after the other."""
    for seed in range(1, 3 if options.short else 11):
        day = gia_lai(SIZES[seed % len(SIZES)], 1, seed, rules=seed % 2 == 0)
        for others in (0, OTHERS * (os.cpu_count() or 1)):
            key = {
                "part": "busy",
                "instance": f"{others} others",
                "contestant": "auto",
                "seconds": SECONDS,
                "seed": seed,
            }
            key["code"] = runner.code(*PRODUCT)
            if runner.results.find(**key) is not None:
                continue
            runner.in_time()
            with crowd(others):
                row = {**key, "budget_s": SECONDS, **planned(day, seed), **circumstances()}
            say(f"busy seed {seed}, {others} others: {runner.results.append(row)}")


@contextmanager
def crowd(count: int) -> Iterator[None]:
    """Let so many processes compute beside what is done here."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def planned(day: Problem, seed: int) -> Row:
    """Return what the command makes of a day, its children cold as they are at an office."""
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder, "in.json"), Path(folder, "out.json")
        given.write_text(json.dumps(problem_to_json(day)), encoding="utf-8")
        command = [sys.executable, "-m", "routing", "solve", str(given), "-o", str(answer)]
        subprocess.run([*command, "--seconds", str(SECONDS), "--seed", str(seed)], check=True)
        summary = json.loads(answer.read_bytes())["summary"]
    return {
        "objective": summary["cost"] + summary["prizes"] + summary["onward_cost"],
        "left": summary["unassigned"],
        "violations": len(summary["violations"]),
        "searched_cpu_s": summary["searched_cpu_s"],
        "engines": summary["engines"],
        "starting_s": summary["computing_times"]["starting"] / 1000,
        "solving_s": summary["computing_times"]["solving"] / 1000,
    }
