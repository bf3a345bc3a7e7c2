"""What the office is told of phones, of facts that need a person, and of missed-visit cards: what happened, and the way out."""

from __future__ import annotations

from typing import Final

from app.domain.operation import OperationKind
from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "card_unknown": n("Thẻ này không phải của chúng tôi, hoặc mã đã bị rách. Xin quét lại, hoặc đến bưu cục."),
    "card_expired": n(
        "Thẻ này đã quá hạn. Xin mang thẻ đến bưu cục, hoặc mở đường dẫn trong tin nhắn để xem hồ sơ đang ở đâu."
    ),
    "revoke_reason_missing": n("Chưa ghi vì sao đăng xuất máy này. Xin ghi ngắn, ví dụ “mất máy ở chợ”."),
    "rescue_unreadable": n(
        "Tệp này không phải gói cứu hộ: cần tệp .zip do máy của bưu tá tạo ra, có ops.json bên trong. Xin chọn lại tệp."
    ),
    "rescue_device_unknown": n(
        "Máy đã tạo gói này chưa từng đăng nhập ở đây. Xin kiểm tra gói thuộc về hệ thống nào rồi chọn lại tệp."
    ),
}

KINDS: Final = {
    OperationKind.RUN_STARTED: n("Bắt đầu chuyến"),
    OperationKind.COLLECTED: n("Đã nhận hồ sơ"),
    OperationKind.DELIVERED: n("Đã trao kết quả"),
    OperationKind.NOT_DONE: n("Lần đến chưa xong"),
    OperationKind.HANDED_OVER: n("Giao nhận bưu gửi"),
    OperationKind.STOP_ADDED: n("Thêm điểm bằng quét mã"),
    OperationKind.REORDERED: n("Đổi thứ tự điểm"),
    OperationKind.PIN_CORRECTED: n("Sửa ghim vị trí"),
    OperationKind.CALLED: n("Gọi điện thoại"),
    OperationKind.INCIDENT: n("Báo sự cố"),
    OperationKind.RUN_ENDED: n("Kết thúc chuyến"),
    OperationKind.AMENDED: n("Sửa việc đã ghi"),
}

# why a person looks: what happened, then what the coordinator does about it
REVIEWS: Final = {
    "envelope_not_scanned": n("Bưu tá không quét phong bì khi trao. Xin gọi người nhận hỏi mã ghi trên phong bì."),
    "wrong_envelope": n("Phong bì của người khác đã trao ở nhà này. Xin gọi hai bên, đổi lại phong bì rồi khép sự cố."),
    "claim": n("Tin báo ngoài phần việc của bưu tá, chưa ghi vào sổ. Xin xem ở trang tin báo chưa xác nhận."),
    "errand_cancelled": n(
        "Lịch đã hủy trước khi bưu tá đến, nhưng giấy tờ đã trao tay. Xin gọi người dân: giữ việc này, hay mang trả lại."
    ),
    "errand_moved": n(
        "Lượt này đã dời sang ngày hoặc tuyến khác, nhưng bưu tá đã làm xong. Xin báo bưu tá kia đừng đến nữa."
    ),
    "already_collected": n(
        "Hồ sơ đã được ghi nhận một lần trước đó. Xin đối chiếu hai phong bì với hai bưu tá, giữ đúng một."
    ),
    "already_delivered": n("Kết quả đã được ghi là trao trước đó. Xin gọi người dân hỏi nhận từ ai, lúc nào."),
    "already_closed": n("Việc đã khép lại trước khi máy báo về. Xin xem hai lần ghi có khớp nhau không."),
    "label_used": n(
        "Nhãn bưu gửi này đã dán ở phong bì khác; hệ thống đã cấp mã mới. Xin dặn bưu cục dán nhãn mới lên phong bì."
    ),
    "seal_used": n("Số niêm phong đã dùng ở phong bì khác. Xin xem ảnh phong bì và hỏi bưu tá số đúng."),
    "receipt_used": n(
        "Số giấy xác nhận thu tiền đã dùng cho lần thu khác; cả hai lần thu đều đã vào sổ. Xin đối chiếu cuống giấy với bưu tá."
    ),
    "receipt_outside_block": n(
        "Số giấy xác nhận thu tiền không thuộc quyển cấp cho máy này. Xin hỏi bưu tá lấy số ở đâu."
    ),
    "not_the_holder": n(
        "Theo sổ, người khác đang giữ phong bì này. Xin hỏi hai bên giao và nhận, rồi quét lại phong bì cho khép chuỗi."
    ),
    "parcel_unknown": n(
        "Mã phong bì chưa có trong sổ. Có thể máy của người giao chưa gửi về; sau một ngày vẫn chưa rõ thì xin tìm phong bì."
    ),
    "papers_version_changed": n(
        "Danh mục giấy tờ đã đổi sau khi bưu tá tải về. Xin đối chiếu với bản mới; thiếu thì báo người dân bổ sung."
    ),
    "papers_due_not_collected": n(
        "Đã trao kết quả mà chưa thu bản chính phải nộp. Xin hẹn người dân nộp bản chính, và báo bộ phận một cửa."
    ),
    "evidence_missing": n(
        "Thiếu bằng chứng mà lý do này đòi hỏi. Xin hỏi bưu tá; lần đến này chưa tính là một lần mời cho đến khi rõ."
    ),
    "proof_missing": n("Thiếu chữ ký hoặc ảnh phong bì. Xin gọi người dân xác nhận và ghi lại câu trả lời."),
    "receiver_unnamed": n(
        "Kết quả trao cho tổ chức mà chưa ghi tên người nhận. Xin gọi tổ chức hỏi ai đã nhận, chức vụ gì, rồi ghi lại."
    ),
    "witness_of_the_post": n(
        "Người làm chứng điểm chỉ trùng tên với người của bưu cục. Xin gọi người dân hỏi ai đã làm chứng, và ghi lại."
    ),
    "clock_unmeasured": n(
        "Đồng hồ của máy chưa so với máy chủ trước lúc đó. Xin hỏi giờ thật, nhất là khi tính hai lần mời."
    ),
    "clock_jumped": n("Đồng hồ của máy bị chỉnh giữa chừng, nên giờ ghi chưa chắc đúng. Xin hỏi giờ thật."),
    "chain_broken": n(
        "Việc này không nối tiếp việc trước trong máy. Có thể dữ liệu trong máy bị sửa: xin giữ máy lại và báo kỹ thuật."
    ),
    "seq_reused": n("Hai việc mang cùng một số thứ tự. Xin giữ máy lại, xem hai việc nào là thật và báo kỹ thuật."),
    "unsigned": n("Việc ghi trước khi máy có khóa ký riêng, nên chưa có chữ ký của máy."),
    "unsigned_late": n(
        "Việc này cần chữ ký của máy mà không có, nên sổ chưa ghi gì. Xin hỏi bưu tá có làm việc này không, rồi ghi tay."
    ),
    "bad_signature": n(
        "Chữ ký không phải của máy này: có người ghi thay hoặc sửa. Sổ chưa ghi gì. Xin hỏi bưu tá, giữ máy và báo kỹ thuật."
    ),
    "device_revoked": n(
        "Việc này đến từ máy đã bị đăng xuất. Xin hỏi bưu tá có đúng là mình làm không trước khi coi là thật."
    ),
    "not_your_errand": n(
        "Việc này thuộc tuyến của bưu tá khác. Xin hỏi hai bưu tá ai đã đến, và phong bì đang ở trong túi ai."
    ),
    "code_not_confirmed": n("Mã nhận chưa khớp. Xin gọi người nhận hỏi đã có kết quả trong tay chưa."),
    "receiver_not_named": n(
        "Kết quả trao cho người khác với người được chỉ định trước. Xin gọi người yêu cầu hỏi có đúng ý không."
    ),
    "amended_late": n(
        "Bưu tá sửa lời ghi sau khi bưu cục đã tiếp nhận. Xin hỏi bưu tá và người dân; chưa đúng thì sửa lại ở trang yêu cầu."
    ),
    "amended_outcome": n(
        "Bưu tá đổi lý do chưa làm được. Xin xem lần đến này còn tính là một lần mời không, và lịch hẹn tới có còn đúng."
    ),
    "amended_unknown": n("Bưu tá sửa một việc chưa có trong sổ. Xin hỏi bưu tá đã sửa gì rồi ghi ở trang yêu cầu."),
    "code_tried_often": n(
        "Máy thử hơn ba mã trước khi trao. Xin gọi người nhận hỏi đã đọc mã mấy lần, và đã có kết quả trong tay chưa."
    ),
    "slot_gone": n(
        "Giờ bưu tá hẹn lại với người dân đã kín chỗ. Tin nhắn mời chọn giờ khác đã gửi; nếu chưa chọn, xin gọi."
    ),
    "plan_changed": n(
        "Kế hoạch đã đổi sau khi máy tải về. Thường không phải làm gì; xin xem thứ tự điểm còn đúng không."
    ),
    "papers_differ": n(
        "Giấy tờ ghi lại không khớp danh mục của thủ tục. Xin đối chiếu với phiếu gửi đã ký trước khi giao một cửa."
    ),
    "parcels_left": n("Còn phong bì của lượt này chưa trao. Xin hỏi bưu tá, và xem phong bì có về bưu cục không."),
    "run_unfinished": n("Chuyến khép khi còn điểm chưa có kết quả. Xin hỏi bưu tá từng điểm rồi xếp lại."),
    "pin_too_far": n("Ghim vị trí mới nằm xa địa bàn xã nên chưa đổi. Xin hỏi bưu tá lúc ghim đang đứng ở đâu."),
    "pin_in_other_unit": n(
        "Bưu tá chấm vị trí nhà ở xã khác với xã đã đặt. Xin hỏi lại người dân nhà thuộc xã nào, rồi đặt lại nếu sai."
    ),
    "pin_outside": n("Bưu tá chấm vị trí nhà ngoài xã đã đặt. Xin hỏi bưu tá và người dân nhà thuộc xã nào."),
    "bag_differs": n(
        "Phong bì trong túi lúc về không khớp sổ. Xin đếm túi cùng bưu tá, ghi tên phong bì thiếu hoặc thừa."
    ),
    "cash_differs": n(
        "Tiền mặt bưu tá đếm không khớp các giấy xác nhận thu tiền. Xin đếm lại cùng bưu tá ở trang Tiền thu."
    ),
    "purses_differ": n(
        "Bưu tá đếm đủ tổng số tiền nhưng để lẫn cước với lệ phí thu hộ. Xin đếm riêng từng khoản ở trang Tiền thu."
    ),
    "not_understood": n(
        "Máy chủ giữ nguyên việc này nhưng chưa ghi được vào sổ. Xin hỏi bưu tá rồi ghi tay, và báo kỹ thuật."
    ),
}

REJECTED: Final = n(
    "Máy chủ không đọc được việc này nên chưa ghi gì. Xin hỏi bưu tá đã làm gì ở đó rồi ghi tay; giữ máy lại cho kỹ thuật."
)
UNNAMED: Final = n("Có điều chưa rõ (%(code)s). Xin hỏi bưu tá rồi ghi lại.")

RESCUED: Final = {
    "applied": n("Đã ghi vào sổ"),
    "duplicate": n("Đã có từ trước"),
    "needs_review": n("Đã ghi, cần xem"),
    "rejected": n("Không đọc được"),
}
