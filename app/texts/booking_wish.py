"""How a call ended that was to end in a booking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.booking_wish import WishResult
from app.texts.mark import n

RESULTS: Final[Mapping[WishResult, str]] = {
    WishResult.NOT_REACHED: n("Gọi không gặp, sẽ gọi lại"),
    WishResult.UNWANTED: n("Người dân không đặt nữa"),
    WishResult.BOOKED: n("Đã đặt ở chỗ khác, có mã yêu cầu"),
}
