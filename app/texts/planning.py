"""What planning and shifts say.

One sentence a code: what is wrong first, then the way out. The msgid is Vietnamese."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "offices_missing": n("Chưa chọn bưu cục nào. Xin chọn ít nhất một bưu cục, hoặc chọn mọi bưu cục."),
    "unknown_offices": n("Không có bưu cục số %(offices)s. Xin chọn lại bưu cục."),
    "unknown_office_codes": n("Không có bưu cục mang mã %(codes)s. Xin kiểm tra lại mã bưu cục."),
    "unknown_assignment": n(
        "Không có cách phân công “%(given)s”. Xin chọn home (bưu cục của xã) hoặc free (mọi bưu cục)."
    ),
    "unknown_engine": n("Không có cách tính tuyến “%(given)s”. Xin chọn một trong: %(known)s."),
    "seconds_out_of_range": n("Thời gian tính phải từ 1 đến %(most)s giây. Xin nhập lại."),
    "balance_out_of_range": n(
        "Mức chênh giờ làm phải từ %(least)s đến %(most)s phút. Xin chọn lại, hoặc bỏ trống để không yêu cầu."
    ),
    "plan_not_draft": n(
        "Kế hoạch này không còn là bản nháp nên không sửa hay ban hành được nữa. Xin lập bản nháp mới."
    ),
    "plan_changed": n("Kế hoạch vừa được người khác thay đổi. Xin tải lại trang rồi làm lại."),
    "office_changed": n(
        "Tuyến của %(office)s vừa được %(who)s sửa lúc %(at)s: %(act)s. Xin xem lại đề xuất bên dưới rồi quyết định."
    ),
    "courier_locked": n("Tuyến này đang khóa cho bưu tá. Xin mở khóa tuyến trước khi chuyển hoặc bỏ điểm."),
    "act_changes_nothing": n("Thao tác này không làm thay đổi gì. Xin xem lại tuyến."),
    "accept_reason_missing": n("Chưa chọn lý do. Xin cho biết vì sao chấp nhận được."),
    "act_undone": n("Thao tác này đã được hoàn tác rồi. Xin tải lại trang để xem các lần sửa mới nhất."),
    "act_built_on": n(
        "Chưa hoàn tác được: sau đó %(who)s đã sửa tiếp lúc %(at)s (%(act)s). Xin hoàn tác lần sửa ấy trước."
    ),
    "plan_breaks_promises": n(
        "Kế hoạch còn %(violations)s chỗ chưa giữ được lời hẹn nên chưa ban hành được. Xin chuyển hoặc bỏ các điểm được đánh dấu."
    ),
    "no_plan_in_force": n("Hôm nay bưu cục này chưa có kế hoạch đã ban hành. Xin lập và ban hành kế hoạch trước."),
    "none_chosen": n("Chưa chọn yêu cầu nào. Xin chọn ít nhất một yêu cầu để chèn."),
    "nothing_waits": n("Không còn yêu cầu nào chờ xếp tuyến. Xin tải lại trang để xem kế hoạch mới nhất."),
    "nothing_left": n("Tuyến này không còn điểm nào chưa ghé. Xin tải lại trang để xem tình hình mới nhất."),
    "run_begun": n("Bưu tá của %(offices)s đã xuất phát nên không thay kế hoạch được nữa. Xin chọn các bưu cục khác."),
    "stop_locked": n("Điểm %(sequence)s đang khóa. Xin mở khóa trước khi chuyển hoặc bỏ điểm này."),
    "planning_failed": n("Chưa lập được kế hoạch. Xin thử lại; nếu vẫn lỗi, xin báo người quản trị."),
    "shift_locked": n(
        "Kế hoạch ngày %(day)s đã ban hành nên không sửa ca làm được nữa. Xin lập lại kế hoạch nếu thiếu người."
    ),
    "trips_out_of_range": n("Mỗi ngày có từ %(least)s đến %(most)s chuyến. Xin chọn lại."),
    "reload_out_of_range": n("Thời gian ở bưu cục giữa hai chuyến từ %(least)s đến %(most)s phút. Xin nhập lại."),
    "vehicle_unknown": n("Không có loại xe mang mã “%(given)s”. Xin chọn một loại trong danh sách."),
    "shift_order": n("Giờ kết thúc ca phải sau giờ bắt đầu. Xin nhập lại."),
    "time_malformed": n("“%(given)s” không phải giờ đúng dạng, ví dụ 07:00. Xin nhập lại."),
    "unit_not_chosen": n("Chưa chọn xã, phường. Xin chọn nơi cần đóng."),
    "season_months": n("Tháng phải từ 1 đến 12. Xin chọn lại."),
    "season_factor": n("Phần trăm lâu hơn phải từ %(least)s đến %(most)s. Xin nhập lại."),
    "season_reason_missing": n("Chưa có lý do. Xin ghi ngắn gọn, ví dụ: đường đất, mưa lầy."),
    "day_not_ahead": n("Ngày này đã qua hoặc chưa nhập. Xin chọn hôm nay hoặc một ngày sắp tới."),
    "closing_reason_missing": n("Chưa có lý do. Xin ghi ngắn gọn, ví dụ: lũ, sạt lở."),
    "not_your_route": n("Tuyến này giao cho bưu tá khác. Xin mở tuyến của mình."),
    "route_not_published": n("Tuyến này không thuộc kế hoạch đang có hiệu lực. Xin tải lại trang để thấy tuyến mới."),
    "route_other_day": n("Tuyến này của ngày %(day)s, không phải hôm nay. Xin mở tuyến của hôm nay."),
    "run_unfinished": n("Còn %(n)s việc chưa ghi kết quả. Xin ghi kết quả từng việc rồi kết thúc tuyến."),
}

UNSERVED: dict[str, str] = {
    "no_boat": n("Ngày hoặc giờ đã hẹn không có tàu ra đảo. Cần hẹn vào ngày có tàu."),
    "window": n("Không kịp trong khung giờ đã hẹn. Có thể hẹn khung giờ rộng hơn."),
    "shift": n("Hết giờ làm của bưu tá. Cần thêm người hoặc hẹn ngày khác."),
    "capacity": n("Túi của bưu tá đã đầy. Cần thêm người."),
    "skill": n("Chưa có bưu tá làm được việc này."),
    "release": n("Bưu gửi về tới bưu cục quá muộn."),
    "locked": n("Đã giao riêng cho một bưu tá không kịp làm. Có thể mở khóa điểm này."),
    "max_tasks": n("Tuyến đã đủ số điểm tối đa."),
    "max_travel": n("Quá xa so với quãng đường cho phép của một tuyến."),
    "unreachable": n("Không có đường đi tới, hoặc không bưu cục nào được phép đi. Xin kiểm tra lại vị trí."),
    "dearer_than_prize": n("Chi phí đi lại vượt mức cho phép."),
    "parcel_elsewhere": n("Bưu gửi chưa về tới tủ của bưu cục. Xin kiểm tra chuỗi giao nhận."),
    "broken_data": n("Ca làm, vị trí hoặc giờ hẹn đã ghi bị sai. Xin sửa lại rồi lập lại kế hoạch."),
    "no_courier": n("Bưu cục không có bưu tá làm việc hôm đó. Xin xếp ca hoặc hẹn ngày khác."),
    "all_away": n("Bưu gửi còn ở bưu cục mà mọi bưu tá đã đi. Xin gọi một bưu tá về lấy, hoặc hẹn ngày khác."),
    "in_the_bag": n("Bưu gửi đang trong túi của bưu tá này. Xin bàn giao túi cho bưu tá khác trước."),
    "removed": n("Điều phối viên đã bỏ ra khỏi kế hoạch."),
}
"""Why an errand is not in a plan, and the way out; by the reason stored with the plan."""

BROKEN: dict[str, str] = {
    "delay": n("Đến muộn so với giờ hẹn"),
    "lead_time": n("Bắt đầu sớm hơn giờ hẹn"),
    "load": n("Quá số phong bì mang được"),
    "max_tasks": n("Quá số điểm của một tuyến"),
    "max_travel_time": n("Quá thời gian đi lại cho phép"),
    "max_distance": n("Quá quãng đường cho phép"),
    "max_duration": n("Quá thời gian của một tuyến"),
    "missing_break": n("Thiếu giờ nghỉ trưa"),
    "skills": n("Bưu tá chưa làm được việc này"),
    "locked": n("Điểm đã giao riêng cho bưu tá khác"),
    "office": n("Điểm thuộc bưu cục khác"),
}
"""What a route that was changed by hand breaks; by routing's cause."""

ACTS: dict[str, str] = {
    "move": n("chuyển điểm"),
    "swap": n("đổi chỗ hai điểm"),
    "split": n("tách tuyến"),
    "merge": n("gộp tuyến"),
    "lock": n("khóa điểm"),
    "unlock": n("mở khóa điểm"),
    "lock_courier": n("khóa tuyến cho bưu tá"),
    "unlock_courier": n("mở khóa tuyến"),
    "take_out": n("bỏ điểm"),
    "put_back": n("xếp lại yêu cầu"),
    "accept": n("chấp nhận lỗi hẹn"),
    "undo": n("hoàn tác"),
    "redo": n("làm lại"),
}
"""What was done to a plan by hand."""

ACCEPTED: dict[str, str] = {
    "other_office": n("điều phối viên giao cho bưu cục khác"),
    "citizen_agreed": n("người dân đã đồng ý"),
    "courier_agreed": n("bưu tá đã đồng ý"),
    "no_other_way": n("không còn cách nào khác"),
}
"""Why a promise may be broken."""

VISITS: dict[str, str] = {
    "collect": n("nhận hồ sơ"),
    "deliver": n("trả kết quả"),
    "give_back": n("trả lại giấy tờ"),
}
"""What a courier does at a door, as the map and the route sheet say it."""
