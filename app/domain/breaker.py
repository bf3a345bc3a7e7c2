"""When a partner that does not answer is left alone, and for how long a message is tried: pure rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FAILURES_TO_OPEN: Final = 5
OPEN_FIRST_S: Final = 10.0
OPEN_MOST_S: Final = 300.0
PROBE_S: Final = 30.0  # while one message tries whether the partner is back, the others wait
FIRST_WAIT_S: Final = 5.0
LONGEST_WAIT_S: Final = 3600.0
PATIENCE: Final = timedelta(hours=48)  # issue: 24 h and more; a weekend without a network must not lose a message


def open_for_s(failures: int) -> float | None:
    """How long nobody calls after so many failures in a row; None: the breaker stays closed."""
    if failures < FAILURES_TO_OPEN:
        return None
    return min(OPEN_MOST_S, OPEN_FIRST_S * 2.0 ** min(failures - FAILURES_TO_OPEN, 10))


def wait_s(tries: int, spread: float, told_s: int | None = None) -> float:
    """Seconds to the next try after `tries`; `spread` (0 to 1) keeps many from coming back at once.

    What the partner asked for (`Retry-After`) is waited for in any case.
    """
    doubled = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(max(0, tries - 1), 12))
    return max(float(told_s or 0), doubled * (0.75 + 0.5 * spread))
