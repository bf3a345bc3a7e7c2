"""Finished runs, one line of JSON each, appended to a file: what is there already is not run again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.clock import Clock

ROOT = Path(__file__).parents[3]
RESULTS = ROOT / "var" / "bench.jsonl"
RUN = ("part", "instance", "contestant", "seconds", "seed")
Row = dict[str, Any]


@dataclass(slots=True)
class Results:
    """The lines of one file that belong to the routing bench, newest last."""

    path: Path = RESULTS
    rows: list[Row] = field(default_factory=list)
    audits: list[Row] = field(default_factory=list)
    """Lines of `tests.bench.problems`."""

    @classmethod
    def read(cls, path: Path = RESULTS) -> Results:
        """Read a file; a line that was cut off by a crash is passed over."""
        found = list(_lines(path)) if path.exists() else []
        return cls(
            path,
            [row for row in found if "contestant" in row],
            [row for row in found if row.get("part") == "problems"],
        )

    def find(self, **key: Any) -> Row | None:
        """Return the newest row with these values."""
        return next((row for row in reversed(self.rows) if key.items() <= row.items()), None)

    def of(self, part: str) -> list[Row]:
        """Return the rows of a part; where a run was made with several states of the code, the newest."""
        rows = (row for row in self.rows if row["part"] == part)
        return list({tuple(row.get(name) for name in RUN): row for row in rows}.values())

    def append(self, row: Row) -> Row:
        """Write a row down at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.rows.append(row)
        return row

    def forget(self, parts: Iterable[str]) -> None:
        """Take out the rows of parts, so that they begin anew; other lines of the file stay."""
        gone = set(parts)
        kept = [line for line in self.path.read_text().splitlines() if json.loads(line).get("part") not in gone]
        self.path.write_text("".join(line + "\n" for line in kept))
        self.rows = [row for row in self.rows if row["part"] not in gone]


def _lines(path: Path) -> Iterator[Row]:
    for line in path.read_text().splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


@cache
def code_of(*patterns: str) -> str:
    """Return a short hash of the files: what was measured with other code is no answer to today's question."""
    files = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]


def circumstances() -> Mapping[str, Any]:
    """When and where: time, load of the machine, commit."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "at": Clock().now().isoformat(timespec="seconds"),
        "load": round(os.getloadavg()[0], 1),
        "commit": commit.stdout.strip(),
    }


def machine() -> str:
    """Return processors, memory and the versions that decide."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in ("ortools", "pyvrp", "pyvroom", "numpy"))
    return f"{os.cpu_count()} × {_processor()}, {memory:.0f} GB, Python {platform.python_version()}, {libraries}"


def _processor() -> str:
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return names[0].split(":", 1)[1].strip() if names else platform.machine()
