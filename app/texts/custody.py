"""What collection, hand-over, desk and delivery say.

One sentence a code: what is wrong first, then the way out. The msgid is Vietnamese."""

from __future__ import annotations

from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "case_twice": n("Câu hỏi “%(question)s” chỉ chọn một câu trả lời. Xin chọn lại."),
    "case_unanswered": n("Chưa chọn trường hợp cho câu hỏi “%(question)s”. Xin hỏi ông/bà rồi chọn một câu trả lời."),
    "paper_count_wrong": n("Số tờ ở dòng %(line)s chưa đúng: cần từ 1 đến %(most)s. Xin đếm lại."),
    "certified_copy_needed": n(
        "Giấy tờ ở dòng %(line)s khi gửi qua bưu điện phải là bản sao chứng thực. Xin để bản chính lại cho chủ giấy tờ và chọn “bản sao chứng thực”, hoặc đánh dấu “thiếu”."
    ),
    "papers_missing": n(
        "Còn thiếu giấy tờ ở dòng %(lines)s. Xin hỏi ông/bà: nếu đồng ý gửi trước phần đã có, đánh dấu “Vẫn nhận dù còn thiếu giấy tờ”; nếu không, xin hẹn ngày khác."
    ),
    "nothing_to_carry": n(
        "Chưa có giấy tờ nào trong phong bì nên chưa thể nhận. Xin đánh dấu giấy tờ đã bỏ vào phong bì."
    ),
    "nothing_to_collect": n("Yêu cầu này không có giấy tờ nào phải nhận. Xin quay lại danh sách điểm."),
    "dossier_not_of_errand": n("Hồ sơ này không thuộc yêu cầu đang làm. Xin mở lại từ danh sách điểm."),
    "dossier_already_collected": n("Hồ sơ này đã được nhận trong bưu gửi %(parcel)s. Xin tải lại trang để xem."),
    "parcel_code_used": n("Mã bưu gửi %(parcel)s đã dán ở phong bì khác. Xin lấy nhãn mới."),
    "seal_used": n("Số niêm phong %(number)s đã dùng rồi; mỗi dây niêm phong chỉ dùng một lần. Xin lấy dây khác."),
    "already_sealed": n(
        "Phong bì này đang có niêm phong còn nguyên nên không niêm phong lần nữa. Xin kiểm tra lại mã bưu gửi."
    ),
    "nothing_delivered": n(
        "Lượt đến này chưa ghi là đã trao gì. Xin xem lại yêu cầu, hoặc gửi lại lời nhắn cho người dân."
    ),
    "parcel_unknown": n("Không có bưu gửi mang mã %(parcel)s. Xin quét hoặc gõ lại mã trên nhãn."),
    "label_sheets_malformed": n("Số tờ nhãn chưa đúng: mỗi lần in từ 1 đến %(most)s tờ. Xin sửa lại."),
    "no_parcels": n("Chưa có bưu gửi nào để giao. Xin quét hoặc gõ ít nhất một mã."),
    "envelopes_unscanned": n(
        "Còn %(n)s phong bì chưa quét: %(parcels)s. Xin tìm và quét; nếu thật sự không có ở đây thì đánh dấu ô bên dưới."
    ),
    "envelope_not_told": n("Không bưu tá nào báo đã giao phong bì %(parcel)s cho đây. Xin nhận ở trang “Giao nhận”."),
    "envelope_already_here": n("Phong bì %(parcel)s đã ghi là ở đây rồi. Xin cất lại, không quét nữa."),
    "envelope_of_other_desk": n("Phong bì %(parcel)s gửi %(desk)s, không phải nơi này. Xin để riêng và báo bưu cục."),
    "count_differs_from_told": n(
        "Số này khác với số bưu tá báo. Xin đếm lại; vẫn khác thì trả lời từng phong bì ở trang trước."
    ),
    "other_side_missing": n("Chưa chọn bên kia. Xin chọn bưu tá, bưu cục hoặc bộ phận một cửa cùng giao nhận."),
    "not_alone": n("Chỉ bưu tá của bưu cục một người mới ký một lần. Xin mời bên kia ký."),
    "invitation_gone": n("Lời mời ký này đã hết hạn hoặc đã dùng rồi. Xin mở lời mời mới trên máy của quầy."),
    "invitation_for_others": n("Lời mời ký này dành cho người khác. Xin mời đúng người có tên trên màn hình ký."),
    "invitation_overtaken": n("Phong bì đã qua tay khác từ lúc mở lời mời, nên chưa ký được. Xin làm lại từ đầu."),
    "countersign_phone": n("Máy này chưa ghi danh khóa ký hoặc đã bị ngắt. Xin đăng nhập lại trên ứng dụng rồi ký."),
    "countersign_unproved": n("Chữ ký của máy không khớp với lời mời. Xin quét lại mã trên màn hình của quầy."),
    "answer_malformed": n("Mã trả lời chưa đúng dạng. Xin quét lại mã trên màn hình điện thoại."),
    "confirmation_missing": n("Cần cả hai bên xác nhận. Xin chọn người bên kia cùng ký."),
    "confirmation_by_oneself": n("Một người không thể ký cho cả hai bên. Xin để người bên kia xác nhận."),
    "party_unknown": n(
        "Không rõ bên giao hoặc bên nhận (%(party)s). Xin chọn lại bưu tá, bưu cục hoặc bộ phận một cửa."
    ),
    "not_for_the_desk": n(
        "Bưu gửi %(parcel)s là kết quả trả cho người dân nên không mở ở đây. Xin giao tiếp cho bưu cục."
    ),
    "already_opened": n("Bưu gửi %(parcel)s đã mở và đếm rồi. Xin xem lại kết quả kiểm đếm."),
    "paper_not_on_list": n("Dòng %(line)s không có trong phiếu gửi hồ sơ đã ký. Xin chỉ đếm các dòng trên phiếu."),
    "paper_uncounted": n("Chưa ghi số đếm được ở dòng %(line)s. Xin đếm và ghi, không có thì ghi 0."),
    "fewer_than_listed": n(
        "%(paper)s: đếm được %(counted)s, trên phiếu đã ký là %(listed)s. Xin đếm lại; vẫn khác thì đánh dấu “đã đếm lại”."
    ),
    "more_than_listed": n(
        "Dòng %(line)s ghi nhiều hơn %(listed)s tờ đã ký trên phiếu. Xin đếm lại; tờ thừa xin ghi biên bản riêng."
    ),
    "dossier_code_taken": n("Mã hồ sơ %(dossier)s đã cấp cho hồ sơ khác. Xin kiểm tra lại mã trên giấy tiếp nhận."),
    "renumber_theirs": n("Mã này do phần mềm của cơ quan gửi sang. Xin cơ quan đó gửi lại hồ sơ với mã đúng."),
    "renumber_overtaken": n("Mã hồ sơ đã đổi từ khi mở trang này. Xin tải lại trang để xem mã hiện nay."),
    "renumber_same": n("Mã vừa nhập giống mã đang ghi. Xin đọc lại mã trên giấy tiếp nhận và hẹn trả."),
    "renumber_reason_missing": n("Chưa ghi vì sao sửa mã. Xin ghi một câu ngắn, không ghi tên người dân."),
    "nothing_to_give_here": n(
        "Không còn lượt mang kết quả của hồ sơ này đến nhà, nên không có gì phải hủy. Xin tải lại trang để xem đã ra sao."
    ),
    "result_sealed_before": n(
        "Kết quả này đã niêm phong để mang đến nhà. Xin giao cho bưu cục như thường lệ; chủ hồ sơ đến bưu cục nhận cũng được."
    ),
    "given_while_moving": n(
        "Giấy tờ của hồ sơ này đang chuyển giữa hai bộ phận một cửa. Xin nhận và mở phong bì trước, rồi ghi đã trao."
    ),
    "no_result_here": n(
        "Chưa ghi nhận kết quả của hồ sơ này tại đây. Nơi giải quyết ghi có kết quả trước, rồi mới ghi đã trao."
    ),
    "hand_over_unticked": n("Chưa đánh dấu là đã trao tận tay người đứng tên. Chưa ghi gì cả."),
    "nothing_to_accept": n("Hồ sơ này không còn chờ tiếp nhận hay chờ ngày hẹn. Xin tải lại trang để xem đã ra sao."),
    "papers_still_sealed": n(
        "Còn phong bì của hồ sơ này đang trên đường hoặc chưa mở. Xin nhận về, mở và kiểm đếm; đếm đủ là hồ sơ được tiếp nhận."
    ),
    "courier_on_the_way": n(
        "Bưu tá đang đến nhà người dân nhận giấy tờ của hồ sơ này. Xin đợi bưu tá báo về rồi làm tiếp."
    ),
    "due_on_missing": n("Chưa có ngày hẹn trả. Xin ghi đúng ngày trên giấy hẹn."),
    "nothing_to_waive": n("Chỉ lần trả kết quả mới có bản chính phải nộp. Xin chọn đúng yêu cầu trả kết quả."),
    "dossier_unknown": n("Không tìm thấy hồ sơ “%(given)s”. Xin gõ mã hồ sơ hoặc quét mã bưu gửi đã nhận."),
    "dossier_to_confirm": n(
        "Có người đặt mang kết quả hồ sơ %(given)s về nhà mà chưa được xác nhận. Xin mở “Chờ xác nhận người nhận”, xác nhận rồi mới đóng gói."
    ),
    "result_noted": n(
        "Đã ghi: kết quả hồ sơ %(given)s có ở đây, chưa ai đặt mang về nhà. Xin cất giữ, chưa niêm phong; khi có người đặt, hồ sơ hiện ở “Chờ xác nhận người nhận”."
    ),
    "entitlement_decided": n("Yêu cầu này đã được trả lời rồi. Không cần làm lại."),
    "entitlement_called_off": n("Người đặt đã hủy yêu cầu này, nên không còn gì phải xác nhận."),
    "dossier_confirmed_before": n(
        "Hồ sơ %(given)s đã có lượt đến nhà được xác nhận cho một yêu cầu khác. Nếu yêu cầu này không đúng người, xin chọn không xác nhận; nếu yêu cầu kia sai, xin báo bưu cục hủy trước."
    ),
    "dossier_with_earlier": n(
        "Hồ sơ %(given)s đã gắn với một yêu cầu trước, hủy lượt đến nhà kia cũng không chuyển sang được. Xin chọn không xác nhận: người đặt được mời mang giấy hẹn và giấy tờ tùy thân đến đây."
    ),
    "verdict_missing": n("Chưa rõ xác nhận hay không. Xin chọn một trong ba cách trả lời."),
    "denial_reason_missing": n("Chưa chọn vì sao không xác nhận. Xin chọn một lý do."),
    "desk_not_chosen": n("Chưa rõ chuyển cho bộ phận một cửa nào. Xin chọn một nơi khác trong danh sách."),
    "dossier_of_other_desk": n("Hồ sơ %(given)s do bộ phận một cửa khác nhận. Xin chuyển kết quả về đúng nơi đó."),
    "dossier_closed": n("Hồ sơ %(given)s đã kết thúc nên không gửi kết quả nữa. Xin kiểm tra lại mã."),
    "result_already_packed": n("Kết quả của hồ sơ %(given)s đã đóng trong bưu gửi %(parcel)s. Không cần làm lại."),
    "delivery_not_asked": n("Hồ sơ %(given)s không đăng ký nhận kết quả tại nhà. Xin mời người dân đến nhận tại quầy."),
    "title_missing": n("Cần tên kết quả, tối đa %(most)s chữ, ví dụ “Giấy khai sinh”. Xin ghi vào."),
    "csv_empty": n("Tệp không có dòng nào. Mỗi dòng gồm: mã hồ sơ; tên kết quả; số niêm phong."),
    "csv_too_long": n("Tệp dài hơn %(most)s dòng. Xin chia thành nhiều tệp."),
    "csv_quote_open": n("Dòng này mở dấu ngoặc kép mà không đóng. Xin bỏ dấu ấy rồi gửi lại dòng này."),
    "csv_quote_inside": n("Dòng này có dấu ngoặc kép nằm trong ô. Xin bỏ các dấu ấy rồi gửi lại dòng này."),
    "csv_cell_too_long": n("Dòng này có một ô quá dài. Xin rút gọn rồi gửi lại dòng này."),
    "csv_holds_nul": n("Dòng này có ký tự hỏng. Xin gõ lại dòng này."),
    "csv_columns": n(
        "Dòng này chỉ có %(found)s cột, cần 3: mã hồ sơ; tên kết quả; số niêm phong. Xin sửa lại dòng này."
    ),
    "nothing_to_deliver": n("Chưa có kết quả nào gắn với yêu cầu này. Xin kiểm tra lại tại bưu cục."),
    "seal_not_whole": n(
        "Niêm phong không còn nguyên thì không được giao. Xin chụp hai ảnh và ghi “niêm phong không còn nguyên”."
    ),
    "receiver_missing": n("Chưa có họ tên người nhận. Xin ghi họ tên như trên giấy tờ."),
    "receiver_unnamed": n("Tổ chức nhận qua một người. Xin ghi họ tên và chức vụ của người đã nhận."),
    "amendment_not_allowed": n(
        "Lần này không sửa được mục đó. Nhãn, niêm phong, giấy tờ và tiền giữ nguyên như hai bên đã ký."
    ),
    "amendment_empty": n("Chưa sửa mục nào. Xin ghi lời đúng vào mục cần sửa."),
    "amendment_reason_missing": n("Chưa ghi vì sao sửa. Xin ghi ngắn gọn, ví dụ “nghe nhầm tên”."),
    "word_proof_missing": n("Xin chọn vì sao biết đúng là người yêu cầu."),
    "relation_unknown": n("Chưa rõ người nhận là ai. Xin chọn: chính chủ, người nhà, hoặc người được ủy quyền."),
    "id_needed": n("Cần loại giấy tờ và đúng 4 ký tự cuối của số giấy tờ người nhận. Xin xem giấy tờ và ghi lại."),
    "papers_due_first": n(
        "Thủ tục này phải nộp bản chính trước khi nhận kết quả. Xin đếm, niêm phong bản chính vào phong bì mới rồi mới trao kết quả; nếu thiếu, ghi “thiếu giấy tờ”."
    ),
    "outcome_unknown": n("Không có lý do “%(outcome)s” trong danh mục. Xin chọn lại lý do."),
    "still_held": n("Kết quả còn được giữ cho người dân đến hết ngày %(until)s. Sau ngày đó mới gửi trả."),
    "day_not_over": n("Ngày %(day)s chưa kết thúc nên chưa ký sổ được. Xin ký vào ngày hôm sau."),
    "day_already_passed": n("Sổ đã ký đến ngày %(last)s, nên không ký lùi cho ngày %(day)s."),
    "errands_open": n(
        "Người này còn %(open)s yêu cầu chưa xong, giấy tờ còn trên đường. Xin xóa sau khi việc kết thúc."
    ),
    "legal_basis_missing": n("Cần ghi căn cứ để xóa dữ liệu cá nhân, ví dụ đơn đề nghị hoặc hết hạn lưu."),
}

# what an outcome demands of the courier, as a question at the field and a name in `evidence_missing`
EVIDENCE: dict[str, str] = {
    "gate_photo": n("Ảnh cổng nhà: số ảnh trong máy của bưu cục"),
    "photo": n("Ảnh: số ảnh trong máy của bưu cục"),
    "two_photos": n("Hai ảnh niêm phong: số ảnh trong máy của bưu cục"),
    "call": n("Đã gọi lúc mấy giờ"),
    "two_calls": n("Hai lần gọi lúc mấy giờ, cách nhau ít nhất 10 phút"),
    "fix": n("Đã đến chỗ nào, mốc gần nhất"),
    "note": n("Ghi chú ngắn"),
    "ticked_list": n("Thiếu giấy tờ ở dòng số mấy của danh mục"),
    "paper": n("Giấy tờ ở dòng số mấy chưa đúng"),
    "id_kind": n("Loại giấy tờ người đó có"),
    "informant": n("Ai cho biết, ví dụ hàng xóm, trưởng thôn"),
    "amount": n("Số tiền chưa trả"),
    "asked_by": n("Ai yêu cầu"),
    "channel": n("Báo bằng cách nào"),
    "clerk_name": n("Cán bộ ở quầy"),
}
