"""Photographs, signatures, numbers set aside, and what a phone asks at a door."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "receipt_malformed": n("Số biên lai “%(given)s” không đúng mẫu TN và 8 chữ số. Xin lấy số do máy cấp."),
}

# a phone takes these itself: `app.texts.custody.EVIDENCE` asks for what the office's camera took
TAKEN_BY_PHONE: dict[str, str] = {
    "gate_photo": n("Chụp ảnh cổng nhà"),
    "photo": n("Chụp ảnh làm bằng chứng"),
    "two_photos": n("Chụp hai ảnh: hai mặt phong bì, thấy rõ niêm phong"),
    "call": n("Đã gọi cho người dân lúc mấy giờ"),
    "two_calls": n("Hai lần gọi, cách nhau ít nhất 10 phút"),
    "fix": n("Vị trí của điện thoại tại chỗ"),
}
LAST_VISIT = n("Lần trước %(at)s: %(outcome)s")
