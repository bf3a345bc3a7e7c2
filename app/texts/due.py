"""A due date and how near it is, as a coordinator reads it beside a visit."""

from __future__ import annotations

from datetime import date
from typing import Final

from app.texts import say
from app.texts.mark import n

LATER: Final = n("hạn %(day)s, còn %(n)s ngày làm việc")
TOMORROW: Final = n("hạn %(day)s, còn một ngày làm việc")
TODAY: Final = n("hạn %(day)s, không còn ngày nào")
OVERDUE: Final = n("hạn %(day)s, quá hạn %(n)s ngày làm việc")


def due_sentence(on: date, left: int, language: str = "vi") -> str:
    """`left`: working days until it, below zero when it has passed."""
    day = f"{on:%d/%m}"
    if left < 0:
        return say(OVERDUE, language, day=day, n=-left)
    if left == 0:
        return say(TODAY, language, day=day)
    return say(TOMORROW, language, day=day) if left == 1 else say(LATER, language, day=day, n=left)


def due_tone(left: int) -> str:
    """Of its badge."""
    if left <= 0:
        return "bad"
    return "wait" if left == 1 else "neutral"
