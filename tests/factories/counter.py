"""Numbers that make rows of one test process differ."""

from __future__ import annotations

import itertools

_numbers = itertools.count(1)


def number() -> int:
    return next(_numbers)
