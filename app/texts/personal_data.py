"""The table of personal data in words: for the public notice, the export of a person and the page of an erasure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.personal_data import AtTheEnd, Basis, Holds, KeepingRule, Since
from app.texts.mark import n

HOLDS: Final[Mapping[Holds, str]] = {
    Holds.NAME: n("họ tên"),
    Holds.TELEPHONE: n("số điện thoại"),
    Holds.EMAIL: n("địa chỉ thư điện tử"),
    Holds.ADDRESS: n("địa chỉ"),
    Holds.POSITION: n("vị trí"),
    Holds.TONGUE: n("tiếng nói trong nhà"),
    Holds.WORDS: n("lời ghi"),
    Holds.MESSAGE: n("nội dung tin nhắn"),
    Holds.RECEIVER: n("người nhận, chữ ký, danh mục đã ký"),
    Holds.PICTURE: n("ảnh và chữ ký"),
    Holds.ANSWER: n("câu trả lời đã gửi cho điện thoại hoặc đối tác"),
    Holds.WIRE: n("nguyên văn thông điệp của hệ thống ngoài"),
    Holds.IDENTIFIER: n("mã định danh"),
    Holds.CODE: n("mã xác nhận (đã băm)"),
    Holds.DEEDS: n("nhật ký ai xem, ai sửa"),
    Holds.VOUCHER: n("chứng từ thu tiền"),
    Holds.BROWSER: n("trình duyệt được phép báo tin"),
}
PURPOSES: Final[Mapping[str, str]] = {
    "person": n(
        "Họ tên, số điện thoại, địa chỉ thư điện tử, địa chỉ, vị trí nhà, tiếng nói trong nhà, người giúp: để tìm được "
        "nhà, liên hệ, nói chuyện được và trao đúng người."
    ),
    "message": n("Tin nhắn và số máy nhận: để báo lịch đến và để biết đã báo hay chưa."),
    "wish": n("Số điện thoại xin gọi lại để đặt lịch: để bưu cục gọi; gọi xong thì xóa ngay."),
    "browser": n("Trình duyệt mà ông/bà cho phép báo tin: để báo có tin mới; không chứa tên hay hồ sơ."),
    "incident": n("Ghi chép sự cố: để giải quyết khi giấy tờ mất, hỏng; quá 24 tháng thì xóa tên người trong đó."),
    "note": n("Lời ghi của nhân viên khi xem xét việc chưa khớp: để biết đã xử lý thế nào."),
    "position": n(
        "Vị trí điện thoại bưu tá lúc giao nhận: để chứng minh đã đến nhà, và biết vật mốc mà từ ba nhà trở lên cùng chỉ ở đâu."
    ),
    "photo": n("Ảnh khi giao nhận: để chứng minh phong bì còn nguyên niêm phong."),
    "faulty_paper": n("Ảnh giấy tờ có lỗi, khi ông/bà đồng ý: để bộ phận một cửa xem trước."),
    "receiver": n("Chữ ký, tên người nhận, danh mục giấy tờ đã ký: để chứng minh đã trao đúng người."),
    "code": n("Mã xác nhận: dùng được 15 phút hoặc đến hết ngày giao; sau đó chỉ còn bản băm."),
    "sign_in": n("Mã đăng nhập (đã băm)."),
    "answer": n("Câu trả lời đã gửi: để lần hỏi lại nhận đúng câu trả lời cũ."),
    "unsettled": n("Thao tác của bưu tá chờ người xem, còn niêm phong."),
    "wire": n("Nguyên văn thông điệp của hệ thống một cửa và đơn vị vận chuyển: để sửa khi hai bên hiểu khác nhau."),
    "audit": n("Nhật ký ai đã xem, đã sửa dữ liệu của ai; chỉ có mã, không có tên."),
    "staff": n("Họ tên nhân viên: để biết ai đã giữ giấy tờ."),
    "staff_contact": n("Số điện thoại và tài khoản đăng nhập của nhân viên, số của người phiên dịch."),
    "voucher": n("Giấy xác nhận thu tiền, cước, lệ phí: chứng từ kế toán, không ghi tên."),
    "chain": n(
        "Chuỗi giao nhận, mã hồ sơ: làm chứng ai đã giữ giấy tờ lúc nào; chỉ có mã và giá trị băm, không có tên ai."
    ),
}
BASES: Final[Mapping[Basis, str]] = {
    Basis.CONSENT: n("Sự đồng ý của ông/bà khi đặt lịch (Luật 91/2025/QH15)"),
    Basis.POSTAL: n("Nghĩa vụ giao nhận và bồi thường theo Luật Bưu chính"),
    Basis.CUSTODY: n("Chứng minh việc giao nhận bản chính, theo Luật Bưu chính"),
    Basis.ACCOUNTING: n("Luật Kế toán"),
    Basis.ACCOUNTABILITY: n("Trách nhiệm giải trình khi xử lý dữ liệu cá nhân (Luật 91/2025/QH15)"),
    Basis.EMPLOYMENT: n("Quan hệ lao động, và chứng minh ai đã giữ giấy tờ"),
    Basis.SECURITY: n("An toàn của việc đăng nhập và trao nhận"),
}
SINCE: Final[Mapping[Since, str]] = {
    Since.PERSON_CLOSED: n("từ khi yêu cầu cuối cùng xong"),
    Since.ERRAND_CLOSED: n("từ khi xong lượt đến nhà"),
    Since.WRITTEN: n("từ khi ghi"),
    Since.CODE_OVER: n("từ khi mã hết hạn"),
    Since.ACCOUNT_CLOSED: n("từ khi tài khoản đóng"),
}
ENDS: Final[Mapping[AtTheEnd, str]] = {
    AtTheEnd.EMPTIED: n("để trống"),
    AtTheEnd.DELETED: n("xóa hẳn"),
    AtTheEnd.COARSENED: n("thay bằng điểm chung của xã, phường"),
    AtTheEnd.KEPT: n("giữ theo luật"),
}
MATCHES: Final[Mapping[str, str]] = {
    "phone": n("số điện thoại"),
    "name": n("họ tên"),
    "address": n("địa chỉ"),
    "helper_phone": n("số của người giúp"),
    "helper_name": n("tên người giúp"),
}
TEXTS: Final[Mapping[str, str]] = {
    "place.landmark": n("Vật mốc gần nhà"),
    "errand.close_reason": n("Lý do hủy lượt đến"),
    "refusal.reason": n("Lý do từ chối hồ sơ hoặc yêu cầu bổ sung"),
    "refusal.legal_basis": n("Căn cứ pháp lý của việc ấy"),
    "dossier.result_title": n("Tên kết quả"),
    "incident.note": n("Ghi chép sự cố"),
    "incident.resolution": n("Kết luận sự cố"),
    "operation.look_note": n("Lời ghi khi xem việc chưa khớp"),
    "stray_scan.note": n("Lời ghi về phong bì lạ"),
    "complaint.said": n("Lời khiếu nại"),
    "complaint.answer": n("Câu trả lời khiếu nại"),
    "paper_case_step.note": n("Ghi chép khi giải quyết giấy tờ mất, hỏng"),
    "device.revoke_reason": n("Lý do thu hồi điện thoại"),
}
LOG_HEAD: Final[Mapping[str, str]] = {
    "at": n("Lúc"),
    "actor": n("Tài khoản"),
    "name": n("Họ tên"),
    "action": n("Việc"),
    "object_kind": n("Loại đối tượng"),
    "object_id": n("Mã đối tượng"),
    "reference": n("Mã yêu cầu"),
}
FOR_EVER: Final = n("không thời hạn")
DAYS: Final = n("%(days)s ngày")
MONTHS: Final = n("%(months)s tháng")
YEARS: Final = n("%(years)s năm")
YEAR, MONTH = 365, 30
MONTHS_FROM: Final = 360  # days; what is shorter is said in days


def period(rule: KeepingRule) -> tuple[str, Mapping[str, int]]:
    """The sentence of how long, and its number: a citizen reads 24 months, not 731 days."""
    if rule.days is None:
        return FOR_EVER, {}
    if rule.days >= 3 * YEAR and rule.days % YEAR <= rule.days // (4 * YEAR) + 1:
        return YEARS, {"years": rule.days // YEAR}
    if rule.days >= MONTHS_FROM and rule.days % YEAR <= 1:
        return MONTHS, {"months": rule.days // YEAR * 12}
    return DAYS, {"days": rule.days}


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One rule, as a citizen reads it."""

    purpose: str
    period: str
    since: str
    basis: str


def notice(rules: Mapping[str, KeepingRule], language: str) -> list[NoticeLine]:
    """The public notice; what concerns our staff alone is left out."""
    from app.texts import say  # noqa: PLC0415 (which reads the sentences of this module)

    lines = []
    for rule in rules.values():
        sentence, number = period(rule)
        since = say(SINCE[rule.since], language) if rule.days is not None else ""
        line = NoticeLine(
            say(PURPOSES[rule.key], language),
            say(sentence, language, **number),
            since,
            say(BASES[rule.basis], language),
        )
        lines += [line] if rule.public else []
    return lines


SENTENCES: Final = {
    "period_malformed": n(
        "TANNHA_KEEP có phần “%(given)s” không đọc được: viết tên thời hạn và số ngày, như message=60; nhật ký không ngắn hơn 5 năm."
    ),
    "legal_basis_names_person": n(
        "Căn cứ được lưu lại nhiều năm: xin không ghi tên hay số điện thoại của người được xóa, chỉ ghi số đơn."
    ),
    "erasure_needs_choice": n("Chưa chọn người nào để xóa."),
    "helper_still_needed": n(
        "Yêu cầu %(reference)s còn việc đang làm và liên hệ qua người giúp này: xin đợi xong, hoặc đổi người liên hệ trước."
    ),
    "text_redaction_missing": n("Xin ghi lại phần lời còn giữ, hoặc chọn xóa hẳn."),
    "text_unknown": n("Lời ghi này không thuộc về người được xóa."),
    "time_span_malformed": n("Xin ghi ngày bắt đầu và ngày kết thúc, ngày sau không trước ngày trước."),
    "log_too_long": n("Khoảng này có hơn %(most)s dòng: xin chọn khoảng ngắn hơn hoặc chọn một yêu cầu."),
}
