"""What proves a visit, in words: what a file shows, who took the result, what the code came to."""

from __future__ import annotations

from typing import Final

from app.domain.amendment import AmendableField
from app.domain.named_receiver import WordProof
from app.domain.operation import FileKind
from app.texts.mark import n

FILES: Final = {
    FileKind.ENVELOPE: n("Ảnh phong bì"),
    FileKind.GATE: n("Ảnh cổng nhà"),
    FileKind.PLACE: n("Ảnh tại chỗ"),
    FileKind.SEAL: n("Ảnh niêm phong"),
    FileKind.SEAL_OTHER_SIDE: n("Ảnh niêm phong, mặt kia"),
    FileKind.FAULTY_PAPER: n("Ảnh giấy tờ chưa đúng"),
    FileKind.RESULT_ERROR: n("Ảnh chỗ sai trên kết quả"),
    FileKind.CITIZEN_SIGNATURE: n("Chữ ký hoặc điểm chỉ của người dân"),
    FileKind.COURIER_SIGNATURE: n("Chữ ký bưu tá"),
    FileKind.WITNESS_SIGNATURE: n("Chữ ký người làm chứng"),
}

RELATIONS: Final = {
    "self": n("chính chủ"),
    "family": n("người nhà"),
    "authorised": n("người được ủy quyền"),
}

WORD_PROOFS: Final = {
    WordProof.CALLED_BACK: n("Đã gọi lại số đã ghi trong yêu cầu"),
    WordProof.IDENTITY_SHOWN: n("Người yêu cầu đến quầy, đã xem giấy tờ tùy thân"),
}

AMENDED: Final = {
    AmendableField.RECEIVER_NAME: n("Họ tên người nhận"),
    AmendableField.RECEIVER_RELATION: n("Người nhận là"),
    AmendableField.ID_KIND: n("Giấy tờ tùy thân đã xem"),
    AmendableField.ID_LAST4: n("4 số cuối của giấy tờ"),
    AmendableField.OUTCOME: n("Lý do"),
    AmendableField.NOTE: n("Ghi chú"),
}

CODES: Final = {
    "code_confirmed": n("Mã nhận khớp"),
    "code_not_confirmed": n("Mã nhận chưa khớp"),
    "id_checked": n("Đã xem giấy tờ của người nhận"),
}
