"""Sentences of cash at the counter: why not, and the way out; the words of reasons and of whoever was paid."""

from __future__ import annotations

from typing import Final

from app.domain.cash import CashReason, PaidTo, Purse, Signed
from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "cash_amount": n("Số tiền chưa đúng. Xin ghi bằng chữ số, ví dụ 1250000; không có thì ghi 0."),
    "cash_reason_missing": n("Tiền đếm được khác với giấy thu, hoặc đang sửa lần trước. Xin chọn lý do."),
    "cash_side_missing": n("Bưu tá chưa ghi số tiền này trên máy. Xin để bưu tá ký bằng điện thoại của mình."),
    "not_this_courier": n("Tài khoản này không phải của %(courier)s. Xin để đúng người nộp tiền xác nhận."),
    "cash_corrected_already": n("Lần nộp này đã được sửa rồi. Xin mở lại trang Tiền thu để xem bản mới nhất."),
    "slip_missing": n("Chưa ghi số chứng từ nộp lệ phí. Xin ghi số trên giấy nơi nhận đưa lại."),
    "fees_not_here": n(
        "Bưu cục chỉ đang giữ %(held)s đồng lệ phí thu hộ. Xin ghi các lần bưu tá nộp tiền trước, rồi ghi lần nộp này."
    ),
}

PURSES: Final[dict[str, str]] = {
    Purse.POSTAGE: n("Cước"),
    Purse.STATE_FEE: n("Lệ phí thu hộ"),
}

REASONS: Final[dict[str, str]] = {
    CashReason.RECEIPT_TO_COME: n("Có giấy thu điện thoại chưa gửi về"),
    CashReason.TAKEN_TWICE: n("Một lần thu ghi hai giấy"),
    CashReason.SHORT: n("Thiếu tiền, bưu tá nộp bù sau"),
    CashReason.OVER: n("Thừa tiền, chưa rõ của ai"),
    CashReason.WRONG_COUNT: n("Lần trước đếm hoặc ghi sai"),
    CashReason.WRONG_DAY: n("Lần trước ghi nhầm ngày"),
}

SIGNED: Final[dict[str, str]] = {
    Signed.ON_PHONE: n("Đã ghi trên điện thoại"),
    Signed.BY_KEY: n("Ký bằng điện thoại"),
    Signed.ON_SCREEN: n("Bằng mật khẩu, tại quầy"),
    Signed.ONE_PERSON: n("Tự nộp, tự nhận"),
}

PAID_TO: Final[dict[str, str]] = {
    PaidTo.DESK: n("Bộ phận một cửa"),
    PaidTo.TREASURY: n("Kho bạc"),
}
