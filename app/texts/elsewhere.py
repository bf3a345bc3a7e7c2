"""What people look for here and the post has no part in: where to go, in one plain sentence each."""

from __future__ import annotations

from app.texts.mark import n

ELSEWHERE = {
    "identity_card": n(
        "Thẻ căn cước, định danh điện tử: xin đến công an xã, phường hoặc Công an tỉnh, vì phải chụp ảnh và lấy vân tay; hẹn giờ trước được trên ứng dụng VNeID."
    ),
    "passport": n(
        "Hộ chiếu: xin nộp trực tuyến trên Cổng Dịch vụ công quốc gia (dichvucong.gov.vn), hoặc đến Phòng Quản lý xuất nhập cảnh của Công an tỉnh."
    ),
    "vehicle": n(
        "Đăng ký xe, biển số: xin đến công an xã, phường nơi có đăng ký xe hoặc Công an tỉnh; khai trước được trên Cổng Dịch vụ công quốc gia (dichvucong.gov.vn)."
    ),
    "insurance": n(
        "Bảo hiểm xã hội, bảo hiểm y tế: xin đến cơ quan bảo hiểm xã hội nơi gần nhất hoặc dùng ứng dụng VssID; trợ cấp thất nghiệp thì đến trung tâm dịch vụ việc làm."
    ),
    "court": n("Ly hôn, kiện tụng: xin đến tòa án nhân dân khu vực nơi cư trú; bưu tá không nhận hồ sơ này."),
    "tax": n("Thuế: xin đến cơ quan thuế, hoặc dùng ứng dụng eTax Mobile."),
}
