"""What the web itself says, before any service is asked.

One sentence a code: what is wrong first, then the way out. The msgid is Vietnamese."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES = {
    "page_not_found": n("Không có trang này. Xin kiểm tra lại đường dẫn, hoặc về trang đầu."),
    "not_your_page": n("Trang này không thuộc việc của tài khoản đang dùng. Xin đăng nhập bằng tài khoản khác."),
    "sign_in_needed": n("Cần đăng nhập trước đã."),
    "upload_over": n(
        "Máy này đã bị đăng xuất từ xa quá 14 ngày nên không gửi thẳng được nữa. Việc chưa gửi vẫn còn trên máy: xin mở trang "
        "Chờ gửi, bấm Lưu gói cứu hộ rồi đưa gói cho bưu cục."
    ),
    "key_needed": n("Thiếu khóa hoặc khóa không đúng. Xin gửi tiêu đề Authorization: Bearer kèm khóa đã được cấp."),
    "form_too_old": n("Trang này mở đã lâu nên chưa gửi được. Xin quay lại, tải lại trang rồi gửi lần nữa."),
    "too_many_requests": n("Thao tác quá nhiều lần trong thời gian ngắn. Xin đợi một lát rồi thử lại."),
    "database_busy": n(
        "Hệ thống đang bận nên chưa làm được việc vừa rồi. Xin đợi ít giây rồi thử lại; những gì đã gửi trước đó vẫn còn nguyên."
    ),
    "too_big": n("Nội dung gửi lên quá lớn. Xin gửi từng phần nhỏ hơn."),
    "method_refused": n("Không thể mở trang này theo cách đó. Xin quay lại và dùng nút trên trang."),
    "request_malformed": n("Nội dung gửi lên không đọc được. Xin quay lại và gửi lại."),
    "form_unreadable": n("Trong những gì vừa gõ có ký tự không đọc được. Xin quay lại, xóa ký tự lạ rồi gửi lần nữa."),
    "server_failed": n(
        "Máy chủ gặp lỗi, chưa làm được việc vừa rồi. Xin thử lại sau ít phút; nếu vẫn lỗi, xin gọi bưu cục và đọc mã bên dưới."
    ),
}
