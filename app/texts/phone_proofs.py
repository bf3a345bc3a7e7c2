"""How it is known whose telephone a booking has, for whoever calls it."""

from __future__ import annotations

from typing import Final

from app.domain.identity import PhoneProof
from app.texts.mark import n

PHONE_PROOFS: Final = {
    PhoneProof.CODE: n("Số đã xác nhận bằng mã"),
    PhoneProof.REMEMBERED: n("Số đã xác nhận trước đây, nhớ trên máy của người đặt"),
    PhoneProof.SIGNED_IN: n("Số đã xác nhận, người đặt đã đăng nhập"),
    PhoneProof.COUNTER: n("Bưu cục đặt giúp, số chưa thử bằng mã"),
    PhoneProof.VILLAGE_HEAD: n("Đặt theo lời trưởng thôn, số chưa thử bằng mã"),
    PhoneProof.CALL_BACK: n("Bưu cục đã gọi lại số này"),
    PhoneProof.PARTNER: n("Hệ thống liên kết bảo đảm số này"),
    PhoneProof.NONE: n("Số chưa xác nhận: xin hỏi kỹ người nghe máy"),
}
