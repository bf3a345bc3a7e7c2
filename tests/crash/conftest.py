"""The whole day of a courier's hands is asked for by `make crash`; each of its faults alone has a test in `tests/browser`."""

from __future__ import annotations

import os

collect_ignore = [] if "TANNHA_CRASH_ROUNDS" in os.environ else ["test_hands.py"]
