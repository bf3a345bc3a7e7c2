"""`python -m app.cli`: the same as `tannha`, for processes that this package starts itself."""

from __future__ import annotations

import sys

from app.cli import main

sys.exit(main())
