"""What the server answers a phone: refusals of sign-in and upload, and why a person has to look at an operation.

A courier reads these at the roadside: what happened, that nothing is lost, what to do now."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "box_unreadable": n(
        "Bưu cục không mở được nội dung này: tệp bị hỏng hoặc niêm cho máy chủ khác. Dữ liệu vẫn còn trên máy; xin báo điều phối viên."
    ),
    "queue_not_empty": n(
        "Máy còn %(waiting)s việc và %(files)s ảnh chưa gửi nên chưa đăng xuất được. Xin đến nơi có mạng, bấm “Gửi ngay”, rồi đăng xuất."
    ),
    "not_a_courier": n("Tài khoản này không phải của bưu tá. Xin đăng nhập ở trang dành cho nhân viên."),
    "operation_malformed": n(
        "Nội dung gửi lên không đúng dạng nên chưa ghi nhận được. Dữ liệu vẫn còn trên máy; xin báo điều phối viên."
    ),
    "operation_id_used": n(
        "Mã của việc này đã dùng cho một việc khác. Dữ liệu vẫn còn trên máy; xin báo điều phối viên."
    ),
    "hash_wrong": n("Dấu kiểm tra của việc này không khớp: dữ liệu bị đổi trên đường gửi. Xin báo điều phối viên."),
    "commitment_wrong": n(
        "Nội dung không khớp với dấu kiểm tra lúc ghi. Dữ liệu vẫn còn trên máy; xin báo điều phối viên."
    ),
    "parcels_differ": n("Bưu gửi quét được không khớp với yêu cầu này. Xin quét lại đủ các bưu gửi của yêu cầu."),
    "parcel_of_other_errand": n("Bưu gửi %(parcel)s thuộc yêu cầu khác. Xin không trao ở nhà này."),
    "parcels_left": n("Bưu gửi %(parcel)s của yêu cầu này chưa được trao. Xin trao nốt hoặc báo điều phối viên."),
    "claims_full": n(
        "Máy này đã báo quá nhiều việc ngoài phần của mình nên bưu cục không nhận thêm. Dữ liệu vẫn còn trên máy; xin gọi bưu cục."
    ),
    "phone_suspected": n(
        "Máy của anh/chị đã báo nhiều bưu gửi của bưu cục khác nên tạm dừng. Xin gọi trưởng bưu cục để mở lại."
    ),
    "claims_settled": n(
        "Các tin báo này đã có người xem xong, hoặc chưa đến lúc điều phối viên xem. Xin mở lại danh sách."
    ),
    "claims_not_chosen": n("Chưa chọn việc nào. Xin chọn những việc có phiếu giấy đã ký."),
    "claim_open": n("Bưu cục giữ phong bì chưa xem xong tin báo này. Xin chờ bưu cục đó xác nhận hoặc bỏ tin báo."),
    "claim_of_oneself": n("Tin báo này từ máy của chính anh/chị. Xin nhờ người khác ở bưu cục, hoặc điều phối viên."),
    "look_note_missing": n("Chưa ghi kết quả xem lại. Xin ghi ngắn gọn đã xử lý thế nào."),
}

# why a person looks at an operation; what happened is kept in every case
REVIEWS: dict[str, str] = {
    "envelope_not_scanned": n(
        "Chưa quét phong bì đã trao. Xin lần sau quét hoặc gõ mã trên từng phong bì trước khi lưu."
    ),
    "wrong_envelope": n(
        "Phong bì %(parcel)s không phải của nhà này. Xin quay lại ngay xin đổi; điều phối viên và hai bưu cục đã được báo."
    ),
    "claim": n("Việc này ngoài phần của anh/chị hôm nay nên mới ghi là tin báo. Bưu cục sẽ kiểm tra; không mất gì."),
    "errand_cancelled": n("Yêu cầu đã bị hủy trước khi việc này gửi về. Việc đã được ghi lại; điều phối viên sẽ gọi."),
    "errand_moved": n("Yêu cầu đã đổi ngày hoặc chuyển cho bưu tá khác. Việc đã được ghi lại; điều phối viên sẽ xem."),
    "already_collected": n("Hồ sơ này đã có người nhận rồi. Xin giữ phong bì trong túi và báo bưu cục đối chiếu."),
    "already_delivered": n("Kết quả này đã ghi là trao rồi. Lần này cũng được ghi lại; bưu cục sẽ đối chiếu."),
    "already_closed": n("Yêu cầu này đã khép lại trước đó. Việc đã được ghi lại; điều phối viên sẽ xem."),
    "label_used": n("Nhãn %(given)s đã dùng hoặc không đọc được. Bưu cục cấp mã mới %(parcel)s; xin dán nhãn mới."),
    "seal_used": n("Số niêm phong %(number)s đã dùng hoặc không đúng mẫu. Xin giữ phong bì riêng và đưa bưu cục xem."),
    "receipt_used": n(
        "Số %(number)s đã dùng cho lần thu khác. Tiền vẫn được ghi vào sổ. Xin giữ liên giấy xác nhận thu tiền và báo bưu cục."
    ),
    "receipt_outside_block": n(
        "Số %(number)s không thuộc dãy số của máy này. Xin mang giấy xác nhận thu tiền về bưu cục."
    ),
    "not_the_holder": n(
        "Theo sổ, bưu gửi %(parcel)s đang ở nơi khác. Lần giao này vẫn được ghi; bưu cục sẽ tìm chỗ hở."
    ),
    "parcel_unknown": n("Chưa ai biết mã %(parcel)s. Lần quét được giữ lại, ghép vào sổ khi bưu gửi được nhận ra."),
    "parcels_left": n("Bưu gửi %(parcel)s của yêu cầu này chưa được trao, nên yêu cầu còn mở. Xin xem lại túi."),
    "papers_version_changed": n(
        "Danh mục giấy tờ trên máy không phải bản mới. Giấy tờ đã nhận vẫn được giữ; có người xem."
    ),
    "papers_differ": n("Giấy tờ ghi nhận chưa khớp danh mục của thủ tục. Giấy tờ vẫn được giữ; bưu cục sẽ xem lại."),
    "papers_due_not_collected": n("Đã trao kết quả mà chưa nhận bản chính phải nộp. Điều phối viên sẽ hẹn nhận sau."),
    "evidence_missing": n("Còn thiếu bằng chứng cho lý do này, nên chưa tính là một lần mời nhận. Có người xem lại."),
    "proof_missing": n("Còn thiếu bằng chứng của việc này: ảnh, chữ ký, hoặc người nhận. Xin bổ sung tại bưu cục."),
    "receiver_unnamed": n(
        "Tổ chức đã nhận, nhưng chưa ghi ai nhận thay. Xin lần sau ghi họ tên và chức vụ của người nhận."
    ),
    "witness_of_the_post": n("Người làm chứng trùng tên với người của bưu cục. Việc vẫn được ghi; bưu cục sẽ hỏi lại."),
    "clock_unmeasured": n("Máy chưa so giờ với bưu cục trước việc này, nên giờ ghi chưa chắc. Có người xem lại."),
    "clock_jumped": n("Đồng hồ của máy bị đổi trong ngày, nên giờ ghi chưa chắc. Xin để máy tự chỉnh giờ."),
    "chain_broken": n("Việc này không nối đúng vào việc trước của máy. Việc vẫn được ghi; điều phối viên sẽ xem máy."),
    "seq_reused": n("Máy gửi hai việc cùng một số thứ tự. Cả hai đều được giữ; điều phối viên sẽ xem máy."),
    "unsigned": n("Việc này ghi trước khi máy có khóa ký riêng. Không cần làm gì thêm."),
    "unsigned_late": n("Việc này thiếu chữ ký của máy nên chưa ghi vào sổ. Việc được giữ nguyên; bưu cục sẽ hỏi lại."),
    "bad_signature": n("Chữ ký của máy ở việc này không khớp nên chưa ghi vào sổ. Bưu cục giữ lại và sẽ hỏi."),
    "device_revoked": n("Máy này đã bị đăng xuất từ xa. Việc ghi trên máy vẫn được nhận và có người xem lại."),
    "not_your_errand": n("Yêu cầu này không nằm trên tuyến của bưu tá. Việc vẫn được ghi; điều phối viên sẽ xem."),
    "receiver_not_named": n(
        "Người nhận khác với người được chỉ định trước. Việc trao vẫn đứng; bưu cục gọi người yêu cầu để hỏi."
    ),
    "code_not_confirmed": n("Mã người dân đọc chưa khớp. Việc trao vẫn đứng; bưu cục báo người dân và gọi xác nhận."),
    "amended_late": n("Bưu cục đã tiếp nhận trước khi anh/chị sửa. Lời sửa vẫn được giữ; điều phối viên sẽ xem."),
    "amended_outcome": n("Lý do mới đã được ghi bên cạnh lý do cũ. Điều phối viên sẽ xem lại lịch hẹn."),
    "amended_unknown": n("Bưu cục chưa thấy việc được sửa. Lời sửa vẫn được giữ; điều phối viên sẽ xem."),
    "code_tried_often": n(
        "Máy đã thử %(tries)s mã. Lần sau mã không đúng, xin nhờ người nhận đọc lại, hoặc xem giấy tờ thay mã."
    ),
    "slot_gone": n("Giờ hẹn lại đã kín chỗ trước khi máy gửi được. Bưu cục đã nhắn người dân chọn giờ khác."),
    "plan_changed": n("Kế hoạch ở bưu cục đã khác với máy. Xin tải lại danh sách điểm khi có mạng."),
    "run_unfinished": n("Chuyến còn điểm chưa có kết quả nên chưa khép được. Xin ghi kết quả từng điểm."),
    "pin_too_far": n("Vị trí mới nằm quá xa địa bàn xã nên chưa đổi. Xin chấm lại khi đứng ở cổng nhà."),
    "pin_in_other_unit": n(
        "Đã lưu vị trí mới, nhưng vị trí này ở %(other)s, không phải %(unit)s. Điều phối viên sẽ hỏi lại người dân."
    ),
    "pin_outside": n("Đã lưu vị trí mới, nhưng vị trí này ngoài %(unit)s. Điều phối viên sẽ hỏi lại người dân."),
    "bag_differs": n("Bưu gửi trong túi không khớp với sổ: %(parcels)s. Xin kiểm lại trước khi về."),
    "cash_differs": n(
        "Tiền mặt đếm được %(counted)s đồng, theo giấy xác nhận thu tiền là %(receipts)s đồng. Xin đếm lại khi nộp ở quầy."
    ),
    "purses_differ": n("Tổng tiền khớp, nhưng tiền cước và lệ phí thu hộ để lẫn nhau. Xin tách lại khi nộp ở quầy."),
    "not_understood": n("Việc này đã được giữ nguyên nhưng máy chủ chưa ghi được vào sổ. Điều phối viên sẽ xem."),
}
