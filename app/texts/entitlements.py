"""Who may have a result: what the exchange's answer comes to, and why a desk says no. For the desk's eyes alone."""

from __future__ import annotations

from typing import Final

from app.domain.entitlement import DenialReason, EntitlementState, OwnerMatch
from app.texts.mark import n

STATES: Final[dict[str, str]] = {
    EntitlementState.TO_CONFIRM: n("chờ xác nhận"),
    EntitlementState.PROVED: n("đã xác nhận"),
    EntitlementState.DENIED: n("không xác nhận"),
}

SEEN: Final[dict[str, str]] = {
    OwnerMatch.SAME: n("Khớp với hệ thống một cửa."),
    OwnerMatch.ACCENTS_DIFFER: n(
        "Hệ thống một cửa ghi tên chỉ khác dấu, bốn số cuối khớp. Xin xem giấy hẹn hoặc gọi hỏi người đặt."
    ),
    OwnerMatch.OTHER: n("Hệ thống một cửa ghi chủ hồ sơ khác. Xin đối chiếu kỹ trước khi xác nhận."),
    OwnerMatch.NOT_TOLD: n("Hệ thống một cửa có hồ sơ này nhưng không đủ thông tin chủ hồ sơ để so."),
}

REASONS: Final[dict[str, str]] = {
    DenialReason.NOT_THE_OWNER: n("Người đặt không phải chủ hồ sơ và không được ủy quyền"),
    DenialReason.HANDED_OVER: n("Kết quả đã trao tại quầy"),
    DenialReason.NO_SUCH_DOSSIER: n("Không tìm thấy hồ sơ mang mã này ở đâu"),
    DenialReason.FOR_SOMEBODY_ELSE: n("Đã xác nhận một yêu cầu khác cho hồ sơ này"),
}
