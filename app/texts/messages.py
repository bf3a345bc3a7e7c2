"""What became of a message to a citizen, in words: how far it came, and why it did not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.texts import say
from app.texts.mark import n

STATES: Final[Mapping[str, str]] = {
    "queued": n("Chờ gửi"),
    "taken": n("Bên gửi tin đã nhận, chưa báo đến máy"),
    "sent": n("Đã gửi đi"),
    "delivered": n("Đã đến máy"),
    "failed": n("Chưa gửi được"),
    "not_wanted": n("Không gửi tin"),
}
AT_THE_OFFICE: Final = n("tại bưu cục")
CHOSEN: Final[Mapping[str, str]] = {
    "sms": n("tin nhắn"),
    "voice": n("gọi điện"),
    "helper": n("qua người giúp"),
    "none": n("không qua điện thoại"),
}
NEXT: Final[Mapping[str, str]] = {
    "nothing": n("Chưa cần làm gì thêm."),
    "call": n("Nên gọi điện cho người yêu cầu."),
    "helper": n("Nên gọi cho người giúp."),
    "letter": n("Xin báo tại nhà hoặc tại quầy."),
}
OPERATORS: Final[Mapping[str, str]] = {  # as they call themselves
    "email": "E-mail",
    "push": "Web Push",
    "zns": "Zalo",
    "esms": "eSMS",
    "speedsms": "SpeedSMS",
    "http": "SMS",
}
_BALANCE: Final = n("tài khoản gửi tin đã hết tiền")
_ACCOUNT: Final = n("bên gửi tin từ chối tài khoản của hệ thống")
_NUMBER: Final = n("số điện thoại không đúng")
_TEXT: Final = n("lời nhắn không khớp mẫu đã đăng ký")
CODES: Final[Mapping[str, str]] = {
    "esms: 99": n("số này chặn tin nhắn"),
    "esms: 101": _ACCOUNT,
    "esms: 102": _ACCOUNT,
    "esms: 103": _BALANCE,
    "esms: 104": _ACCOUNT,
    "esms: 108": _NUMBER,
    "esms: 118": _ACCOUNT,
    "esms: 140": _ACCOUNT,
    "esms: 146": _TEXT,
    "esms: 177": n("chưa mở gửi tin cho mạng của số này"),
    "speedsms: 007": _ACCOUNT,
    "speedsms: 008": _ACCOUNT,
    "speedsms: 009": _ACCOUNT,
    "speedsms: 105": _NUMBER,
    "speedsms: 113": n("lời nhắn quá dài"),
    "speedsms: 300": _BALANCE,
    "email: address": n("địa chỉ thư điện tử không đúng"),
    "email: smtp 501": n("địa chỉ thư điện tử không đúng"),
    "push: gone": n("trình duyệt đã thôi nhận thông báo"),
    "push: address": n("trình duyệt dùng dịch vụ thông báo lạ"),
    "voice": n("người này muốn nghe điện thoại"),
    "TooLate": n("chờ quá một ngày"),
    "SecretGoneError": n("mã trong tin đã hết hạn"),
    "ValueError": _NUMBER,
    "nobody": n("không có bên nào gửi được tin này"),
}
NO_ANSWER: Final = n("%(name)s không trả lời")
NO_SECRET: Final = n("máy chủ chưa đọc được khóa của %(name)s")
NO_TOKENS: Final = n("khóa truy cập của %(name)s hết hạn hoặc không đọc, ghi được: cần người cài đặt xem lại")
TOO_FAST: Final = n("%(name)s báo gửi quá nhanh, xin chờ")
UNDELIVERED: Final = n("%(name)s báo tin không đến được máy")
OTHER_CODE: Final = n("%(name)s báo mã %(code)s")
OTHER_FAULT: Final = n("lỗi của hệ thống")
_LOST: Final = ("away", "unreadable", "unclear", "unknown")
_OURS: Final[Mapping[str, str]] = {
    "settings": NO_SECRET,
    "tokens": NO_TOKENS,
    "http 429": TOO_FAST,
    "undelivered": UNDELIVERED,
}


def why_in_words(error: str, language: str = "vi") -> str:
    """Why a message did not arrive, from what its row keeps: `esms: 146`, or a kind of ours."""
    if error in CODES:
        return say(CODES[error], language)
    operator, _, code = error.partition(": ")
    if not code:
        return say(OTHER_FAULT, language)
    name = OPERATORS.get(operator, operator)
    if code in _LOST or code.startswith("http 5"):
        return say(NO_ANSWER, language, name=name)
    if code in _OURS:
        return say(_OURS[code], language, name=name)
    return say(OTHER_CODE, language, name=name, code=code.removeprefix("http "))
