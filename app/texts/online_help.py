"""Help to file online: how it went, when one comes, how the result comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.online_help import HalfDay, HelpState, ResultWay
from app.texts.mark import n

STATES: Final[Mapping[HelpState, str]] = {
    HelpState.ASKED: n("Đang chờ"),
    HelpState.FILED: n("Đã nộp trực tuyến"),
    HelpState.NO_ACCOUNT: n("Chưa có tài khoản VNeID mức 2"),
    HelpState.PAPERS_MISSING: n("Còn thiếu giấy tờ"),
    HelpState.PORTAL_FAILED: n("Cổng dịch vụ công không nhận"),
    HelpState.ABSENT: n("Không đến"),
}
HALVES: Final[Mapping[HalfDay, str]] = {HalfDay.MORNING: n("Buổi sáng"), HalfDay.AFTERNOON: n("Buổi chiều")}
WAYS: Final[Mapping[ResultWay, str]] = {
    ResultWay.POST: n("Bưu tá mang kết quả về nhà"),
    ResultWay.ELECTRONIC: n("Bản điện tử, xem trên VNeID hoặc cổng dịch vụ công"),
}
SENTENCES: dict[str, str] = {
    "not_online": n("“%(procedure)s” chưa nộp trực tuyến được. Xin gửi qua bưu tá hoặc nộp tại bộ phận một cửa."),
    "help_day_closed": n("Ngày này bưu cục không giúp nộp trực tuyến được. Xin chọn ngày khác trong danh sách."),
    "help_settled": n("Lượt hẹn này đã ghi kết quả rồi. Xin tải lại trang."),
    "help_outcome_unknown": n("Chưa chọn việc này kết thúc thế nào. Xin chọn một dòng."),
}
