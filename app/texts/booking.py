"""What booking, slots, prices and changes say.

One sentence a code: what is wrong first, then the way out. The msgid is Vietnamese."""

from __future__ import annotations

from app.texts.mark import n

GO_TO = n("Xin đến %(place)s.")  # stands in for a refusal that the procedure's data leave out

SENTENCES: dict[str, str] = {
    "consent_missing": n("Chưa có sự đồng ý dùng thông tin. Xin đánh dấu vào ô đồng ý để bưu điện được phép đến nhà."),
    "message_settled": n("Tin nhắn này không còn chờ xử lý. Xin tải lại trang."),
    "name_missing": n("Chưa có tên người hoặc tổ chức đề nghị. Xin điền tên như trên giấy tờ."),
    "phone_missing": n(
        "Chưa có số điện thoại để báo tin. Xin điền số, hoặc nhờ người thân nhận tin hộ; không có điện thoại thì đặt tại bưu cục."
    ),
    "receiver_name_missing": n("Chưa có tên người nhận thay. Xin ghi họ và tên như trên giấy tờ của người đó."),
    "receiver_id_malformed": n("Xin ghi đúng 4 số cuối trên giấy tờ tùy thân của người nhận thay."),
    "receiver_by_applicant": n(
        "Người nhận thay chỉ ghi được từ số điện thoại của người đứng tên yêu cầu. Xin nhờ người đó ghi."
    ),
    "receiver_not_changeable": n(
        "Không đổi được người nhận thay: kết quả đang trên đường đến nhà, đã trao, hoặc không có lượt mang đến nhà. Xin gọi bưu cục."
    ),
    "helper_name_missing": n("Chưa có tên người nhận tin hộ. Xin điền tên người đó."),
    "helper_phone_missing": n("Chưa có số điện thoại của người nhận tin hộ. Xin điền số của người đó."),
    "channel_needs_staff": n(
        "Muốn đặt mà không dùng điện thoại, xin đến bưu cục hoặc nhờ trưởng thôn, bưu tá đặt giúp; ông/bà sẽ nhận phiếu có mã."
    ),
    "proof_needs_channel": n(
        "Không có điện thoại thì không nhận được mã qua tin nhắn. Xin chọn phiếu in sẵn mã, hoặc xuất trình giấy tờ."
    ),
    "slip_needs_staff": n(
        "Phiếu in sẵn mã do bưu cục, trưởng thôn hoặc bưu tá trao tay. Xin chọn nhận mã qua tin nhắn."
    ),
    "name_unreadable": n("Tên này chưa đọc được. Xin điền họ và tên, hoặc tên tổ chức, bằng chữ."),
    "phone_unproved": n("Số điện thoại này chưa được xác nhận. Xin nhập mã đã gửi đến số đó."),
    "helper_needs_mobile": n("Số máy bàn không nhận được tin nhắn. Xin ghi số di động của người giúp."),
    "phone_has_visits": n(
        "Số điện thoại này đang có %(visits)s lịch hẹn chưa xong, là mức nhiều nhất. Xin đổi một lịch đang có, hoặc nhờ bưu cục, trưởng thôn, bưu tá đặt giúp."
    ),
    "door_has_visits": n(
        "Ở địa chỉ này đang có %(visits)s lịch hẹn chưa xong, là mức nhiều nhất. Nếu là nhà khác, xin ghi rõ lời chỉ đường hoặc đặt ghim đúng nhà; nếu không, xin nhờ bưu cục đặt giúp."
    ),
    "visit_twice": n(
        "Lịch hẹn này ông/bà đã đặt rồi: mã %(reference)s, %(slot)s. Bấm vào đây để xem hoặc đổi lịch đó."
    ),
    "address_missing": n("Chưa có địa chỉ nhà. Xin điền thôn, làng, số nhà hoặc tên đường."),
    "unit_unknown": n("Không có xã, phường này ở Gia Lai. Xin chọn lại trong danh sách 135 xã, phường."),
    "unit_not_in_service": n(
        "%(unit)s chưa có thu gom và trả kết quả tận nhà. Xin đến %(place)s, hoặc nộp trực tuyến."
    ),
    "unit_opens_later": n(
        "%(unit)s có thu gom và trả kết quả tận nhà từ ngày %(day)s. Trước ngày đó xin đến %(place)s, hoặc nộp trực tuyến."
    ),
    "no_office": n("Chưa có bưu cục nào phục vụ xã, phường này. Xin gọi tổng đài bưu điện để được hướng dẫn."),
    "no_desk": n(
        "Chưa có bộ phận một cửa nào nhận thủ tục này. Xin gọi Trung tâm Phục vụ hành chính công để được hướng dẫn."
    ),
    "pin_halved": n("Vị trí trên bản đồ thiếu kinh độ hoặc vĩ độ. Xin chấm lại vị trí nhà."),
    "pin_too_far": n("Vị trí trên bản đồ cách %(unit)s quá xa. Xin chấm lại vị trí nhà, hoặc chọn lại xã, phường."),
    "pin_in_other_unit": n(
        "Vị trí trên bản đồ nằm ở %(other)s, không phải %(unit)s. Xin chấm lại vị trí nhà, chọn lại xã, phường, hoặc xác nhận vị trí đúng."
    ),
    "pin_outside_unit": n(
        "Vị trí trên bản đồ nằm ngoài %(unit)s khoảng %(away_m)s mét. Xin chấm lại vị trí nhà, chọn lại xã, phường, hoặc xác nhận vị trí đúng."
    ),
    "dossier_missing": n("Chưa chọn thủ tục nào. Xin chọn ít nhất một thủ tục."),
    "procedure_unknown": n("Không có thủ tục mang mã này. Xin chọn lại trong danh mục thủ tục."),
    "procedure_not_carried": n("Bưu điện không được nhận hộ “%(procedure)s”. %(reason)s"),
    "person_needed": n("“%(procedure)s” cần chính người đề nghị có mặt. %(reason)s"),
    "procedure_not_in_service": n("“%(procedure)s” chưa nhận tận nhà. Xin đến %(place)s, hoặc nộp trực tuyến."),
    "case_unknown": n("Trường hợp “%(case)s” không có trong thủ tục này. Xin chọn lại."),
    "result_on_the_way": n(
        "Kết quả còn trên đường về bưu cục phục vụ nhà ông/bà, chưa kịp giờ này. Xin chọn giờ muộn hơn, hoặc chờ tin báo."
    ),
    "dossier_of_other_province": n(
        "Mã hồ sơ %(given)s do tỉnh, thành phố khác cấp. Ở đây chỉ mang được kết quả của các bộ phận một cửa trong tỉnh. Xin đề nghị nơi nhận hồ sơ gửi kết quả qua bưu chính: kết quả sẽ được chuyển phát đến nhà."
    ),
    "last4_malformed": n("Cần đúng 4 chữ số cuối của số định danh, ví dụ 0123. Nếu không nhớ, xin bỏ trống."),
    "dossier_code_missing": n("Chưa có mã hồ sơ cần nhận kết quả. Xin xem mã trên giấy hẹn, ví dụ H21.65-220914-0011."),
    "dossier_twice": n("Mã hồ sơ %(given)s được nhập hai lần. Xin bỏ bớt một dòng."),
    "summary_changed": n(
        "Nội dung đã đổi sau khi trang này hiện ra nên chưa đặt. Bên dưới là nội dung mới nhất: xin xem lại rồi bấm Đặt lịch."
    ),
    "slot_missing": n("Chưa chọn ngày giờ. Xin chọn một khoảng thời gian còn chỗ."),
    "slot_not_yet": n(
        "Chỉ nhận kết quả thì chưa cần chọn giờ: khi có kết quả, bưu cục sẽ báo ngày mang đến. Xin bỏ trống ô này."
    ),
    "slot_unknown": n("Khoảng thời gian này không còn. Xin tải lại trang và chọn lại."),
    "slot_full": n("%(slot)s vừa hết chỗ. Xin chọn khoảng thời gian khác."),
    "no_paper_missing": n("Hồ sơ này không còn thiếu giấy tờ nào."),
    "visit_stands": n("Đã có lịch hẹn bưu tá đến nhận giấy tờ của hồ sơ này."),
    "slot_of_other_unit": n("Khoảng thời gian này của xã, phường khác. Xin chọn lại."),
    "external_ref_taken": n(
        "Mã tham chiếu này đã dùng cho yêu cầu %(reference)s có nội dung khác. Xin dùng mã mới, hoặc xem lại yêu cầu đó."
    ),
    "errand_changed": n("Yêu cầu vừa được người khác thay đổi. Xin tải lại trang rồi làm lại."),
    "result_not_ready": n("Kết quả chưa có nên chưa hẹn được ngày mang đến. Khi có kết quả, bưu cục sẽ báo ngay."),
    "handover_code_missing": n("Lần giao này chưa có mã nhận. Xin kiểm tra giấy tờ tùy thân của người nhận."),
    "callback_without_phone": n("Yêu cầu này không có số điện thoại để gọi lại. Xin gọi bưu cục."),
    "calls_of_office": n(
        "%(office)s đang có nhiều người chờ gọi lại nên chưa nhận thêm. Ai đã xin thì vẫn được gọi. Xin gọi bưu cục, hoặc xin lại vào ngày mai."
    ),
    "tried_just_now": n("Lần gọi trước chưa đầy 30 phút nên không tính là một lần nữa. Xin gọi lại muộn hơn."),
    "call_result_unknown": n("Chưa chọn cuộc gọi kết thúc thế nào. Xin chọn một câu."),
    "booked_reference_unknown": n("Không có yêu cầu nào mang mã này. Xin xem lại mã trên trang của yêu cầu."),
    "template_unknown": n("Không có mẫu tin “%(template)s”. Xin báo bộ phận kỹ thuật."),
}
