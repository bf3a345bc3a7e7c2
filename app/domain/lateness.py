"""How late a courier will be at the doors ahead, as far as is known now: the plan, what has been done, and the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

NONE: Final = timedelta(0)
A_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DoorAhead:
    """A planned door that is still open. `ends_at`: until when somebody was promised a visit."""

    arrives_at: datetime
    starts_at: datetime
    ends_at: datetime | None


def behind(planned_at: datetime, done_at: datetime) -> timedelta:
    """By how much the last act came after its plan; whoever is early waits at the next door, and is not behind."""
    return max(NONE, done_at - planned_at)


def minutes_late(doors: Sequence[DoorAhead], delay: timedelta, now: datetime) -> list[int]:
    """For each door ahead the whole minutes, begun ones too, beyond what was promised; 0: in time.

    A door that should have been begun begins now at the earliest. A delay shrinks where the plan waits for a window to open.
    """
    found = []
    for door in doors:
        starts = max(door.starts_at, door.arrives_at + delay, now)
        delay = starts - door.starts_at
        over = starts - door.ends_at if door.ends_at is not None else NONE
        found.append(max(0, -(-over // A_MINUTE)))
    return found
