"""What a person has to look at, on the coordinator's board: what is wrong, and what to do."""

from __future__ import annotations

from app.texts.mark import n

TASKS: dict[str, str] = {
    "gap": n("Chuỗi giao nhận bị hở. Xin hỏi hai bên giao và nhận, rồi quét lại bưu gửi."),
    "not_confirmed": n("Mã nhận chưa khớp. Xin gọi người nhận hỏi đã nhận kết quả chưa."),
    "receiver_not_named": n(
        "Quầy đã trao kết quả cho người không phải người được nhờ nhận thay. Xin gọi người đặt hỏi đã có kết quả chưa."
    ),
    "codes_used_up": n(
        "Đang có quá nhiều mã chờ nhập nên nhiều người chưa xin được mã xác nhận số. Xin đặt giúp người gọi đến, và báo người quản trị."
    ),
    "failed": n("Lần đến chưa thành công và chưa có giờ hẹn mới. Xin gọi người dân chọn giờ."),
    "held_over": n("Hết hạn giữ tại bưu cục. Xin trả lại bộ phận một cửa, còn niêm phong."),
    "collect_without_slot": n("Hồ sơ chờ đến nhà nhận nhưng chưa có giờ hẹn. Xin gọi người dân chọn giờ."),
    "to_confirm": n("Bộ phận một cửa chưa xác nhận người nhận kết quả đã hơn hai ngày. Xin gọi bộ phận một cửa ấy."),
    "without_slot": n("Kết quả đã sẵn sàng nhưng chưa có giờ hẹn. Xin gọi người dân chọn giờ."),
    "not_sent": n("Tin nhắn chưa đến được người dân. Xin gửi lại, hoặc gọi điện báo."),
    "to_call": n("Người dân muốn nghe điện thoại. Xin gọi và đọc lời nhắn này."),
    "not_arrived": n("Chưa rõ lời nhắn đã đến người dân chưa. Xin gọi điện báo trước lượt đến nhà."),
    "call_back": n("Người dân xin được gọi lại. Xin gọi trước %(due)s rồi bấm “Đã gọi lại”."),
    "call_to_book": n("Gọi lại người muốn đặt lịch, trước %(due)s: chưa nhận được mã hoặc dùng máy bàn."),
    "receiver_untold": n(
        "Nhân viên đã ghi người nhận thay cho người không nhận tin qua điện thoại. Xin gọi, hoặc gửi giấy báo cho chính người yêu cầu, rồi bấm “Đã báo”."
    ),
    "case_overdue": n("Giấy tờ mất hoặc hỏng: có việc quá hạn %(due)s. Xin mở ra làm ngay."),
    "complaint_overdue": n("Đơn khiếu nại đã quá hạn trả lời. Xin trả lời ngay hôm nay."),
    "complaint_to_sign": n("Câu trả lời khiếu nại chờ người không bị khiếu nại ký."),
    "bank_line": n("Tiền chuyển khoản chưa vào sổ được. Xin xem rồi quyết định."),
    "password_reset": n(
        "Trưởng bưu cục vừa tạo đường dẫn đặt lại mật khẩu cho tài khoản này. Nếu thấy lạ, xin gọi hỏi chính người đó."
    ),
    "factor_removed": n("Bước hai của tài khoản này vừa được gỡ. Nếu thấy lạ, xin gọi hỏi chính người đó."),
    "slot_closed": n("Đã hẹn vào ngày nghỉ của xã. Xin hẹn lại với người dân."),
    "unclear": n("Việc từ máy bưu tá chưa rõ. Xin xem chuyện gì đã xảy ra rồi ghi cách xử lý."),
    "incident": n("Có sự cố với phong bì. Xin hỏi bưu cục rồi khép sự cố bằng một lời kết luận."),
    "claim": n("Bưu cục chưa xem tin báo đã quá hai giờ. Xin hỏi bưu cục, rồi xác nhận theo phiếu hoặc bỏ tin báo."),
    "suspected": n(
        "Máy này đã báo quá nhiều phong bì của bưu cục khác nên đã tạm dừng. Xin hỏi bưu tá, rồi đăng xuất máy hoặc cho dùng tiếp."
    ),
    "stray": n("Có người quét phong bì chưa có trong sổ. Xin tìm xem phong bì ở đâu, của ai."),
    "phone_owes": n("Máy của bưu tá còn nợ việc đã ghi ở cửa. Xin gọi bưu tá để máy lên mạng, hoặc lấy gói cứu hộ."),
    "plan_failed": n("Chưa lập được kế hoạch của ngày này. Xin lập lại; nếu vẫn không được, xin báo người quản trị."),
    "plan_stood_in": n(
        "Sáng nay chưa lập được kế hoạch mới nên đang dùng bản nháp từ 17:00 hôm trước. Xin xem các lượt đổi sau giờ ấy rồi lập lại, hoặc báo người quản trị."
    ),
    "left_out": n("Kế hoạch đang dùng chưa xếp được lượt này. Xin xem lý do rồi hẹn lại."),
}

PLAN_STATES: dict[str, str] = {
    "draft": n("Bản nháp"),
    "published": n("Đã ban hành"),
    "superseded": n("Đã thay bằng bản khác"),
}

ASSIGNMENTS: dict[str, str] = {
    "home": n("Trong địa bàn xã"),
    "free": n("Qua địa bàn xã (chỉ thu gom)"),
}
