"""What is said to systems that push to us, and to the people who look after them."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "callback_unknown": n("Không có hệ thống nào đã kết nối dùng địa chỉ này. Xin xem lại cấu hình kết nối."),
    "callback_signature": n("Chữ ký không khớp với khóa nào đang dùng nên không nhận gì cả. Xin kiểm tra khóa ký."),
    "callback_unreadable": n("Nội dung gửi đến không đúng dạng đã thỏa thuận. Xin xem lại tài liệu kết nối."),
    "message_not_waiting": n("Việc gửi này không còn chờ người xử lý. Xin tải lại trang."),
    "executor_unknown": n("Xin chọn bưu tá của bưu cục hoặc đơn vị vận chuyển."),
    "carrier_not_joined": n(
        "Chưa nối với đơn vị vận chuyển nào nhận đi lấy và giao, nên %(office)s vẫn do bưu tá đi. "
        "Xin xem trang Kết nối."
    ),
}
