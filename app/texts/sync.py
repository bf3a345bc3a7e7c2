"""What the server answers a phone: refusals of sign-in and upload, and why a person has to look at an operation.

A courier reads these at the roadside: what happened, that nothing is lost, what to do now."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "box_unreadable": n(
        "Bưu cục không mở được nội dung này: tệp bị hỏng hoặc niêm cho máy chủ khác. Dữ liệu vẫn còn trên máy; xin báo điều phối viên."
    ),
    "queue_not_empty": n(
        "Máy còn %(waiting)s việc và %(files)s ảnh chưa gửi nên chưa đăng xuất được. Xin đến nơi có mạng, bấm “Gửi ngay”, rồi đăng xuất."
    ),
    "not_a_courier": n("Tài khoản này không phải của bưu tá. Xin đăng nhập ở trang dành cho nhân viên."),
    "device_revoked": n(
        "Máy này đã bị điều phối viên đăng xuất. Việc ghi trên máy vẫn được nhận và có người xem lại; xin liên hệ bưu cục."
    ),
}
