"""What people call the members of our enums: "bưu tá", not "courier"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.domain.custody import Holder
from app.domain.errand import ErrandState, ProofKind
from app.domain.parcel import PaperForm, PaperState, ParcelPurpose
from app.texts.mark import n

NAMES: Final[Mapping[type, Mapping[Any, str]]] = {
    Holder: {
        Holder.CITIZEN: n("người dân"),
        Holder.COURIER: n("bưu tá"),
        Holder.OFFICE_SAFE: n("bưu cục"),
        Holder.BAG: n("túi thư"),
        Holder.DESK: n("bộ phận một cửa"),
        Holder.CARRIER: n("đơn vị vận chuyển"),
        Holder.LOST: n("đã báo mất"),
    },
    ErrandState: {
        ErrandState.REQUESTED: n("đã yêu cầu"),
        ErrandState.SCHEDULED: n("đã hẹn"),
        ErrandState.PLANNED: n("đã xếp tuyến"),
        ErrandState.UNDER_WAY: n("đang thực hiện"),
        ErrandState.DONE: n("đã xong"),
        ErrandState.FAILED: n("chưa thành công"),
        ErrandState.HELD: n("đang giữ tại bưu cục"),
        ErrandState.RETURNED: n("đã trả lại bộ phận một cửa"),
        ErrandState.CANCELLED: n("đã hủy"),
    },
    ProofKind: {
        ProofKind.CODE: n("mã nhận qua tin nhắn"),
        ProofKind.SLIP: n("mã in trên phiếu"),
        ProofKind.ID_CHECK: n("đối chiếu giấy tờ"),
    },
    PaperForm: {
        PaperForm.ORIGINAL: n("bản chính"),
        PaperForm.CERTIFIED: n("bản sao chứng thực"),
        PaperForm.COPY: n("bản chụp"),
    },
    PaperState: {
        PaperState.IN_PARCEL: n("trong phong bì"),
        PaperState.TAKEN_OUT: n("đã lấy ra"),
        PaperState.RETURNED: n("đã trả lại"),
        PaperState.MISSING: n("thiếu"),
    },
    ParcelPurpose: {
        ParcelPurpose.DOSSIER: n("hồ sơ gửi đi"),
        ParcelPurpose.RESULT: n("kết quả"),
        ParcelPurpose.PAPERS_DUE: n("bản chính phải nộp"),
        ParcelPurpose.SUPPLEMENT: n("giấy tờ bổ sung"),
        ParcelPurpose.GIVE_BACK: n("giấy tờ trả lại"),
        ParcelPurpose.TRANSFER: n("hồ sơ luân chuyển"),
    },
}
