"""What a citizen agrees to (Law 91/2025, Decree 356/2025): a changed sentence is a new version."""

from __future__ import annotations

from typing import Final

from app.texts.mark import n

CONSENT_VERSION: Final = "2026-3"
CONSENT: Final = n(
    "Tôi đồng ý để bưu điện và bộ phận một cửa dùng họ tên, số điện thoại, địa chỉ thư điện tử (nếu có), tiếng nói trong nhà "
    "(nếu có), địa chỉ nhà và vị trí nhà tôi để nhận, chuyển hồ sơ và trả kết quả tận nhà. Thông tin chỉ dùng cho việc này và "
    "được xóa khi hết thời hạn lưu; tôi có thể yêu cầu xem, sửa hoặc xóa bất cứ lúc nào."
)
