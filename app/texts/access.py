"""What sign-in, keys and access rules say.

One sentence a code: what is wrong first, then the way out. The msgid is Vietnamese."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "too_many_codes": n("Số này đã nhận 3 mã trong một giờ. Xin dùng mã mới nhất, hoặc xin mã khác từ %(again)s."),
    "sign_in_code_wrong": n("Mã chưa đúng, còn %(left)s lần thử. Xin xem lại tin nhắn mới nhất."),
    "landline_without_code": n(
        "Số máy bàn không nhận được mã. Xin nhập một số di động, hoặc gọi bưu cục, nhờ trưởng thôn, bưu tá đặt giúp: không cần mã."
    ),
    "codes_of_client": n(
        "Từ nơi này đã gửi nhiều mã mà chưa ai nhập. Xin đợi một giờ, hoặc gọi bưu cục, nhờ trưởng thôn, bưu tá đặt giúp: không cần mã."
    ),
    "codes_of_all": n(
        "Đang có quá nhiều mã chờ nhập. Xin thử lại sau một giờ, hoặc gọi bưu cục, nhờ trưởng thôn, bưu tá đặt giúp: không cần mã."
    ),
    "sign_in_code_expired": n("Mã đã hết hạn hoặc đã dùng. Xin bấm gửi mã mới."),
    "too_many_tries": n("Đã nhập sai quá 5 lần nên mã này không dùng được nữa. Xin bấm gửi mã mới."),
    "password_too_short": n("Mật khẩu ngắn quá: cần ít nhất %(letters)s ký tự. Xin đặt mật khẩu dài hơn."),
    "password_too_long": n("Mật khẩu dài quá: nhiều nhất %(letters)s ký tự. Xin đặt mật khẩu ngắn hơn."),
    "password_common": n(
        "Mật khẩu này dễ đoán: nhiều người dùng, dãy phím liền nhau, hoặc có tên người, tên nơi làm việc. Xin đặt một câu ngắn mà chỉ mình nhớ."
    ),
    "first_password": n(
        "Mật khẩu này do người khác đặt. Xin đăng nhập ở trang /dang-nhap để đổi thành mật khẩu của riêng mình, rồi làm lại."
    ),
    "factor_wrong": n("Mã chưa đúng. Xin xem mã đang hiện trong ứng dụng, hoặc đúng số thứ tự trên thẻ, rồi gõ lại."),
    "reset_over": n("Đường dẫn đặt lại mật khẩu đã dùng hoặc đã hết hạn. Xin nhờ quản lý tạo đường dẫn khác."),
    "reset_lately": n(
        "Một trong hai người vừa đặt lại mật khẩu hoặc gỡ bước hai cho người kia, nên trong 24 giờ không cùng ký được. Xin mời người khác."
    ),
    "reset_by_two": n(
        "Trong 24 giờ qua ông/bà đã đặt lại mật khẩu hoặc gỡ bước hai của tài khoản này. Việc còn lại xin để một quản trị viên khác làm, hoặc người vận hành máy chủ."
    ),
    "factor_loss_unknown": n("Chưa chọn vì sao gỡ bước hai. Xin chọn một lý do."),
    "factor_not_enrolled": n("Tài khoản này chưa đăng ký bước hai nên không có gì để gỡ."),
    "sign_in_refused": n(
        "Tên đăng nhập hoặc mật khẩu chưa đúng. Còn %(left)s lần thử rồi phải đợi. Xin nhập lại, hoặc nhờ quản lý đặt lại mật khẩu."
    ),
    "sign_in_slow": n(
        "Đã nhập sai nhiều lần từ nơi này. Xin đợi đến %(until)s rồi thử lại; máy vẫn dùng hằng ngày thì đăng nhập được ngay."
    ),
    "sign_in_busy": n("Đang có nhiều người đăng nhập cùng lúc. Xin bấm lại sau vài giây."),
    "passwords_differ": n("Hai lần gõ mật khẩu không giống nhau. Xin gõ lại."),
    "username_malformed": n("Tên đăng nhập cần từ 3 đến 40 chữ thường không dấu, số hoặc . _ -. Xin đặt tên khác."),
    "username_taken": n("Tên đăng nhập %(username)s đã có người dùng hoặc đã từng dùng. Xin đặt tên khác."),
    "staff_name_missing": n("Chưa có tên của người dùng tài khoản. Xin điền tên như trên thẻ nhân viên."),
    "account_option_missing": n("Vai trò này cần --%(option)s. Xin cho biết thêm."),
    "role_not_yours": n("Xin chọn một vai trò mà ông/bà được mở hoặc giao."),
    "account_option_refused": n("Vai trò này không dùng --%(option)s. Xin bỏ đi."),
    "unknown_desk_code": n("Không có bộ phận một cửa mang mã %(desk)s. Xin kiểm tra lại mã."),
    "account_unknown": n("Không có tài khoản đang dùng nào tên là %(username)s. Xin kiểm tra lại tên đăng nhập."),
    "courier_holds_parcels": n("Bưu tá này còn giữ %(parcels)s bưu gửi. Xin bàn giao hết rồi mới đóng tài khoản."),
    "partner_name_missing": n("Chưa có tên của đối tác. Xin điền tên cơ quan hoặc chương trình."),
    "partner_name_taken": n("Đã có đối tác tên là %(partner)s. Xin đặt tên khác cho khóa mới."),
    "partner_unknown": n("Không có đối tác nào tên là %(partner)s đang có khóa. Xin kiểm tra lại tên."),
    "no_newer_key": n("%(partner)s chưa có khóa mới. Xin tạo khóa mới bằng lệnh rotate trước, rồi mới bỏ khóa cũ."),
    "idempotency_key_missing": n("Thiếu tiêu đề Idempotency-Key. Xin gửi một mã riêng cho mỗi yêu cầu mới."),
    "idempotency_key_malformed": n("Idempotency-Key cần từ 8 đến 200 ký tự. Xin dùng một UUID."),
    "idempotency_key_reused": n("Idempotency-Key này đã dùng cho nội dung khác. Xin dùng mã mới cho yêu cầu mới."),
    "idempotency_in_flight": n("Yêu cầu cùng Idempotency-Key đang được xử lý. Xin đợi rồi gửi lại y nguyên."),
    "idempotency_answer_gone": n(
        "Yêu cầu mang Idempotency-Key này đã làm xong từ lâu, trả lời cũ không còn giữ. Xin đọc lại bằng GET; yêu cầu mới thì dùng mã mới."
    ),
    "identity_off": n("Ở đây không đăng nhập qua hệ thống của tỉnh. Xin dùng cách đăng nhập khác trên trang."),
    "identity_away": n("Hệ thống đăng nhập của tỉnh không trả lời. Xin thử lại sau ít phút, hoặc dùng mật khẩu."),
    "identity_state": n("Lần đăng nhập này đã dùng rồi hoặc bắt đầu ở nơi khác. Xin bấm đăng nhập lại từ đầu."),
    "identity_unproven": n("Hệ thống của tỉnh chưa xác nhận được ông/bà là ai. Xin bấm đăng nhập lại từ đầu."),
    "identity_without_role": n(
        "Tài khoản của tỉnh chưa có vai trò nào trong dịch vụ này. Xin nhờ quản trị của tỉnh cấp vai trò."
    ),
    "identity_place_unknown": n(
        "Tài khoản của tỉnh chưa ghi bộ phận một cửa hoặc bưu cục nào của dịch vụ này. Xin nhờ quản trị của tỉnh ghi đúng mã."
    ),
    "identity_closed": n("Tài khoản này đã đóng ở dịch vụ này. Xin hỏi người quản lý."),
    "identity_phone_unproven": n(
        "Hệ thống đăng nhập chưa xác nhận số điện thoại của ông/bà. Xin đăng nhập bằng mã gửi đến số điện thoại."
    ),
    "link_expired": n(
        "Đường dẫn theo dõi đã hết hạn (30 ngày sau khi xong việc). Xin đăng nhập bằng số điện thoại để xem."
    ),
    "account_without_desk": n(
        "Tài khoản này không thuộc bộ phận một cửa nào. Xin đăng nhập bằng tài khoản của bộ phận một cửa."
    ),
    "account_without_office": n("Tài khoản này không thuộc bưu cục nào. Xin đăng nhập bằng tài khoản của bưu cục."),
    "other_side_holds_nothing": n(
        "Tài khoản này không đứng tên giữ bưu gửi. Xin mời bưu tá, giao dịch viên hoặc cán bộ một cửa ký."
    ),
    "other_side_not_post": n(
        "Khi mở niêm phong cần người của bưu điện chứng kiến. Xin mời giao dịch viên hoặc bưu tá ký."
    ),
    "other_side_not_chosen": n(
        "Người này không phải là bên kia đã chọn. Xin chọn lại bên kia, hoặc mời đúng người ký."
    ),
    "other_side_elsewhere": n(
        "Người này thuộc nơi khác nên không ký ở đây được. Xin mời người của nơi này, hoặc người đã mang bưu gửi đến."
    ),
    "other_side_wrong_desk": n(
        "Kết quả này của bộ phận một cửa khác. Xin mời cán bộ của đúng nơi đã đóng gói ký nhận."
    ),
    "phone_not_signed_in": n("Ca trên máy này đã hết. Xin đăng nhập lại để máy nhận khóa ký."),
    "phone_key_unknown": n("Bưu cục chưa biết khóa ký của máy này. Máy sẽ tự gửi khóa rồi gửi lại."),
    "phone_key_malformed": n("Khóa ký của máy chưa đúng dạng. Xin cập nhật ứng dụng rồi đăng nhập lại."),
    "phone_key_unproved": n("Máy chưa chứng minh được khóa ký là của mình. Xin đăng nhập lại trên máy này."),
    "phone_key_too_far": n("Số thứ tự của máy chưa đúng nên chưa nhận khóa ký. Xin báo điều phối viên."),
    "phone_key_registered": n("Máy này đã có khóa ký khác. Xin đăng xuất rồi đăng nhập lại để ghi danh máy."),
    "direction_missing": n("Chưa chọn chiều giao nhận. Xin chọn nhận về đây hoặc giao đi."),
    "date_malformed": n("Ngày chưa đúng dạng. Xin chọn trên lịch, hoặc gõ năm-tháng-ngày, ví dụ 2026-12-05."),
    "csv_not_utf8": n(
        "Không đọc được tệp này. Xin lưu lại từ bảng tính thành tệp Excel (.xlsx) hoặc “CSV UTF-8” rồi gửi."
    ),
}

FACTOR_LOSSES: dict[str, str] = {
    "phone_lost": n("Mất điện thoại"),
    "phone_new": n("Đổi hoặc hỏng điện thoại, không còn mã dự phòng"),
    "card_lost": n("Mất thẻ mã"),
    "seen": n("Người khác đã cầm hoặc xem được mã"),
}
