"""A machine is made, installed and shaken: asked for by `make drill` alone. What needs no root and no package lies in tests/deploy."""

from __future__ import annotations

import os

collect_ignore_glob = [] if "TANNHA_DRILL" in os.environ else ["test_*.py"]
