"""The way between doors as a phone's map draws it: a part from each end to the next, in whole numbers and few bytes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from app.queries.visits.ridden_way import RiddenWay

UNIT: Final = 0.00001  # degrees; about a metre
MOST_CORNERS: Final = 1_100  # of a whole way; at most fourteen characters each, so that it stays below 20 kB
NO_WAY: Final[dict[str, Any]] = {"unit": UNIT, "legs": []}

Line = Sequence[tuple[float, float]]


def way_json(way: RiddenWay, legs: Sequence[Line]) -> dict[str, Any]:
    """Each leg: its two stops (null: the office), the first place, then steps east and north, as in a layer of roads."""
    inner = sum(max(0, len(leg) - 2) for leg in legs)
    room = max(1, MOST_CORNERS - 2 * len(legs))
    every = -(-inner // room) or 1
    told = [
        {"from": start, "to": end, "line": _steps(_thinned(leg, every))}
        for (start, end), leg in zip(pairwise(way.ends), legs, strict=True)
        if len(leg) > 1
    ]
    return {"unit": UNIT, "legs": told}


def _thinned(leg: Line, every: int) -> Line:
    """Its two ends, and every so manieth corner between them."""
    return [leg[0], *leg[every:-1:every], leg[-1]]


def _steps(leg: Line) -> list[int]:
    steps: list[int] = []
    last = (0, 0)
    for lon, lat in leg:
        here = (round(lon / UNIT), round(lat / UNIT))
        if here != last:
            steps += (here[0] - last[0], here[1] - last[1])
        last = here
    return steps
