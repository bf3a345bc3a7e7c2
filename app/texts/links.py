"""The joined systems in words: who they are, how they do, what waits for a person and what that person can do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.texts import say
from app.texts.mark import n
from app.texts.messages import OPERATORS, why_in_words

ONE_STOP: Final = n("Hệ thống một cửa")
CARRIER: Final = n("Đơn vị vận chuyển %(name)s")
MESSAGES: Final = n("Tin nhắn qua %(name)s")
SUBSCRIBER: Final = n("Nhận sự kiện: %(partner)s")

EXECUTORS: Final[Mapping[str, str]] = {"own": n("Bưu tá của bưu cục"), "carrier": n("Đơn vị vận chuyển")}

KINDS: Final[Mapping[str, str]] = {
    "step": n("Báo tiến độ hồ sơ"),
    "place_order": n("Đặt đơn"),
    "cancel_order": n("Hủy đơn"),
}
EVENT: Final = n("Báo sự kiện %(kind)s")

STATES: Final[Mapping[str, str]] = {
    "queued": n("Chờ gửi"),
    "sent": n("Bên kia đã nhận"),
    "refused": n("Bị từ chối"),
    "parked": n("Trả lời không đọc được"),
    "late": n("Quá hai ngày không trả lời"),
    "withdrawn": n("Không gửi nữa"),
}
WHAT_TO_DO: Final[Mapping[str, str]] = {
    "refused": n(
        "Xin đọc lời của họ, sửa chỗ sai ở nơi gốc rồi gửi lại. Đã báo họ bằng cách khác thì bấm “Không gửi nữa”."
    ),
    "parked": n("Chưa biết họ đã nhận hay chưa. Xin hỏi họ rồi gửi lại: gửi hai lần vẫn chỉ là một việc."),
    "late": n("Xin hỏi họ bao giờ hoạt động lại, rồi gửi lại."),
}

INBOX_STATES: Final[Mapping[str, str]] = {
    "stored": n("Chờ đọc"),
    "taken": n("Đã ghi sổ"),
    "ignored": n("Không cần ghi"),
    "parked": n("Chờ người xem"),
}
PARKED: Final[Mapping[str, str]] = {
    "code_unmapped": n("Mã chưa có trong bảng mã"),
    "order_unknown": n("Không có đơn nào mang số này"),
    "unreadable": n("Không đọc được"),
}
PARKED_OTHERWISE: Final = n("Chưa khớp với sổ")
INBOX_TO_DO: Final[Mapping[str, str]] = {
    "code_unmapped": n("Xin hỏi họ mã này nghĩa là gì, thêm vào bảng mã, rồi bấm “Đọc lại”."),
    "order_unknown": n(
        "Xin hỏi họ đơn này của ai. Đơn của ta mà nay đã có trong sổ thì bấm “Đọc lại”, không thì “Đã xử lý”."
    ),
    "unreadable": n("Xin hỏi họ dòng này nói gì, ghi việc ấy ở nơi của nó, rồi bấm “Đã xử lý”."),
}
INBOX_TO_DO_OTHERWISE: Final = n("Xin xem hồ sơ, sửa chỗ chưa khớp, rồi bấm “Đọc lại”.")

MILESTONES: Final[Mapping[str, str]] = {
    "draft": n("mới soạn đơn"),
    "created": n("đã lập đơn"),
    "pickup_accepted": n("đã nhận việc lấy hàng"),
    "picking_up": n("đang đi lấy"),
    "pickup_failed": n("lấy chưa được"),
    "picked_up": n("đã lấy"),
    "at_office": n("đã về bưu cục của họ"),
    "in_transit": n("đang chuyển"),
    "at_delivery_office": n("đã đến bưu cục phát"),
    "out_for_delivery": n("đang đi phát"),
    "delivered": n("đã phát"),
    "part_delivered": n("đã phát một phần"),
    "delivery_failed": n("phát chưa được"),
    "delivery_cancelled": n("đã hủy phát"),
    "return_planned": n("sắp chuyển hoàn"),
    "returning": n("đang chuyển hoàn"),
    "returned": n("đã chuyển hoàn"),
    "part_returned": n("đã chuyển hoàn một phần"),
    "cancelled": n("đã hủy"),
    "money": n("đã thanh toán"),
}
ORDER_STATES: Final[Mapping[str, str]] = {
    "wanted": n("Chờ đặt"),
    "placed": n("Đã đặt"),
    "cancel_wanted": n("Chờ hủy"),
    "cancel_waiting": n("Họ đang xem việc hủy"),
    "cancelled": n("Đã hủy"),
    "refused": n("Bị từ chối"),
    "closed": n("Đã khép"),
}
PURPOSES: Final[Mapping[str, str]] = {
    "TG": n("thu gom hồ sơ"),
    "KQ": n("trả kết quả"),
    "LC": n("luân chuyển hồ sơ"),
}
REFUSALS: Final[Mapping[str, str]] = {
    "refusal_requested": n("Đang hỏi"),
    "refused": n("Đã từ chối hồ sơ"),
    "refusal_blocked": n("Chưa từ chối được"),
    "refusal_withdrawn": n("Đã thôi từ chối"),
    "papers_asked": n("Đã yêu cầu bổ sung"),
}
DOSSIER_STATES: Final[Mapping[int, str]] = {
    1: n("mới đăng ký"),
    2: n("đã tiếp nhận"),
    3: n("không tiếp nhận"),
    4: n("đang xử lý"),
    5: n("cần bổ sung giấy tờ"),
    6: n("chờ nộp phí, lệ phí"),
    7: n("người nộp xin rút"),
    8: n("dừng xử lý"),
    9: n("đã có kết quả"),
    10: n("đã trả kết quả"),
}
FIELDS: Final[Mapping[str, str]] = {
    "code": n("Mã hồ sơ"),
    "state": n("Trạng thái"),
    "at": n("Lúc"),
    "procedure": n("Thủ tục"),
    "desk": n("Bộ phận một cửa"),
    "owner": n("Người nộp"),
    "owner_phone": n("Điện thoại"),
    "door": n("Địa chỉ nhà"),
    "from_desk": n("Bộ phận một cửa gửi"),
    "to_desk": n("Bộ phận một cửa nhận"),
    "number": n("Số đơn"),
    "customer": n("Mã khách hàng"),
    "item": n("Mã bưu gửi"),
    "weight": n("Khối lượng (g)"),
    "collect": n("Thu hộ tại nhà (đ)"),
    "event": n("Sự kiện"),
    "body": n("Nội dung"),
}

FAULTS: Final[Mapping[str, str]] = {
    "Unavailable": n("Không trả lời"),
    "Rejected": n("Từ chối"),
    "BadAnswer": n("Trả lời sai dạng"),
    "Later": n("Chưa nhận tin nhắn"),
}
REASONS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"answered (?:error_code |Status )?(?P<code>\S+?)(?::.*)?"), n("báo mã %(code)s")),
    (re.compile(r".*did not answer in time"), n("chờ mãi không thấy trả lời")),
    (re.compile(r"no connection to .*"), n("không nối được máy chủ")),
    (re.compile(r".*hung up in mid-answer"), n("ngắt giữa chừng")),
    (re.compile(r"the certificate of .*"), n("chứng thư của máy chủ chưa được tin")),
    (re.compile(r"the answer is not JSON|.* a JSON \S+, not .*"), n("trả lời không đúng dạng")),
    (re.compile(r"field (?P<code>\S+) .*"), n("trường %(code)s không đúng dạng")),
    (re.compile(r"is not joined.*"), n("tệp kết nối không nêu tên hệ thống này")),
    (re.compile(r".*log-in.*"), n("đăng nhập chưa xong")),
    (re.compile(r"the order of that number ended .*"), n("đơn mang số này đã kết thúc ở bên họ")),
)


def reason_in_words(reason: str, language: str = "vi") -> str:
    """Our short reason of a fault as people say it; one that we have no words for stays as it is."""
    for pattern, sentence in REASONS:
        found = pattern.fullmatch(reason)
        if found:
            return say(sentence, language, **found.groupdict())
    return reason


def fault_in_words(fault: str, language: str = "vi") -> str:
    """`Unavailable: answered 502` → `Không trả lời: báo mã 502`."""
    kind, _, reason = fault.partition(": ")
    if kind not in FAULTS:
        return reason_in_words(fault, language)
    said = say(FAULTS[kind], language)
    if kind == "Later":
        return f"{said}: {why_in_words(reason, language)}"
    return f"{said}: {reason_in_words(reason, language)}" if reason else said


def link_in_words(name: str, partner: str, language: str = "vi") -> str:
    """What people call a connection; `partner`: whose endpoint it is."""
    if name == "one_stop":
        return say(ONE_STOP, language)
    if name.startswith("message:"):
        operator = name.removeprefix("message:")
        return say(MESSAGES, language, name=OPERATORS.get(operator, operator))
    if name.startswith("webhook:"):
        return say(SUBSCRIBER, language, partner=partner or name)
    return say(CARRIER, language, name=name)
