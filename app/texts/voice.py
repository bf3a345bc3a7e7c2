"""The voice of the citizen: surveys of visits, complaints, and the cases of lost or damaged papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.complaint import ComplaintKind, ComplaintRoute
from app.domain.paper_case import CaseStep, FaultSide
from app.domain.survey import SurveyAnswer, SurveyReason, VoiceRoad
from app.texts.mark import n

ANSWERS: Final[Mapping[SurveyAnswer, str]] = {
    SurveyAnswer.GOOD: n("Tốt"),
    SurveyAnswer.FAIR: n("Tạm được"),
    SurveyAnswer.POOR: n("Chưa tốt"),
}
REASONS: Final[Mapping[SurveyReason, str]] = {
    SurveyReason.LATE: n("Đến muộn"),
    SurveyReason.NOBODY_CAME: n("Hẹn mà không đến"),
    SurveyReason.MANNER: n("Thái độ chưa đúng mực"),
    SurveyReason.PAPERS: n("Đòi thêm hoặc đếm sai giấy tờ"),
    SurveyReason.MONEY: n("Tiền thu chưa rõ"),
    SurveyReason.OTHER: n("Lý do khác"),
}
ROADS: Final[Mapping[VoiceRoad, str]] = {
    VoiceRoad.WEB: n("Trên trang theo dõi"),
    VoiceRoad.TELEPHONE: n("Qua điện thoại"),
    VoiceRoad.COUNTER: n("Tại quầy"),
    VoiceRoad.PAPER: n("Bằng giấy"),
}
KINDS: Final[Mapping[ComplaintKind, str]] = {
    ComplaintKind.LOSS: n("Mất giấy tờ"),
    ComplaintKind.DAMAGE: n("Giấy tờ hư hỏng"),
    ComplaintKind.DELAY: n("Bưu điện đến muộn, giao chậm"),
    ComplaintKind.MANNER: n("Cách phục vụ của bưu điện"),
    ComplaintKind.PRICE: n("Tiền cước"),
    ComplaintKind.DESK: n("Cách phục vụ của bộ phận một cửa"),
}
ROUTES: Final[Mapping[ComplaintRoute, str]] = {
    ComplaintRoute.DESK: n("Bộ phận một cửa có thẩm quyền"),
    ComplaintRoute.PORTAL: n("Mục phản ánh, kiến nghị của Cổng Dịch vụ công quốc gia"),
}
ROUTED: Final[Mapping[ComplaintRoute, str]] = {
    ComplaintRoute.DESK: n("Đã chuyển cho bộ phận một cửa có thẩm quyền"),
    ComplaintRoute.PORTAL: n("Đã chuyển lên mục phản ánh, kiến nghị của Cổng Dịch vụ công quốc gia"),
}
DOING: Final[Mapping[CaseStep, str]] = {
    CaseStep.SEARCHED: n("Tìm ở nơi giữ sau cùng"),
    CaseStep.CALLED: n("Gọi cho người dân"),
    CaseStep.RECORDED: n("Ký biên bản"),
    CaseStep.AGENCY_TOLD: n("Báo cơ quan đã cấp giấy tờ"),
    CaseStep.REISSUED: n("Lấy giấy tờ cấp lại, bên có lỗi trả tiền"),
    CaseStep.DECIDED: n("Quyết định mức bồi thường"),
    CaseStep.AGREED: n("Người thứ hai đồng ý mức bồi thường"),
    CaseStep.PAID: n("Trả tiền bồi thường"),
    CaseStep.NOT_LOST: n("Đã xác minh giấy tờ không mất"),
}
CASE_STEPS: Final[Mapping[CaseStep, str]] = {
    CaseStep.SEARCHED: n("Bưu điện đã tìm phong bì %(parcel)s ở nơi giữ sau cùng"),
    CaseStep.CALLED: n("Bưu điện đã gọi cho ông/bà về phong bì %(parcel)s"),
    CaseStep.RECORDED: n("Đã ký biên bản về phong bì %(parcel)s"),
    CaseStep.AGENCY_TOLD: n("Đã báo cơ quan cấp giấy tờ để xin cấp lại"),
    CaseStep.REISSUED: n("Đã lấy giấy tờ cấp lại, ông/bà không phải trả tiền"),
    CaseStep.DECIDED: n("Đã tính mức bồi thường, chờ người thứ hai đồng ý"),
    CaseStep.AGREED: n("Bồi thường %(amount)s đồng, trả chậm nhất ngày %(until)s"),
    CaseStep.PAID: n("Đã trả tiền bồi thường"),
    CaseStep.NOT_LOST: n("Đã xác minh: phong bì %(parcel)s không mất"),
}
NO_FAULT: Final = n("Không có bồi thường vì bất khả kháng")
NOTHING_PAID: Final = n("Không có tiền bồi thường")
CASE_OPENED: Final = n("Phong bì %(parcel)s có sự cố. Bưu điện sẽ gọi cho ông/bà trước %(until)s")
FAULTS: Final[Mapping[FaultSide, str]] = {
    FaultSide.POST: n("Bưu điện"),
    FaultSide.DESK: n("Bộ phận một cửa"),
    FaultSide.CARRIER: n("Đơn vị vận chuyển"),
    FaultSide.NOBODY: n("Bất khả kháng"),
}
RECORD: Final[Mapping[str, str]] = {
    "title": n("Biên bản giấy tờ bị mất, hư hỏng"),
    "parcel": n("Mã bưu gửi"),
    "reference": n("Mã yêu cầu"),
    "office": n("Bưu cục lập biên bản"),
    "opened": n("Phát hiện lúc"),
    "what": n("Sự việc"),
    "holder": n("Nơi giữ sau cùng theo sổ giao nhận"),
    "papers": n("Giấy tờ trong phong bì"),
    "found": n("Kết quả tìm và xác minh"),
    "fault": n("Bên có lỗi"),
    "law": n("Bên có lỗi lấy lại giấy tờ và trả chi phí cấp lại. Tiền bồi thường trả chậm nhất ngày %(until)s."),
    "post": n("Đại diện bưu điện"),
    "citizen": n("Người gửi, người nhận"),
    "witness": n("Người làm chứng"),
    "sign_hint": n("ký, ghi rõ họ tên"),
}
SENTENCES: dict[str, str] = {
    "survey_without_visit": n("Chưa có lượt đến nhà nào để đánh giá."),
    "survey_reason_of_good": n("Lượt đến được chấm tốt thì không cần chọn lý do."),
    "survey_answer_missing": n("Xin chọn một câu trả lời."),
    "complaint_kind_missing": n("Xin chọn điều ông/bà muốn nói."),
    "complaint_road_missing": n("Xin chọn người dân nói bằng cách nào."),
    "complaint_route_missing": n("Xin chọn nơi chuyển đến."),
    "complaint_empty": n("Xin kể ngắn gọn chuyện đã xảy ra."),
    "complaints_open": n("Yêu cầu này đang có các đơn %(numbers)s chờ trả lời. Xin gọi bưu cục nếu muốn nói thêm."),
    "complaint_answered": n("Đơn %(number)s đã được trả lời. Xin tải lại trang."),
    "complaint_answer_missing": n("Chưa có câu trả lời. Xin viết câu trả lời trước."),
    "complaint_answer_changed": n("Câu trả lời vừa được sửa. Xin đọc lại rồi ký."),
    "complaint_is_ours": n("Đơn này nói về bưu điện nên bưu điện trả lời, không chuyển đi nơi khác."),
    "complaint_not_passed_on": n("Đơn về bộ phận một cửa phải chuyển đi trước, rồi mới ghi câu trả lời nhận được."),
    "answered_alone": n("Người viết câu trả lời không tự ký. Xin nhờ người khác ký."),
    "answered_by_complained_of": n("Người hoặc bưu cục bị khiếu nại không được ký trả lời. Xin nhờ điều phối viên ký."),
    "case_step_missing": n("Xin chọn việc vừa làm xong."),
    "case_step_early": n("Việc này chưa làm được vì một việc trước đó chưa xong. Xin xem lại danh sách."),
    "case_step_done": n("Việc này đã ghi rồi. Xin tải lại trang."),
    "case_one_hand": n("Người quyết định mức bồi thường không tự đồng ý. Xin nhờ người thứ hai."),
    "case_note_missing": n("Xin ghi ngắn gọn: tìm ở đâu, ai nghe máy, số biên bản hoặc số phiếu chi."),
    "case_fault_missing": n("Xin chọn bên có lỗi theo biên bản."),
    "case_amount_low": n("Mức bồi thường thấp nhất là %(least)s đồng. Xin ghi lại số tiền."),
}
