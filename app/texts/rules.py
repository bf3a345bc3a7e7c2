"""What the rules of `app.domain` say when they say no.

One sentence a code: what is wrong first, then the way out. The msgid is Vietnamese."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES = {
    "several_faults": n("Một số ô cần sửa lại, xin xem bên dưới."),
    "not_found": n("Không tìm thấy nội dung này. Xin kiểm tra lại đường dẫn hoặc mã."),
    "errand_step_refused": n(
        "Yêu cầu đang ở bước “%(current)s” nên không thể chuyển sang “%(new)s”. Xin tải lại trang."
    ),
    "not_the_holder": n(
        "Bưu gửi hiện do bên khác giữ (%(current)s), nên bên giao này không thể giao. Xin quét lại và kiểm tra."
    ),
    "handover_refused": n("Không được giao bưu gửi từ %(giver)s sang %(taker)s. Xin giao qua đúng nơi trung gian."),
    "handover_to_oneself": n("Bên giao và bên nhận là một. Xin chọn lại bên nhận."),
    "dossier_code_malformed": n("Mã hồ sơ “%(given)s” không đúng dạng. Mã in trên giấy hẹn, ví dụ H21.65-220914-0011."),
    "parcel_code_malformed": n("Mã bưu gửi “%(given)s” không đúng. Mã gồm 2 chữ, 9 số, 2 chữ; xin quét hoặc gõ lại."),
    "seal_number_malformed": n(
        "Số niêm phong “%(given)s” không đúng: cần từ 6 đến 20 chữ và số. Xin đọc lại trên dây niêm phong."
    ),
    "line_malformed": n("Số điện thoại chưa đúng: xin nhập số di động, số bàn có mã vùng (0269…) hoặc số 1800, 1900."),
    "browser_unknown": n("Trình duyệt này chưa nhận thông báo được. Ông/bà vẫn được báo tin như đã chọn."),
    "address_malformed": n("Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@vidu.vn. Xin nhập lại, hoặc để trống."),
    "phone_malformed": n(
        "Số điện thoại này không có. Số di động có 10 số, ví dụ 0900 000 000; số máy bàn có mã vùng, ví dụ 0269 382 0000. Xin nhập lại."
    ),
    "no_boat": n("Ngày %(day)s không có tàu ra đảo vào giờ ấy. Xin chọn ngày hoặc giờ khác."),
    "day_closed": n("Ngày %(day)s bưu cục không đi nhận, trả tại nhà. Xin chọn ngày khác."),
    "booking_closed": n("Đã hết giờ đặt cho ngày %(day)s (khóa lúc 16:30 hôm trước). Xin chọn ngày khác."),
    "day_too_far": n("Ngày %(day)s còn quá xa: chỉ đặt được trong %(days)s ngày làm việc tới. Xin chọn ngày gần hơn."),
    "changes_closed": n("Lịch ngày %(day)s đã chốt lúc 04:59, không đổi được nữa. Xin gọi bưu cục để được giúp."),
    "no_tariff": n("Chưa có bảng cước cho ngày %(day)s. Xin gọi bưu cục để hỏi giá."),
    "too_heavy": n("Bưu gửi nặng %(grams)s g, vượt mức trong bảng cước. Xin chia thành nhiều bưu gửi."),
    "evidence_missing": n("Kết quả “%(outcome)s” cần thêm bằng chứng: %(needed)s. Xin bổ sung."),
    "paper_outside_list": n("Dòng %(line)s không có trong danh mục giấy tờ đã công bố, nên không được yêu cầu."),
    "paper_unanswered": n("Chưa đánh dấu giấy tờ ở dòng %(line)s. Xin chọn một ô."),
    "paper_must_be_shown": n(
        "Giấy tờ ở dòng %(line)s không tra được trong cơ sở dữ liệu, nên cần có bản giấy hoặc đánh dấu “thiếu”."
    ),
    "paper_needed": n("Giấy tờ ở dòng %(line)s là bắt buộc. Xin đánh dấu có trong phong bì hoặc “thiếu”."),
}
