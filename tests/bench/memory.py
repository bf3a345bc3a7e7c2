"""Memory of processes as it counts: shared pages once."""

from __future__ import annotations

import psutil


def proportional(process: psutil.Process) -> int:
    """Return the proportional set size in bytes; 0 when the process is gone."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # ended between two looks
        return 0
