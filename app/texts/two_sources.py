"""The two columns of a tracking page: what the one-stop system says, what the post says, and who told it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.texts.mark import n

NOT_THERE: Final = n("Hệ thống một cửa chưa có hồ sơ mang mã này")
POST: Final[Mapping[str, str]] = {
    "sealed": n("Đã niêm phong, bưu tá giữ phong bì"),
    "courier": n("Bưu tá đã nhận phong bì"),
    "office_safe": n("Phong bì đã về bưu cục"),
    "bag": n("Phong bì đang trên đường, trong túi thư"),
    "desk": n("Phong bì đã đến bộ phận một cửa"),
    "carrier": n("Đơn vị vận chuyển đã nhận phong bì"),
    "citizen": n("Phong bì đã trao tận nhà"),
    "lost": n("Phong bì đã báo mất, bưu điện đang tìm"),
    "reported_lost": n("Phong bì đã báo mất, bưu điện đang tìm"),
    "opened": n("Phong bì đã mở, giấy tờ đã kiểm đếm"),
    "delivered": n("Kết quả đã trao tận tay"),
    "returned": n("Giấy tờ đã trao lại"),
}
TOLD_BY: Final[Mapping[str, str]] = {
    "exchange": n("hệ thống một cửa báo lúc %(when)s"),
    "file": n("theo danh sách của phần mềm một cửa, lúc %(when)s"),
    "clerk": n("bộ phận một cửa ghi ở đây lúc %(when)s; hệ thống một cửa chưa xác nhận"),
    "courier": n("bưu tá báo lúc %(when)s"),
    "counter": n("bưu cục ghi lúc %(when)s"),
    "desk": n("bộ phận một cửa ghi lúc %(when)s"),
    "carrier": n("đơn vị vận chuyển báo lúc %(when)s"),
}
