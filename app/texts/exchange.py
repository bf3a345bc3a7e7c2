"""What the national exchange is told of a dossier, in the exchange's language: these sentences are not translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PROGRESS: Final[Mapping[int, str]] = {
    1: "Đã đăng ký hồ sơ qua dịch vụ bưu chính công ích",
    2: "Bộ phận một cửa đã kiểm đếm và tiếp nhận hồ sơ do bưu điện chuyển đến",
    3: "Bộ phận một cửa từ chối tiếp nhận hồ sơ",
    4: "Hồ sơ đang được giải quyết",
    5: "Hồ sơ cần bổ sung giấy tờ",
    6: "Hồ sơ chờ nộp phí, lệ phí",
    7: "Người nộp đã rút hồ sơ",
    8: "Đã dừng xử lý hồ sơ",
    9: "Đã có kết quả, niêm phong để bưu điện trả tại nhà",
    10: "Bưu điện đã trả kết quả tận tay người nhận, có bằng chứng giao nhận",
}
LACKING: Final = "Hồ sơ còn thiếu, người nộp chưa đưa: {papers}."
