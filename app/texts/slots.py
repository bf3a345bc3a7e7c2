"""How a slot is named to people: a day and a part of it, never a minute of arrival."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from app.clock import LOCAL
from app.domain.slot import SlotKind
from app.texts import say
from app.texts.mark import n

WEEKDAYS: Final = (
    n("Thứ Hai"),
    n("Thứ Ba"),
    n("Thứ Tư"),
    n("Thứ Năm"),
    n("Thứ Sáu"),
    n("Thứ Bảy"),
    n("Chủ Nhật"),
)
MORNING: Final = n("%(weekday)s %(day)s, buổi sáng (%(start)s–%(end)s)")
AFTERNOON: Final = n("%(weekday)s %(day)s, buổi chiều (%(start)s–%(end)s)")
HOURS: Final = n("%(weekday)s %(day)s, %(start)s–%(end)s")
SENT_MORNING: Final = n("sáng %(weekday)s %(day)s (%(start)s–%(end)s)")
SENT_AFTERNOON: Final = n("chiều %(weekday)s %(day)s (%(start)s–%(end)s)")
SENT_HOURS: Final = n("%(weekday)s %(day)s (%(start)s–%(end)s)")


def slot_label(kind: SlotKind, starts_at: datetime, ends_at: datetime, language: str = "vi") -> str:
    """`Thứ Ba 01/12, buổi sáng (07:00–11:30)`."""
    return _worded((MORNING, AFTERNOON, HOURS), kind, starts_at, ends_at, language)


def slot_in_message(kind: SlotKind, starts_at: datetime, ends_at: datetime, language: str = "vi") -> str:
    """`sáng Thứ Ba 01/12 (07:00–11:30)`: within a sentence whose letters are paid for."""
    return _worded((SENT_MORNING, SENT_AFTERNOON, SENT_HOURS), kind, starts_at, ends_at, language)


def _worded(forms: tuple[str, str, str], kind: SlotKind, starts_at: datetime, ends_at: datetime, language: str) -> str:
    morning, afternoon, hours = forms
    start, end = starts_at.astimezone(LOCAL), ends_at.astimezone(LOCAL)
    half = morning if start.time() < time(12) else afternoon
    return say(
        half if kind is SlotKind.HALF_DAY else hours,
        language,
        weekday=say(WEEKDAYS[start.weekday()], language),
        day=f"{start:%d/%m}",
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
    )
