"""Sentences of money over the bank: why not, and the way out; what is odd about a sum."""

from __future__ import annotations

from typing import Final

from app.domain.bank import BankOdd
from app.texts.mark import n

SENTENCES: dict[str, str] = {
    "bank_line_decided": n("Khoản tiền này đã có người xử lý. Xin mở lại trang Tiền chuyển khoản."),
    "bank_code_missing": n("Khoản tiền này không có mã của yêu cầu nào. Xin trả lại, hoặc ghi là tiền của việc khác."),
    "bank_nothing_due": n("Yêu cầu này không còn khoản nào phải trả qua chuyển khoản. Xin trả lại tiền cho người gửi."),
    "bank_too_little": n(
        "Tiền đã nhận chưa đủ %(due)s đồng cước. Xin đợi người gửi chuyển thêm, hoặc trả lại khoản này."
    ),
    "statement_amount": n("Dòng này chưa có số tiền đọc được. Xin ghi số tiền như 26.000 ở cột ghi có hoặc ghi nợ."),
    "statement_account": n(
        "Cột số tài khoản ghi “%(given)s”, không phải tài khoản nhận tiền đã khai. Nếu đó là tài khoản người chuyển, xin bỏ cột ấy."
    ),
    "statement_date": n("“%(given)s” không phải ngày giao dịch. Xin ghi như 30/11/2026 hoặc 30/11/2026 08:30."),
    "statement_reference": n("Dòng này chưa có số giao dịch của ngân hàng. Xin điền để không ghi hai lần."),
    "bank_reference_missing": n("Chưa ghi số giao dịch trả lại. Xin ghi số giao dịch ngân hàng báo khi chuyển."),
}

ODD: Final[dict[str, str]] = {
    BankOdd.NO_CODE: n("Nội dung chuyển khoản không có mã"),
    BankOdd.CODE_UNKNOWN: n("Mã trong nội dung không khớp yêu cầu nào"),
    BankOdd.SHORT: n("Thiếu so với số phải trả"),
    BankOdd.OVER: n("Thừa so với số phải trả"),
    BankOdd.PAID_ALREADY: n("Không còn khoản nào phải trả cho mã này"),
    BankOdd.CALLED_OFF: n("Lịch hẹn đã hủy trước khi tiền đến"),
    BankOdd.OTHER_ACCOUNT: n("Tiền vào tài khoản khác với tài khoản đã khai"),
    "called_off_later": n("Đã trả tiền, sau đó lịch hẹn bị hủy"),
}
