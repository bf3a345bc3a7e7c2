"""What a partner's software is told when a call about its webhooks is refused: what is wrong, then the way out."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "webhook_url": n(
        "Địa chỉ nhận tin chưa đúng. Xin viết đầy đủ dạng https://vi-du.vn/tin, không kèm tên đăng nhập, mật khẩu hoặc dấu #."
    ),
    "webhook_url_scheme": n("Địa chỉ nhận tin phải bắt đầu bằng https://. Xin dùng địa chỉ có chứng thư số hợp lệ."),
    "webhook_url_inside": n(
        "Địa chỉ này chỉ có trong mạng nội bộ nên không gửi tin đến được. Xin dùng địa chỉ công khai trên Internet."
    ),
    "subscriptions_too_many": n(
        "Mỗi đối tác có nhiều nhất %(most)s đăng ký nhận tin. Xin bỏ bớt một đăng ký không dùng nữa."
    ),
    "subscription_off": n("Đăng ký này đang tắt. Xin bật lại (active: true) rồi gọi lại."),
    "delivery_under_way": n("Tin này đang chờ gửi hoặc đang được gửi lại. Xin xem next_at, chưa cần gọi gửi lại."),
    "secret_rotating": n(
        "Khóa ký cũ còn hiệu lực đến %(until)s. Xin đợi đến lúc đó, hoặc đặt overlap_hours: 0 nếu khóa đã bị lộ."
    ),
    "secret_forged": n("Không mở được khóa ký đã lưu. Xin nhờ quản trị kiểm tra TANNHA_FILES_KEY, hoặc đổi khóa ký."),
    "if_match_missing": n("Thiếu tiêu đề If-Match. Xin xem lại đăng ký rồi gửi kèm ETag vừa nhận."),
    "changed_meanwhile": n("Nội dung này đã thay đổi từ lần xem trước. Xin xem lại rồi sửa lại."),
}
