"""A place of work that closes: what is still under way there, and who ends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.closing import Unfinished
from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "place_busy": n("%(place)s chưa đóng được vì còn: %(left)s."),
    "heir_refused": n("Nơi tiếp nhận thay phải là một bộ phận một cửa khác đang mở. Xin chọn lại."),
    "place_state_unknown": n("Không rõ trạng thái “%(given)s”. Xin ghi “đang mở” hoặc “đã đóng”."),
    "place_not_there_to_close": n("Chưa có nơi này nên không đóng được. Xin kiểm tra lại mã."),
    "place_closed": n("%(place)s đã đóng nên không nhận thêm việc mới. Xin chọn nơi khác."),
}

LEFT: Final[Mapping[Unfinished, str]] = {
    Unfinished.PAPERS: n("%(count)s phong bì đang nằm ở đây"),
    Unfinished.ON_THE_ROAD: n("%(count)s phong bì đang trên đường đến đây"),
    Unfinished.ORDERS: n("%(count)s đơn của đơn vị vận chuyển chưa xong"),
    Unfinished.BAGS: n("%(count)s túi thư đi hoặc đến chưa mở"),
    Unfinished.VISITS: n("%(count)s lượt hẹn chưa xong"),
    Unfinished.PLANS: n("%(count)s kế hoạch đã ban hành"),
    Unfinished.CASH: n("%(amount)s chưa nộp hết"),
    Unfinished.PEOPLE: n("%(count)s tài khoản đang làm ở đây"),
    Unfinished.ROUNDS: n("%(count)s chuyến xe ghé nơi này"),
    Unfinished.TRANSFERS: n("%(count)s hồ sơ đang luân chuyển"),
    Unfinished.KEYS: n("%(count)s khóa kết nối của cơ quan"),
    Unfinished.DOSSIERS: n("%(count)s hồ sơ chưa có nơi tiếp nhận thay"),
}

ENDED_BY: Final[Mapping[Unfinished, str]] = {
    Unfinished.PAPERS: n("Người làm việc ở đây bàn giao hết ở trang của mình."),
    Unfinished.ON_THE_ROAD: n("Bưu tá, bưu cục đưa đến; bộ phận này nhận, mở và kiểm đếm."),
    Unfinished.ORDERS: n("Chờ đơn vị vận chuyển báo đã giao, đã trả về hoặc đã hủy."),
    Unfinished.BAGS: n("Nơi nhận mở túi và kiểm đếm."),
    Unfinished.VISITS: n("Điều phối viên đóng các ngày của xã để không nhận thêm, rồi hoàn thành, đổi hoặc hủy từng lượt."),
    Unfinished.PLANS: n("Chờ hết ngày của kế hoạch."),
    Unfinished.CASH: n("Bưu tá nộp tiền ở quầy, bưu cục nộp tiếp lệ phí."),
    Unfinished.PEOPLE: n("Đóng tài khoản, hoặc cho cán bộ sang nơi khác bằng tệp nhân viên."),
    Unfinished.ROUNDS: n("Điều phối viên bỏ điểm dừng này khỏi chuyến xe."),
    Unfinished.TRANSFERS: n("Hai bộ phận bàn giao và nhận cho xong."),
    Unfinished.KEYS: n("Người quản trị máy chủ thu hồi khóa bằng lệnh tannha."),
    Unfinished.DOSSIERS: n("Chọn bộ phận một cửa tiếp nhận thay ở trang này."),
}  # fmt: skip
