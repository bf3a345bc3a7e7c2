"""How long ago, as people say it: "vừa xong", "12 phút trước", "2 giờ 10 phút trước", "3 ngày trước"."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.texts import say
from app.texts.mark import n

JUST_NOW: Final = n("vừa xong")
MINUTES: Final = n("%(n)s phút trước")
HOURS: Final = n("%(hours)s giờ %(minutes)s phút trước")
DAYS: Final = n("%(n)s ngày trước")
A_MINUTE, AN_HOUR, A_DAY = 60, 3600, 86_400


def age(since: datetime, now: datetime, language: str = "vi") -> str:
    """The age of a contact; a moment that lies ahead (a clock put right meanwhile) is just now."""
    seconds = int((now - since).total_seconds())
    if seconds < A_MINUTE:
        return say(JUST_NOW, language)
    if seconds < AN_HOUR:
        return say(MINUTES, language, n=seconds // A_MINUTE)
    if seconds < A_DAY:
        return say(HOURS, language, hours=seconds // AN_HOUR, minutes=seconds % AN_HOUR // A_MINUTE)
    return say(DAYS, language, n=seconds // A_DAY)
