"""The whole day of a courier's hands is asked for by `make crash` alone. What it does with a real disk, a thin line and a clock in a
browser, `make test` holds by the engine's own tests (docs/hands.md names them)."""

from __future__ import annotations

import os

collect_ignore = [] if "TANNHA_CRASH_ROUNDS" in os.environ else ["test_hands.py"]
