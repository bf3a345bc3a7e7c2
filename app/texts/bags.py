"""Sentences of bags, confirmations, incidents, unknown envelopes and the day's book: why not, and the way out."""

from __future__ import annotations

from typing import Final

from app.domain.day_book import CloseReason, ReopenReason
from app.domain.incident import IncidentKind, Verdict
from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "seal_not_looked_at": n("Chưa ghi niêm phong của túi còn nguyên hay không. Xin xem dây niêm phong rồi chọn."),
    "bag_place_unknown": n("Chưa rõ túi gửi đến đâu. Xin chọn một bưu cục hoặc bộ phận một cửa."),
    "bag_place_many": n("Có %(n)s nơi mang tên như vậy: %(some)s… Xin gõ rõ hơn hoặc chọn trong danh sách."),
    "bag_to_itself": n("Túi không thể gửi cho chính nơi đang đóng. Xin chọn nơi đến khác."),
    "bag_unknown": n("Không có túi mang mã này. Xin quét lại mã trên bản kê."),
    "bag_for_others": n("Túi %(bag)s gửi cho nơi khác nên không mở ở đây. Xin giữ nguyên niêm phong và chuyển tiếp."),
    "not_in_bag": n(
        "Bưu gửi %(parcel)s không có trong bản kê của túi %(bag)s. Xin bỏ mã này ra, mở túi xong rồi ghi nhận riêng ở trang Giao nhận."
    ),
    "event_not_asked": n("Không có lần giao nhận này. Xin tải lại trang để xem danh sách mới nhất."),
    "not_your_side": n("Lần giao nhận này không thuộc nơi đang làm việc. Xin để đúng bên nhận hoặc bên giao xác nhận."),
    "unknown_only_from_courier": n(
        "Chỉ nhận phong bì chưa có dữ liệu khi bưu tá giao cho bưu cục. Xin bỏ dấu ở ô này hoặc chọn lại chiều giao nhận."
    ),
    "day_ahead": n("Ngày %(day)s chưa đến nên chưa ký sổ được."),
    "manager_signs": n(
        "Sổ còn %(open)s điểm chưa về, chưa khớp hoặc chưa khép, nên chỉ trưởng bưu cục ký được. Xin xử lý từng điểm được nêu, hoặc mời trưởng bưu cục ký."
    ),
    "close_reason_missing": n("Cần nêu lý do; lý do được giữ mãi trong sổ. Xin chọn một lý do."),
    "manager_reopens": n("Chỉ trưởng bưu cục mở lại được sổ đã ký. Xin mời trưởng bưu cục."),
    "day_not_signed": n("Sổ này chưa ký hoặc đã được mở lại. Xin tải lại trang."),
    "safe_unscanned": n(
        "Sổ ghi còn %(n)s phong bì trong tủ chưa được quét: %(parcels)s. Xin tìm lại; vẫn không có thì đánh dấu ô bên dưới rồi ghi."
    ),
    "stray_unknown": n("Không có phong bì chưa rõ nào như vậy. Xin tải lại trang."),
    "incident_unknown": n("Không có sự cố này. Xin mở lại từ danh sách."),
    "incident_kind_missing": n("Chưa chọn sự cố gì. Xin chọn một loại."),
    "parcel_not_here": n("Bưu gửi %(parcel)s không qua bưu cục này. Xin kiểm tra lại mã trên nhãn."),
    "resolution_missing": n("Cần ghi sự việc đã được giải quyết ra sao. Xin ghi một hai câu."),
}

INCIDENTS: Final[dict[str, str]] = {
    IncidentKind.SEAL_BROKEN: n("Niêm phong không còn nguyên"),
    IncidentKind.LOST: n("Không tìm thấy phong bì"),
    IncidentKind.DAMAGED: n("Phong bì hư hỏng"),
    IncidentKind.MISSING_FROM_BAG: n("Thiếu trong túi"),
    IncidentKind.HANDOVER_DENIED: n("Hai bên nói khác nhau về giao nhận"),
    IncidentKind.WRONG_DOOR: n("Phong bì đã trao nhầm nhà"),
    IncidentKind.MISSING_AT_COUNT: n("Kiểm tủ không thấy"),
    IncidentKind.PAPERS_SHORT: n("Thiếu giấy tờ sau khi luân chuyển"),
    IncidentKind.NOT_RECEIVED: n("Người dân báo chưa nhận được"),
}

VERDICTS: Final[dict[str, str]] = {
    Verdict.STAYS: n("Phong bì vẫn ở nơi đang ghi"),
    Verdict.FOUND: n("Đã tìm thấy, đang ở tủ giữ của bưu cục"),
    Verdict.LOST: n("Coi như đã mất"),
}

MANIFEST: Final = {
    "title": n("Bản kê túi thư"),
    "bag": n("Mã túi"),
    "seal": n("Niêm phong túi"),
    "from": n("Nơi gửi"),
    "to": n("Nơi nhận"),
    "closed_at": n("Đóng túi lúc"),
    "count": n("Số phong bì"),
    "line": n("STT"),
    "parcel": n("Mã bưu gửi"),
    "what": n("Bên trong"),
    "parcel_seal": n("Niêm phong phong bì"),
    "found": n("Có"),
    "statement": n(
        "Hai người cùng đếm và niêm phong túi. Nơi nhận xem niêm phong trước khi mở, quét từng phong bì; "
        "thiếu hoặc thừa thì ghi ngay trước mặt người đưa túi."
    ),
    "closer": n("Người đóng túi"),
    "closing_witness": n("Người cùng đóng"),
    "opener": n("Người mở túi"),
    "opening_witness": n("Người cùng mở"),
    "sign_hint": n("(ký, ghi rõ họ tên)"),
    "page": n("Trang"),
}

FAULTS: Final[dict[str, str]] = {
    "register": n("Sổ và chuỗi giao nhận ghi hai nơi khác nhau"),
    "gap": n("Chuỗi giao nhận bị hở"),
    "unanswered": n("Một bên báo đã giao nhận, bên kia chưa trả lời"),
    "papers": n("Một cửa đếm thiếu giấy tờ so với phiếu đã ký"),
    "stray": n("Đã quét nhưng chưa có trong sổ"),
    "claim": n("Có tin báo, chưa xác nhận"),
    "round": n("Tuyến chưa về"),
    "bag": n("Đang trong túi bưu tá"),
    "phone": n("Điện thoại còn nợ dữ liệu"),
    "count": n("Chưa kiểm tủ theo yêu cầu"),
    "no_cash": n("Chưa nộp tiền của giấy thu này"),
    "difference": n("Tiền nộp lệch với giấy thu (đồng)"),
    "taken_twice": n("Thu hơn một lần ở cùng một điểm"),
    "taken_over": n("Thu quá mức đã báo trước"),
}

CLOSE_REASONS: Final[dict[str, str]] = {
    CloseReason.ROUND_LATE: n("Chuyến về muộn, đã liên lạc được với bưu tá"),
    CloseReason.PHONE_SILENT: n("Điện thoại hỏng hoặc mất, chưa gửi được dữ liệu"),
    CloseReason.LOOKED_INTO: n("Chỗ chưa khớp đã có người đang tìm"),
    CloseReason.OFFICE_SHUTS: n("Bưu cục phải đóng cửa sớm (mưa lũ, mất điện)"),
}

REOPEN_REASONS: Final[dict[str, str]] = {
    ReopenReason.LATE_FACTS: n("Dữ liệu đến sau khi ký"),
    ReopenReason.WRONG_COUNT: n("Đếm hoặc ghi sai"),
    ReopenReason.SIGNED_EARLY: n("Ký khi chưa xong việc"),
}

CASH: Final[dict[str, str]] = {
    "postage": n("Cước"),
    "state_fee": n("Lệ phí nhà nước"),
    "remittance": n("Phí chuyển tiền"),
}
