"""Sentences of transfers between desks and of the vans' rounds: why not, and the way out; where the papers are now."""

from __future__ import annotations

from typing import Final

from app.domain.transfer import DueHint, DueOwner, TransferKind
from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "transfer_over": n("Hồ sơ này đã dừng hoặc đã xong nên không chuyển nữa. Xin tải lại trang Luân chuyển."),
    "transfer_packed": n("Hồ sơ này đã niêm phong để chuyển rồi. Xin bỏ phong bì vào túi gửi đi."),
    "not_sent_on": n(
        "Chưa gửi bản điện tử đến nơi giải quyết. Xin quét hồ sơ, bấm “Đã gửi bản điện tử”, rồi niêm phong."
    ),
    "nothing_to_pack": n("Chưa có giấy tờ nào để niêm phong. Xin ghi số bản của từng giấy tờ đã nhận tại quầy."),
    "not_a_result_of_others": n(
        "Bưu gửi %(parcel)s không phải kết quả của hồ sơ nhận ở nơi khác. Xin giao cho bưu cục như thường lệ."
    ),
    "transfer_open": n(
        "Hồ sơ giấy của bưu gửi %(parcel)s còn đang luân chuyển. Xin chờ hồ sơ đến nơi, hoặc gửi kết quả thẳng qua bưu cục."
    ),
    "round_unknown": n("Không có tuyến xe này. Xin mở lại từ danh sách."),
    "round_code_missing": n("Cần mã tuyến, nhiều nhất %(most)s ký tự, ví dụ TX-01."),
    "round_code_taken": n("Mã %(given)s đã dùng cho tuyến khác. Xin chọn mã khác."),
    "round_name_missing": n("Cần tên tuyến, nhiều nhất %(most)s ký tự."),
    "round_without_days": n("Chưa chọn ngày chạy. Xin chọn ít nhất một ngày trong tuần."),
    "round_too_short": n("Tuyến xe cần ít nhất hai điểm dừng."),
    "call_time_malformed": n("Giờ “%(given)s” chưa đúng. Xin ghi như 07:30."),
    "calls_out_of_order": n("Điểm dừng %(number)s phải muộn hơn điểm trước. Xin sửa giờ hoặc đổi thứ tự."),
    "call_repeated": n("Điểm dừng %(number)s trùng với điểm ngay trước. Xin bỏ một điểm."),
    "call_place_unknown": n("Điểm dừng %(number)s chưa rõ nơi. Xin chọn bưu cục hoặc bộ phận một cửa trong danh sách."),
}

KINDS: Final[dict[str, str]] = {
    TransferKind.BOUNDARY_FREE: n("Không theo địa giới"),
    TransferKind.VERTICAL: n("Từ xã lên tỉnh"),
    TransferKind.RESULT_BACK: n("Trả kết quả về nơi nhận hồ sơ"),
}

OWNERS: Final[dict[str, str]] = {
    DueOwner.NOBODY: n("không còn hạn"),
    DueOwner.CITIZEN: n("người dân bổ sung, tạm dừng tính hạn"),
    DueOwner.RECEIVING: n("nơi nhận hồ sơ giữ hạn"),
    DueOwner.COMPETENT: n("nơi giải quyết giữ hạn"),
}

HINTS: Final[dict[str, str]] = {
    DueHint.APOLOGY: n("Nếu không kịp: gửi thư xin lỗi và hẹn lại ngay hôm nay; chỉ được hẹn lại một lần."),
    DueHint.TODAY: n("Hôm nay là hạn trả."),
    DueHint.OVERDUE: n("Quá hẹn: gửi thư xin lỗi, nêu lý do và ngày hẹn lại; chỉ được hẹn lại một lần."),
}

OWED: Final[dict[str, str]] = {
    DueHint.APOLOGY: n(
        "Hạn trả là ngày %(due)s mà chưa có kết quả. Nếu không kịp, luật buộc gửi người dân thư xin lỗi bằng văn bản và ngày trả mới, trước hạn ít nhất một ngày: xin làm ngay hôm nay; chỉ được hẹn lại một lần."
    ),
    DueHint.TODAY: n(
        "Hôm nay là hạn trả mà chưa có kết quả. Nếu không kịp, luật buộc gửi người dân thư xin lỗi bằng văn bản và ngày trả mới; chỉ được hẹn lại một lần."
    ),
    DueHint.OVERDUE: n(
        "Đã quá hạn trả ngày %(due)s mà chưa có kết quả. Luật buộc gửi người dân thư xin lỗi bằng văn bản, nêu lý do và ngày trả mới; chỉ được hẹn lại một lần."
    ),
}
OWED_AFTER_REDATING: Final = n(
    "Hạn trả là ngày %(due)s mà chưa có kết quả, và hồ sơ đã hẹn lại một lần nên không được hẹn lại nữa. Xin giải quyết cho kịp; nếu trễ, luật vẫn buộc có thư xin lỗi bằng văn bản."
)
MOVED_AGAIN: Final = n(
    "Hệ thống một cửa đã dời ngày hẹn trả lần nữa, từ %(before)s sang %(due)s, trong khi luật chỉ cho hẹn lại một lần. Xin hỏi lại nơi giải quyết và gửi người dân thư xin lỗi bằng văn bản."
)

WEEKDAYS: Final = {
    1: n("Thứ Hai"),
    2: n("Thứ Ba"),
    3: n("Thứ Tư"),
    4: n("Thứ Năm"),
    5: n("Thứ Sáu"),
    6: n("Thứ Bảy"),
    7: n("Chủ nhật"),
}

HOLDERS: Final = {
    "transfer_wanted": n("%(origin)s đang giữ hồ sơ, sẽ chuyển đến %(destination)s."),
    "transfer_packed": n("%(origin)s đang giữ hồ sơ trong phong bì niêm phong %(parcel)s, chờ xe đến %(destination)s."),
    "transfer_under_way": n("Hồ sơ đang trên đường từ %(origin)s đến %(destination)s, trong phong bì niêm phong %(parcel)s."),
    "transfer_expected": n("Hồ sơ đang trên đường từ %(origin)s đến %(destination)s, dự kiến đến lúc %(expected)s."),
    "result_back_packed": n("%(origin)s đang giữ kết quả trong phong bì niêm phong %(parcel)s, chờ xe về %(destination)s."),
    "result_back_under_way": n("Kết quả đang trên đường từ %(origin)s về %(destination)s, trong phong bì niêm phong %(parcel)s."),
    "result_back_expected": n("Kết quả đang trên đường từ %(origin)s về %(destination)s, dự kiến đến lúc %(expected)s."),
}  # fmt: skip

NEXT: Final = {
    "desk_sends_on": n("%(origin)s: niêm phong và gửi hồ sơ đến %(destination)s."),
    "post_carries": n("Bưu điện: chở phong bì từ %(origin)s đến %(destination)s."),
}

STEPS: Final = {
    "sent_on": n("Đã gửi hồ sơ điện tử đến %(destination)s"),
    "transfer_left": n("Hồ sơ giấy đã rời %(origin)s để đến %(destination)s"),
    "transfer_arrived": n("Hồ sơ giấy đã đến %(destination)s"),
    "transfer_arrived_ahead": n("Hồ sơ giấy đến %(destination)s"),
    "transfer_counted": n("%(destination)s đã kiểm đếm và giải quyết hồ sơ"),
    "transfer_counted_ahead": n("%(destination)s kiểm đếm và giải quyết hồ sơ"),
    "result_back_arrived": n("Kết quả đã về %(destination)s"),
}
