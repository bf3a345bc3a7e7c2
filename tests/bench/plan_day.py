"""`python -m tests.bench.plan_day`: the demo day of the province, planned by `tannha plan`, beside insertion alone.

Each row is one run of the command line, cold start and all: wall seconds, peak memory of all its processes (proportional
set size, so that shared pages count once; the embedded database included), what was served, and the seconds that the
plan page's JSON takes. Targets: ≤ 30 s wall, ≤ 2,000 MB, ≥ 99 % served, 0 violations, JSON ≤ 2 s.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from app.clock import Clock
from app.config import Settings, load_settings
from app.database import connect, owner_url
from app.models import Plan
from app.queries.planning.plan_map import plan_map
from app.queries.planning.plans import route_lines
from tests.bench.memory import proportional

SAMPLE_S = 0.1
CONTROL = "insertion"


@dataclass(frozen=True, slots=True)
class Row:
    """One run."""

    at: str
    engine: str
    assignment: str
    errands: int
    served_percent: float
    unserved_without_reason: int
    violations: int
    couriers: int
    km: float
    cost: int
    wall_s: float
    plan_s: float
    peak_mb: int
    page_json_s: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--errands", type=int, default=3000)
    parser.add_argument("--day", default="2026-12-01")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--engines", default=f"auto,{CONTROL}", help="the last one is the control")
    parser.add_argument("--assignment", choices=("home", "free"), default="home")
    parser.add_argument("--results", type=Path, default=Path("var/bench.jsonl"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tannha-bench-") as folder:
        settings = load_settings({**os.environ, "TANNHA_VAR": folder})
        url = owner_url(settings)  # the embedded server stays up as long as this process
        environment = {**os.environ, "TANNHA_VAR": folder, "DATABASE_URL": url.render_as_string(hide_password=False)}
        _prepare(environment, args)
        rows = [_measure(environment, args, engine) for engine in args.engines.split(",")]
    _print(rows)
    args.results.parent.mkdir(parents=True, exist_ok=True)
    with args.results.open("a") as results:
        results.writelines(json.dumps({"part": "plan_day", **asdict(row)}) + "\n" for row in rows)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _tannha(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *arguments]


def _prepare(environment: dict[str, str], args: argparse.Namespace) -> None:
    demo = ("demo", "--day", args.day, "--errands", str(args.errands), "--seed", str(args.seed), "--json")
    for command in (("migrate",), demo):
        began = time.perf_counter()
        subprocess.run(_tannha(*command), env=environment, check=True, stdout=subprocess.DEVNULL)
        _say(f"tannha {' '.join(command)}: {time.perf_counter() - began:.1f} s")


def _measure(environment: dict[str, str], args: argparse.Namespace, engine: str) -> Row:
    command = ("plan", "--day", args.day, "--json", "--engine", engine, "--seconds", str(args.seconds))
    began = time.perf_counter()
    child = subprocess.Popen(
        _tannha(*command, "--assignment", args.assignment), env=environment, stdout=subprocess.PIPE, text=True
    )
    with _Memory([psutil.Process(child.pid), *_postgres(environment)]) as memory:
        output, _ = child.communicate()
    wall_s = time.perf_counter() - began
    if child.returncode:
        raise SystemExit(child.returncode)
    answer: dict[str, Any] = json.loads(output)
    return Row(
        at=Clock().now().isoformat(timespec="seconds"),
        engine=engine,
        assignment=args.assignment,
        errands=answer["errands"],
        served_percent=round(100 * answer["served"] / max(1, answer["errands"]), 2),
        unserved_without_reason=sum(not left["reason"] for left in answer["unserved"]),
        violations=answer["violations"],
        couriers=answer["couriers"],
        km=round(answer["distance_m"] / 1000, 1),
        cost=answer["cost"],
        wall_s=round(wall_s, 1),
        plan_s=answer["wall_s"],
        peak_mb=memory.peak_mb,
        page_json_s=round(_page_json_s(load_settings(environment), answer["plan"]), 3),
    )


def _page_json_s(settings: Settings, plan_id: int) -> float:
    """What the plan page waits for from the server: table and map, from a cold process."""
    database = connect(settings)
    try:
        began = time.perf_counter()
        with database.transaction() as session:
            json.dumps(plan_map(session, session.get_one(Plan, plan_id)))
            route_lines(session, plan_id)
        return time.perf_counter() - began
    finally:
        database.engine.dispose()


def _postgres(environment: dict[str, str]) -> list[psutil.Process]:
    pid_file = Path(environment["TANNHA_VAR"]) / "db" / "pg" / "postmaster.pid"
    return [psutil.Process(int(pid_file.read_text().split()[0]))] if pid_file.exists() else []


class _Memory:
    """Looks ten times a second at these processes and all below them."""

    def __init__(self, roots: Iterable[psutil.Process]) -> None:
        self.roots = tuple(roots)
        self.peak = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    @property
    def peak_mb(self) -> int:
        return self.peak // 2**20

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.over.wait(SAMPLE_S):
            self.peak = max(self.peak, sum(proportional(process) for process in self._family()))

    def _family(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for root in self.roots:
            try:
                found += [root, *root.children(recursive=True)]
            except psutil.NoSuchProcess:
                continue
        return found


def _print(rows: Iterable[Row]) -> None:
    for row in rows:
        _say("  ".join(f"{name}={value}" for name, value in asdict(row).items() if name != "at"))


if __name__ == "__main__":
    main()
