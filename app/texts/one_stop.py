"""What is said of the one-stop software's file: why a line was not read, and where a dossier differs from ours."""

from __future__ import annotations

from typing import Final

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "one_stop_file_empty": n("Chưa có dòng nào. Xin chọn tệp của phần mềm một cửa, hoặc quét mã hồ sơ trên giấy hẹn."),
    "one_stop_file_long": n("Tệp dài hơn %(most)s dòng. Xin xuất riêng hồ sơ trong ngày rồi gửi lại."),
    "one_stop_state_unknown": n(
        "Không hiểu trạng thái “%(given)s”. Xin dùng số từ 1 đến 10 hoặc tên trạng thái quốc gia."
    ),
}

DIFFERENCES: Final[dict[str, str]] = {
    "number": n("Một cửa đã cấp mã, ở đây chưa có"),
    "other_number": n("Một cửa ghi mã khác cho phong bì này"),
    "accepted": n("Một cửa đã tiếp nhận, ở đây chưa"),
    "in_process": n("Một cửa đang giải quyết, ở đây mới tiếp nhận"),
    "date": n("Ngày hẹn trả khác nhau"),
    "result": n("Một cửa đã có kết quả, ở đây chưa niêm phong"),
    "papers": n("Một cửa yêu cầu bổ sung, ở đây chưa"),
    "ended": n("Một cửa đã từ chối hoặc kết thúc, ở đây còn mở"),
    "state": n("Hai bên ghi hai trạng thái khác nhau"),
    "not_there": n("Ở đây tiếp nhận hôm nay, tệp của một cửa không có"),
}
