"""What the long proofs measured: one JSON object a line in `var/crash.jsonl`; an interrupted proof goes on from there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from app.clock import Clock

RESULTS = Path("var/crash.jsonl")


def note(part: str, **figures: Any) -> None:
    """Print and append."""
    line = {"part": part, "at": Clock().now().isoformat(timespec="seconds"), **figures}
    sys.stdout.write("  ".join(f"{name}={value}" for name, value in line.items()) + "\n")
    sys.stdout.flush()
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a") as results:
        results.write(json.dumps(line) + "\n")


def unfinished(part: str) -> tuple[int, list[dict[str, Any]]]:
    """The number of the run to go on with, and its rounds so far; a new one when the last was finished."""
    rounds = [line for line in _lines() if line["part"] == part]
    last = max((line["run"] for line in rounds), default=0)
    mine = [line for line in rounds if line["run"] == last]
    return (last, mine) if mine and not mine[-1]["finished"] else (last + 1, [])


def _lines() -> list[dict[str, Any]]:
    if not RESULTS.exists():
        return []
    lines = [json.loads(line) for line in RESULTS.read_text().splitlines()]
    return [line for line in lines if "part" in line]
