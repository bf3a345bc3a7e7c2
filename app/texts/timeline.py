"""What the citizen's timeline says: one sentence a step, who holds the papers, who must act next. No person is named."""

from __future__ import annotations

from typing import Final

from app.texts.mark import n

STEPS: Final = {
    "booked": n("Đã nhận yêu cầu %(reference)s"),
    "confirmed": n("%(desk)s đã xác nhận hồ sơ và người nhận, mã hồ sơ %(code)s"),
    "confirmed_by_exchange": n("Hệ thống một cửa đã xác nhận hồ sơ và người nhận, mã hồ sơ %(code)s"),
    "confirmed_ahead": n("Nơi có thẩm quyền theo mã %(code)s (%(desk)s) xác nhận hồ sơ và người nhận"),
    "not_confirmed": n("Chưa xác nhận được người nhận kết quả của hồ sơ mang mã %(code)s"),
    "collection_scheduled": n("Hẹn đến nhà nhận hồ sơ: %(slot)s"),
    "collection_cancelled": n("Lần đến nhận hồ sơ đã hủy"),
    "collected": n("Bưu tá đã nhận và niêm phong hồ sơ, mã bưu gửi %(parcel)s"),
    "collected_in_part": n(
        "Bưu tá đã nhận và niêm phong %(given)s trên %(all)s loại giấy tờ, mã bưu gửi %(parcel)s, còn thiếu: %(papers)s"
    ),
    "collected_ahead": n("Bưu tá nhận và niêm phong hồ sơ"),
    "dossier_at_office": n("Hồ sơ đã về %(office)s"),
    "dossier_at_office_ahead": n("Hồ sơ về bưu cục"),
    "handed_to_desk": n("Đã giao hồ sơ cho %(desk)s"),
    "handed_to_desk_ahead": n("Giao hồ sơ cho %(desk)s"),
    "counted": n("%(desk)s đã mở phong bì và kiểm đếm giấy tờ"),
    "accepted": n("Hồ sơ được tiếp nhận, mã hồ sơ %(code)s"),
    "accepted_until": n("Hồ sơ được tiếp nhận, mã hồ sơ %(code)s, hẹn trả ngày %(due)s"),
    "accepted_ahead": n("Kiểm đếm giấy tờ và tiếp nhận hồ sơ"),
    "papers_wanted": n("Kiểm đếm thấy thiếu giấy tờ: %(papers)s"),
    "supplement_scheduled": n("Hẹn đến nhà nhận giấy tờ còn thiếu: %(slot)s"),
    "supplement_cancelled": n("Lần đến nhận giấy tờ còn thiếu đã hủy"),
    "supplement_collected": n("Bưu tá đã nhận và niêm phong giấy tờ bổ sung, mã bưu gửi %(parcel)s: %(papers)s"),
    "supplement_counted": n("%(desk)s đã nhận giấy tờ bổ sung, hồ sơ không còn thiếu giấy tờ nào"),
    "supplement_counted_ahead": n("%(desk)s kiểm đếm giấy tờ bổ sung"),
    "still_wanted": n("Hồ sơ còn thiếu: %(papers)s"),
    "more_papers": n("%(desk)s đề nghị bổ sung: %(papers)s. Lý do: %(reason)s. Căn cứ: %(basis)s"),
    "refused": n("%(desk)s chưa tiếp nhận được hồ sơ. Lý do: %(reason)s. Căn cứ: %(basis)s"),
    "refused_plainly": n("%(desk)s chưa tiếp nhận được hồ sơ. Lý do: %(reason)s"),
    "result_ready": n("Đã có kết quả: %(title)s"),
    "result_ready_ahead": n("Có kết quả"),
    "result_at_office": n("Kết quả đã về %(office)s"),
    "result_at_office_ahead": n("Kết quả về %(office)s"),
    "result_at_office_until_ahead": n("Kết quả về %(office)s, dự kiến lúc %(expected)s"),
    "delivery_scheduled": n("Hẹn mang kết quả đến nhà: %(slot)s"),
    "delivery_cancelled": n("Lần mang kết quả đến nhà đã hủy"),
    "given_at_desk": n("Kết quả đã trao tại %(desk)s, bưu tá không mang đến nhà nữa"),
    "result_out": n("Bưu tá đang mang kết quả"),
    "result_back": n("Kết quả được mang về %(office)s, niêm phong còn nguyên"),
    "originals_collected": n("Bưu tá đã nhận và niêm phong bản chính phải nộp, mã bưu gửi %(parcel)s"),
    "failed": n("Lần đến thứ %(number)s chưa xong. %(reason)s"),
    "held": n("Kết quả được giữ tại %(office)s đến hết ngày %(until)s"),
    "returned": n("Kết quả đã gửi trả niêm phong về %(desk)s"),
    "delivered": n("Kết quả đã trao tận tay"),
    "delivered_unconfirmed": n("Kết quả đã trao, nhưng mã nhận chưa khớp; bưu cục đang kiểm tra lại"),
    "delivered_ahead": n("Trao kết quả tận tay"),
}

HOLDERS: Final = {
    "to_confirm": n("Hệ thống một cửa chưa xác nhận hồ sơ này, nên chưa nói được ai đang giữ."),
    "not_confirmed": n("Bưu điện không giữ giấy tờ nào của yêu cầu này."),
    "citizen_before": n("Ông/bà đang giữ giấy tờ."),
    "courier": n("Bưu tá của %(office)s đang giữ phong bì niêm phong %(parcel)s."),
    "office_safe": n("%(place)s đang giữ phong bì niêm phong %(parcel)s."),
    "bag": n("Phong bì %(parcel)s đang trên đường, trong túi thư niêm phong."),
    "carrier": n("Đơn vị vận chuyển đang giữ phong bì niêm phong %(parcel)s."),
    "desk": n("%(place)s đang giữ hồ sơ."),
    "desk_result": n("%(place)s đang giữ kết quả, trong phong bì niêm phong %(parcel)s."),
    "lost": n("Phong bì %(parcel)s đã báo mất. Bưu điện đang tìm và sẽ bồi thường theo quy định."),
    "citizen_after": n("Kết quả đã ở trong tay ông/bà."),
    "given_at_desk": n("Kết quả đã trao tại %(place)s."),
    "gap": n("Bưu điện đang kiểm tra phong bì %(parcel)s hiện ở đâu."),
}

NEXT: Final = {
    "desk_confirms": n(
        "Nơi có thẩm quyền theo mã hồ sơ (%(desk)s): xác nhận hồ sơ và người nhận. Ông/bà chưa phải làm gì."
    ),
    "citizen_shows": n("Ông/bà: mang giấy hẹn và giấy tờ tùy thân đến %(desk)s để được tra giúp, hoặc gọi bưu cục."),
    "courier_collects": n("Bưu tá: đến nhận hồ sơ %(slot)s. Ông/bà chỉ cần để sẵn giấy tờ."),
    "courier_adds": n("Bưu tá: đến nhận giấy tờ còn thiếu %(slot)s. Ông/bà chỉ cần để sẵn giấy tờ."),
    "citizen_rebooks": n("Ông/bà: chọn ngày khác để bưu tá đến nhận hồ sơ."),
    "office_rebooks": n("%(office)s: hẹn lại ngày đến. Ông/bà muốn chọn giờ ngay cũng được."),
    "office_asks_courier": n("%(office)s: hỏi bưu tá đã đến nhà chưa, rồi báo cho ông/bà."),
    "courier_to_office": n("Bưu tá: mang phong bì về %(office)s."),
    "office_to_desk": n("%(office)s: giao hồ sơ cho %(desk)s."),
    "desk_counts": n("%(desk)s: mở phong bì, kiểm đếm và tiếp nhận."),
    "citizen_adds": n("Ông/bà: bổ sung giấy tờ còn thiếu theo hướng dẫn của %(desk)s."),
    "desk_decides": n("%(desk)s: giải quyết hồ sơ."),
    "desk_decides_until": n("%(desk)s: giải quyết hồ sơ trước hết ngày %(due)s."),
    "desk_gives_back": n("%(desk)s: trả lại giấy tờ đã nhận. Ông/bà có thể nộp lại khi đã đủ điều kiện."),
    "citizen_fetches": n("Ông/bà: nhận kết quả tại %(desk)s."),
    "desk_to_office": n("%(desk)s: giao kết quả cho bưu cục."),
    "desk_to_van": n("%(desk)s: giao kết quả cho bưu cục. Xe chở về %(office)s, dự kiến đến lúc %(expected)s."),
    "post_carries_result": n("Bưu điện: chở kết quả về %(office)s rồi hẹn ngày mang đến nhà."),
    "post_carries_result_until": n(
        "Bưu điện: chở kết quả về %(office)s, dự kiến đến lúc %(expected)s, rồi hẹn ngày mang đến nhà."
    ),
    "office_schedules": n("%(office)s: hẹn ngày mang kết quả đến nhà."),
    "courier_delivers": n("Bưu tá: mang kết quả đến nhà %(slot)s."),
    "citizen_chooses": n("Ông/bà: chọn ngày khác để bưu tá mang kết quả đến."),
    "citizen_before": n("Ông/bà: đến %(office)s nhận, hoặc chọn ngày mang đến, trước hết ngày %(until)s."),
    "citizen_at_desk": n("Ông/bà: liên hệ %(desk)s để nhận kết quả."),
    "citizen_checks": n("Ông/bà: nếu chưa nhận được kết quả, xin báo ngay cho bưu cục."),
    "post_checks": n("Bưu điện: tìm ra phong bì ở đâu rồi báo cho ông/bà."),
    "nobody": n("Mọi việc đã xong."),
    "nobody_cancelled": n("Yêu cầu đã hủy, không ai phải làm gì thêm."),
}
