"""`python -m tests.bench PART [options]`: a module of this folder, or a part of `tests.bench.routing`."""

from __future__ import annotations

import runpy
import sys
from importlib.util import find_spec

part = sys.argv[1] if len(sys.argv) > 1 else "plan_day"
own = part != "routing" and find_spec(f"tests.bench.{part}") is not None
sys.argv[1:2] = [] if own else [part]
runpy.run_module(f"tests.bench.{part}" if own else "tests.bench.routing", run_name="__main__", alter_sys=True)
