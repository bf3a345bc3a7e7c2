"""Loaded by a solver child of the bench at its start: its clock shows the CPU seconds that it was given.

Engines stop by the wall clock. On a machine that others use, too, that would measure the others; so time passes for a
child only while it computes. What is named in ``TANNHA_BENCH_BLOCKED`` cannot be imported.
"""

import os
import signal
import sys
import time

time.monotonic = time.perf_counter = time.process_time
signal.ITIMER_REAL = signal.ITIMER_PROF
for name in filter(None, os.environ.get("TANNHA_BENCH_BLOCKED", "").split(",")):
    sys.modules[name] = None  # type: ignore[assignment]  # None is how Python blocks an import
