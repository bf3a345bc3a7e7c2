"""`python -m app.cli`: the same as `tannha`, for processes that this package starts itself."""

from __future__ import annotations

import sys

from app.cli import main

if __name__ == "__main__":  # granian's processes import this module again
    sys.exit(main())
