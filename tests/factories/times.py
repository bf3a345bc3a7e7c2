"""One moment for all tests: Monday 30 November 2026, nine o'clock; the visits are on Tuesday."""

from __future__ import annotations

from datetime import date, time

from app.clock import at
from app.config import Keys

TODAY = date(2026, 11, 30)
DAY = date(2026, 12, 1)
NOW = at(TODAY, time(9, 0))
KEYS = Keys(
    web="a key of tests", pepper=b"p" * 32, signing=b"s" * 32, phones=b"k" * 32, files=b"f" * 32, secrets=b"e" * 32
)
