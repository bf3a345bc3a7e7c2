"""Photographs, signatures, numbers set aside, and what a phone asks at a door."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "file_name_malformed": n(
        "Tên tệp phải là mã SHA-256 gồm 64 chữ số thập lục phân viết thường. Xin cập nhật ứng dụng."
    ),
    "part_malformed": n("Phần gửi không khớp với Content-Range. Điện thoại sẽ hỏi lại rồi gửi tiếp."),
    "part_out_of_place": n("Bưu cục đã có %(received)s byte đầu. Điện thoại sẽ gửi tiếp từ đó."),
    "file_too_big": n("Tệp lớn hơn %(most)s MB nên không nhận. Xin chụp lại ảnh nhỏ hơn."),
    "file_forged": n(
        "Tệp %(sha256)s không khớp với mã đã ghi: nội dung bị hỏng hoặc bị thay. Không dùng tệp này làm bằng chứng; xin báo quản trị viên."
    ),
    "files_full": n(
        "Máy này đã gửi nhiều tệp mà việc của máy còn chờ bưu cục xem. Tệp vẫn còn trên máy; máy sẽ tự gửi tiếp sau."
    ),
    "file_pending": n("Tệp này chưa về đến bưu cục: điện thoại của bưu tá còn giữ. Xin xem lại sau."),
    "file_deleted": n("Tệp này đã hết thời hạn lưu nên đã xóa."),
    "file_missing": n("Kho tệp không có tệp %(sha256)s dù sổ ghi đã cất. Xin báo quản trị viên kiểm tra kho tệp."),
    "file_store_away": n("Kho tệp đang không trả lời. Xin thử lại sau ít phút."),
    "receipt_malformed": n(
        "Số “%(given)s” trên giấy xác nhận thu tiền không đúng mẫu TN và 8 chữ số. Xin lấy số do máy cấp."
    ),
}

# a phone takes these itself: `app.texts.custody.EVIDENCE` asks for what the office's camera took
TAKEN_BY_PHONE: dict[str, str] = {
    "gate_photo": n("Chụp ảnh cổng nhà"),
    "photo": n("Chụp ảnh làm bằng chứng"),
    "two_photos": n("Chụp hai ảnh: hai mặt phong bì, thấy rõ niêm phong"),
    "call": n("Đã gọi cho người dân lúc mấy giờ"),
    "two_calls": n("Hai lần gọi, cách nhau ít nhất 10 phút"),
    "fix": n("Vị trí của điện thoại tại chỗ"),
}
LAST_VISIT = n("Lần trước %(at)s: %(outcome)s")
