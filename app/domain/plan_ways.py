"""What a plan's `ways` say of the lines on its maps."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

ROADS_LEFT: Final = ("roads_away", "roads_elsewhere")  # why a plan that asked for roads was made without


def all_straight(ways: Container[str] | None) -> bool:
    """Is all of it reckoned in straight lines, so that its maps draw no roads either?"""
    return ways is not None and any(why in ways for why in ROADS_LEFT)
