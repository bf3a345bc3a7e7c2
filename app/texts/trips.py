"""Between two trips of a day a courier is back at the office."""

from __future__ import annotations

from app.texts import say
from app.texts.mark import n

BACK = {
    2: n("Về bưu cục lấy chuyến hai, %(at)s–%(leaves)s"),
    3: n("Về bưu cục lấy chuyến ba, %(at)s–%(leaves)s"),
}


def back_sentence(trip: int, at: int, leaves: int, language: str = "vi") -> str:
    """Before the first stop of the second or third trip; seconds from midnight."""
    return say(BACK[trip], language, at=_clock(at), leaves=_clock(leaves))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
