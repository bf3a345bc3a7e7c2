"""What the demonstration says.

One sentence a code: what is wrong first, then the way out. The msgid is Vietnamese."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "demo_day_closed": n("Ngày %(day)s không phải ngày làm việc. Xin chọn ngày khác cho buổi trình diễn."),
    "demo_too_small": n("Buổi trình diễn cần ít nhất một yêu cầu. Xin nhập số lớn hơn 0."),
    "demo_made_already": n(
        "Cơ sở dữ liệu này đã có yêu cầu nên không tạo thêm buổi trình diễn. Xin dùng một thư mục TANNHA_VAR trống."
    ),
}
