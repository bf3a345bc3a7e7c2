"""The processes of one command count together, in a folder that `prometheus_client` is told of before it is imported."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

import psutil

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


def count_together() -> None:
    """For the first process of a command, before it imports anything else of ours; its children inherit it."""
    folder = tempfile.mkdtemp(prefix=f"tannha-{os.getpid()}-")
    os.environ[VARIABLE] = folder
    atexit.register(_take_away, os.getpid(), folder)


def _take_away(maker: int, folder: str) -> None:
    if os.getpid() == maker:  # a fork has the same duty, and must not do it
        shutil.rmtree(folder, ignore_errors=True)


def folder() -> Path | None:
    """None: this process counts alone."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def first_process() -> int:
    """The id of the process that began the command."""
    together = folder()
    return int(together.name.split("-")[1]) if together else os.getpid()


def forget_the_dead(together: Path) -> None:
    """What a process that is gone held for as long as it lived; what it counted stays."""
    for path in together.glob("gauge_live*_*.db"):
        if not psutil.pid_exists(int(path.stem.rpartition("_")[2])):
            path.unlink(missing_ok=True)
