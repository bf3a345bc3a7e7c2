"""What agencies' software is told when a call is refused, and why a dossier may not be refused now.

One sentence a code: what is wrong first, then the way out. The msgid is Vietnamese."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "agency_key_needed": n(
        "Khóa này không gắn với bộ phận một cửa nào. Xin dùng khóa của cơ quan, hoặc nhờ quản trị cấp khóa có --desk."
    ),
    "competent_desk_unknown": n(
        "Không có bộ phận một cửa mang mã này. Xin kiểm tra lại mã nơi giải quyết, hoặc bỏ trống nếu là chính nơi gửi."
    ),
    "moment_to_come": n(
        "Thời điểm này ở tương lai (bây giờ là %(now)s). Xin chỉnh lại đồng hồ hoặc múi giờ rồi gửi lại."
    ),
    "due_before_received": n("Ngày hẹn trả trước ngày tiếp nhận. Xin xem lại hai ngày này."),
    "redated_once": n(
        "Hồ sơ %(given)s đã hẹn lại một lần, sang ngày %(due)s; luật chỉ cho hẹn lại một lần. Xin giữ ngày này, hoặc bỏ trống ngày hẹn trả."
    ),
    "place_missing": n("Chưa có địa chỉ nhà của người dân nên bưu tá không đến được. Xin gửi kèm địa chỉ."),
    "pickup_not_now": n(
        "Hồ sơ đang ở trạng thái %(state)s. Chỉ nhận giấy tờ tại nhà ở trạng thái 1 hoặc 5, và không trả kết quả của hồ sơ đã kết thúc. Xin xem lại trạng thái hoặc đổi mong muốn."
    ),
    "dossier_told_otherwise": n(
        "Hồ sơ %(given)s đã được gửi đến với nội dung khác. Xin xem hồ sơ đang lưu, hoặc kiểm tra lại mã."
    ),
    "refusal_asked_elsewhere": n(
        "Hồ sơ %(given)s có thể đang có lượt thu gom, nên không đặt thẳng trạng thái 3. Xin gọi POST /api/v1/refusals rồi theo câu trả lời."
    ),
    "result_with_post": n(
        "Kết quả của hồ sơ %(given)s đang ở bưu điện. Trạng thái 10 do bưu điện báo sau khi trao tận tay; nếu trả tại quầy, xin hủy lượt trả tại nhà trước."
    ),
    "reason_missing": n("Chưa có lý do để báo người dân. Xin ghi một câu ngắn."),
    "refusal_basis_missing": n("Chưa có căn cứ pháp lý. Xin ghi điều, khoản của văn bản quy định."),
    "answer_not_chosen": n("Chưa chọn từ chối hay yêu cầu bổ sung. Xin chọn một."),
    "papers_not_chosen": n("Chưa chọn giấy tờ cần bổ sung. Xin đánh dấu ít nhất một loại trong danh mục đã công bố."),
    "papers_not_counted": n(
        "Giấy tờ của hồ sơ còn trên đường hoặc còn niêm phong. Xin mở và kiểm đếm trước, rồi yêu cầu bổ sung."
    ),
    "refusal_waits": n("Hồ sơ đang chờ từ chối hoặc đã từ chối. Xin thôi từ chối trước, rồi yêu cầu bổ sung."),
    "refusal_decided": n("Việc từ chối này không còn chờ nên không thôi được. Xin tải lại trang để xem đã ra sao."),
    "officer_missing": n("Chưa rõ ai quyết định từ chối. Xin ghi họ tên cán bộ."),
    "refusal_blocked": n("Chưa từ chối được hồ sơ này. %(reason)s"),
}

BLOCKED: dict[str, str] = {
    "courier_at_door": n("Bưu tá đang ở nhà người dân. Xin đợi bưu tá báo về rồi hỏi lại."),
    "courier_holds_papers": n(
        "Bưu tá đã nhận và niêm phong giấy tờ của người dân. Xin đợi giấy tờ về quầy, mở và kiểm đếm, rồi từ chối và trả lại giấy tờ."
    ),
    "office_holds_papers": n(
        "Giấy tờ đang ở bưu cục. Xin nhận về quầy, mở và kiểm đếm, rồi từ chối và trả lại giấy tờ."
    ),
    "papers_in_bag": n(
        "Giấy tờ đang trong túi thư trên đường. Xin đợi túi đến nơi, mở và kiểm đếm, rồi từ chối và trả lại giấy tờ."
    ),
    "carrier_holds_papers": n(
        "Đơn vị vận chuyển đã nhận giấy tờ. Xin đợi giấy tờ về quầy, mở và kiểm đếm, rồi từ chối và trả lại giấy tờ."
    ),
    "carrier_refused": n(
        "Đơn vị vận chuyển không hủy được lượt thu gom. Xin gọi bưu cục, hoặc đợi giấy tờ về quầy rồi từ chối."
    ),
    "papers_at_desk": n(
        "Phong bì của người dân đã đến quầy, còn niêm phong. Xin mở và kiểm đếm cùng bưu điện rồi từ chối."
    ),
    "papers_lost": n("Giấy tờ của người dân đang được báo mất. Xin xử lý xong sự cố cùng bưu điện rồi mới từ chối."),
    "dossier_ended": n("Hồ sơ đã có kết quả hoặc đã kết thúc. Xin kiểm tra lại mã hồ sơ."),
}
