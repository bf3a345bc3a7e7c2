"""What a citizen is told of each way in which a visit ends: the bundled rows' words, marked for the catalogue.

The rows are data and hold the Vietnamese themselves; without a mark nobody would find what has to be put into English. What an
operator's own file says in other words stays as it is written there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.texts.mark import n

TOLD: Final[Mapping[str, str]] = {
    "DONE": n("Đã hoàn thành."),
    "ABSENT": n("Bưu tá đã đến nhưng không có ai ở nhà. Ông/bà có thể chọn ngày khác ngay trên trang theo dõi."),
    "NO_CONTACT": n(
        "Bưu tá đã gọi hai lần nhưng không liên lạc được với ông/bà. Xin kiểm tra số điện thoại và chọn ngày khác."
    ),
    "ADDR_WRONG": n("Bưu tá không tìm thấy địa chỉ. Xin kiểm tra lại vị trí nhà trên bản đồ."),
    "NO_ACCESS": n(
        "Đường vào bị ngập, sạt lở hoặc hỏng cầu nên bưu tá chưa đến được. Bưu điện sẽ hẹn lại khi đường thông."
    ),
    "PAPERS_MISSING": n(
        "Hồ sơ còn thiếu giấy tờ trong danh sách đã công bố. Ông/bà có thể gửi trước phần đã có, hoặc chọn ngày khác."
    ),
    "PAPERS_WRONG": n(
        "Có giấy tờ sai mẫu, hết hạn hoặc không khớp. Xin xem giấy tờ được ghi trên trang theo dõi rồi chọn ngày khác."
    ),
    "NOT_ENTITLED": n("Người ở nhà không được nhận thay loại kết quả này. Xin xem cách ủy quyền trên trang theo dõi."),
    "MOVED": n(
        "Người nhận không còn ở địa chỉ này. Xin báo nơi ở mới; nếu không, kết quả được trả về bộ phận một cửa."
    ),
    "REFUSED_ERROR": n("Ông/bà không nhận vì kết quả có sai sót. Kết quả được trả về bộ phận một cửa để sửa."),
    "REFUSED_OTHER": n("Ông/bà đã từ chối nhận. Bưu gửi được giữ tại bưu cục."),
    "FEE_UNPAID": n("Tiền cước hoặc lệ phí chưa được trả. Xin trả rồi chọn ngày khác."),
    "RESCHEDULED": n("Lịch hẹn đã được đổi theo yêu cầu."),
    "CANCELLED": n("Yêu cầu đã được hủy."),
    "SEAL_BROKEN": n("Niêm phong không còn nguyên nên bưu tá không giao. Bưu điện lập biên bản và báo lại cho ông/bà."),
    "DESK_CLOSED": n("Bộ phận một cửa không mở cửa. Bưu tá sẽ đến lại trong chuyến sau."),
    "NOT_READY": n("Kết quả chưa sẵn sàng tại bộ phận một cửa. Bưu tá sẽ đến lấy trong chuyến sau."),
    "VEHICLE": n("Xe của bưu tá bị hỏng. Bưu điện sẽ cử người khác hoặc hẹn lại."),
    "WEATHER": n("Thời tiết xấu nên bưu tá chưa đến được. Bưu điện sẽ hẹn lại."),
    "OUT_OF_TIME": n("Bưu tá chưa kịp đến trong ngày. Bưu điện sẽ hẹn lại sớm nhất."),
}
