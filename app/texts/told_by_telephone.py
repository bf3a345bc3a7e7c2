"""Whoever moved or cancelled a visit as a caller asked: does a message follow, or is it said now?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.identity import Channel
from app.texts.mark import n

_SAY_IT: Final = n("Sẽ không có tin nhắn: xin nói ngay với người gọi là lượt này đã hủy và không thu tiền lượt này.")
MOVED: Final[Mapping[Channel, str]] = {
    Channel.SMS: n("Đã đổi giờ hẹn; người dân được nhắn giờ mới."),
    Channel.HELPER: n("Đã đổi giờ hẹn; người giúp được nhắn giờ mới."),
    Channel.VOICE: n("Đã đổi giờ hẹn. Sẽ không có tin nhắn: xin đọc lại giờ mới cho người gọi."),
    Channel.NONE: n("Đã đổi giờ hẹn. Người này không nhận tin nhắn: xin báo ngay khi đang gọi."),
}
CANCELLED: Final[Mapping[Channel, str]] = {
    Channel.SMS: n("Đã hủy lịch hẹn; người dân được nhắn tin."),
    Channel.HELPER: n("Đã hủy lịch hẹn; người giúp được nhắn tin."),
    Channel.VOICE: n("Đã hủy lịch hẹn. Sẽ không có tin nhắn: xin nói lại cho người gọi."),
    Channel.NONE: n("Đã hủy lịch hẹn. Người này không nhận tin nhắn: xin báo ngay khi đang gọi."),
}
WILL_BE_TOLD: Final[Mapping[Channel, str]] = {
    Channel.SMS: n("Người dân được nhắn tin là lượt này đã hủy và không thu tiền lượt này."),
    Channel.HELPER: n("Người giúp được nhắn tin là lượt này đã hủy và không thu tiền lượt này."),
    Channel.VOICE: _SAY_IT,
    Channel.NONE: _SAY_IT,
}
