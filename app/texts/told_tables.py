"""Staff and places told by a file: why a line is wrong, what became of it, what its columns are called."""

from __future__ import annotations

from app.domain.headed_table import RowVerdict
from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "table_without_rows": n("Tệp không có dòng nào dưới dòng tên cột. Xin xem lại tệp."),
    "table_too_long": n("Tệp dài hơn %(most)s dòng. Xin chia thành nhiều tệp."),
    "table_without_headings": n("Dòng đầu của tệp phải là tên các cột, trong đó có cột “%(heading)s”."),
    "table_heading_unknown": n("Không rõ cột “%(heading)s” là gì. Xin đổi tên cột như trong hướng dẫn, hoặc bỏ cột đó."),
    "table_heading_twice": n("Cột “%(heading)s” có hai lần. Xin bỏ bớt một cột."),
    "table_key_missing": n("Dòng này chưa có tên đăng nhập hoặc mã. Xin điền vào cột đầu."),
    "table_row_twice": n("Dòng này trùng với dòng %(line)s. Xin bỏ bớt một dòng."),
    "table_row_width": n("Dòng này có %(given)s ô, dòng tên cột có %(columns)s. Xin kiểm tra dấu phân cách."),
    "account_closed_for_good": n("Tài khoản %(username)s đã đóng và không mở lại được. Xin đặt tên đăng nhập khác."),
    "staff_state_unknown": n("Không rõ trạng thái “%(given)s”. Xin ghi “đang làm” hoặc “nghỉ”."),
    "staff_role_unknown": n("Không rõ vai trò “%(given)s”. Xin ghi như: bưu tá, giao dịch viên, cán bộ một cửa."),
    "staff_role_missing": n("Chưa có tài khoản nào tên là %(username)s. Muốn mở mới thì xin ghi thêm vai trò."),
    "courier_stays": n("Bưu tá không đổi vai trò hay bưu cục được. Xin đóng tài khoản này và mở tài khoản khác."),
    "account_not_yours": n("Tài khoản này không do ông/bà quản lý nên không đổi."),
    "last_admin": n("%(username)s là quản trị viên cuối cùng. Xin mở tài khoản quản trị khác trước."),
    "tongue_unknown": n("Không rõ “%(given)s” là tiếng gì. Xin ghi: Kinh, Jrai, Ba Na."),
    "tongue_not_of_staff": n("Chỉ ghi tiếng nói cho bưu tá. Xin để trống ô này."),
    "vehicle_not_of_staff": n("Chỉ ghi loại xe cho bưu tá. Xin để trống ô này."),
    "interpreter_option_missing": n("Người phiên dịch mới cần có tên, số điện thoại và tiếng. Xin điền thêm."),
    "interpreter_unit_unknown": n("Không có xã, phường nào mang mã “%(given)s”. Xin xem lại mã."),
    "interpreter_unknown": n("Chưa có người phiên dịch nào mang mã %(given)s nên không đóng được."),
    "place_unknown": n("Chưa có nơi làm việc mang mã %(given)s. Muốn mở mới thì xin ghi thêm loại, mã xã, tên và tọa độ."),
    "place_kind_unknown": n(
        "Không rõ loại “%(given)s”. Xin ghi: bưu cục, trung tâm khai thác, bộ phận một cửa hoặc trung tâm phục vụ hành chính công."
    ),
    "place_option_missing": n("Ô này phải có nội dung. Xin điền thêm."),
    "place_option_refused": n(
        "Bộ phận một cửa không có số trực của bưu tá, bưu cục không có tiền tố mã hồ sơ. Xin để trống ô này."
    ),
    "place_prefix": n("“%(given)s” không phải phần đầu của mã hồ sơ. Xin ghi như H21.65."),
    "place_prefix_taken": n("Tiền tố này là của %(standing)s. Mỗi bộ phận một cửa có một tiền tố riêng."),
    "place_text_long": n("Ô này dài hơn %(most)s chữ. Xin viết ngắn lại."),
    "place_position": n("“%(given)s” không phải số độ từ %(low)s đến %(high)s. Xin xem lại kinh độ và vĩ độ."),
    "place_stays": n("%(place)s không đổi loại hay xã được, vì hồ sơ và tuyến đường đã gắn với nơi này. Xin để trống ô này."),
    "place_changed_by_other": n(
        "Trong lúc ông/bà sửa, ô này đã được đổi thành “%(value)s” (%(who)s, %(at)s). Muốn ghi đè thì bấm Lưu lần nữa."
    ),
    "place_taken": n("%(unit)s đã có nơi này rồi, mang mã %(standing)s. Xin sửa nơi đó thay vì mở mới."),
}  # fmt: skip

VERDICTS: dict[RowVerdict, str] = {
    RowVerdict.NEW: n("Thêm mới"),
    RowVerdict.CHANGED: n("Sửa"),
    RowVerdict.CLOSED: n("Đóng"),
    RowVerdict.SAME: n("Giữ nguyên"),
    RowVerdict.WRONG: n("Chưa đúng"),
}

LABELS: dict[str, str] = {
    "file": n("Tệp"),
    "username": n("Tên đăng nhập"),
    "name": n("Tên"),
    "role": n("Vai trò"),
    "office": n("Bưu cục"),
    "desk": n("Bộ phận một cửa"),
    "phone": n("Số điện thoại"),
    "state": n("Trạng thái"),
    "code": n("Mã"),
    "kind": n("Loại"),
    "unit": n("Mã xã"),
    "address": n("Địa chỉ"),
    "lon": n("Kinh độ"),
    "lat": n("Vĩ độ"),
    "duty_phone": n("Số trực"),
    "opening_hours": n("Giờ mở cửa"),
    "dossier_prefix": n("Đầu mã hồ sơ"),
    "vehicle": n("Đi bằng"),
    "tongues": n("Tiếng nói"),
    "units": n("Mã xã"),
    "reference": n("Số giao dịch"),
    "booked_at": n("Ngày giao dịch"),
    "amount": n("Ghi có"),
    "debit": n("Ghi nợ"),
    "settled": n("vào sổ"),
    "odd": n("chờ quyết định"),
    "taken_over_by": n("Nơi tiếp nhận thay"),
}
