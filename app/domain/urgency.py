"""What presses when a courier can't reach every door: working days left until a day that was named, and tries that failed.

The day is the nearest of those that a dossier's appointment slip names (Decree 61/2018 as amended by Decree 118/2025: a result is
owed by it, and the written apology for a late one a day before; docs/domain.md §2) and until which a result is kept for a door
where nobody was (Postal Law 2010 art. 17). Times of the one-stop law are counted in working days, so these are, too.

| working days left | weight | why |
| --- | --- | --- |
| 0, or overdue | 8 | what is left out today is late |
| 1 | 5 | one more try, and the day on which an apology is still in time |
| 2–3 | 2 | two more tries, as many as two invitations take |
| more, or no day named | 0 | nothing presses |

The weights are an assumption: they only rank what can't all be served, for a promised visit is mandatory.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.domain.working_days import Calendar

PRESSING: Final[Sequence[tuple[int, int]]] = ((0, 8), (1, 5), (3, 2))
"""(working days left, weight), ascending."""
EACH_FAILED_ATTEMPT: Final = 2
MOST_ATTEMPTS: Final = 3


def days_left(day: date, due_on: date | None, calendar: Calendar) -> int | None:
    """Working days after `day` until `due_on`; below zero when it has passed, None where no day was named."""
    if due_on is None:
        return None
    if due_on < day:
        return -max(1, calendar.between(due_on, day))
    return calendar.between(day, due_on)


def priority(left: int | None, failed_attempts: int) -> int:
    """0 (nothing presses) to 14."""
    pressing = next((weight for days, weight in PRESSING if left is not None and left <= days), 0)
    return pressing + EACH_FAILED_ATTEMPT * min(failed_attempts, MOST_ATTEMPTS)
