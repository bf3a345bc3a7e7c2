"""Who takes a result and what proves it: read from the same fields at the door and at the counter."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, request

from app.domain.commands import DeliverResult
from app.domain.wording import tidy
from app.models import Attempt
from app.services.visits import delivery
from app.web.i18n import gettext as _
from app.web.session import now


def read_delivery(
    errand_id: UUID, by: str, *, courier_id: int | None = None, office_id: int | None = None
) -> DeliverResult:
    form = request.form
    return DeliverResult(
        errand_id=errand_id,
        receiver_name=form.get("receiver_name", ""),
        receiver_relation=form.get("receiver_relation", ""),
        receiver_role=tidy(form.get("receiver_role"), delivery.NAME_AT_MOST),
        id_kind=form.get("id_kind", ""),
        id_last4=form.get("id_last4", ""),
        code=form.get("code", "").replace(" ", "") or None,
        seal_whole=form.get("seal_whole") == "1",
        courier_id=courier_id,
        office_id=office_id,
        operation_id=form.get("operation") or str(uuid4()),
        occurred_at=now(),
        now=now(),
        by=by,
    )


def say_delivered(attempt: Attempt) -> None:
    if attempt.evidence["proof"] == delivery.CODE_NOT_CONFIRMED:
        flash(_("Đã trả kết quả, nhưng mã nhận chưa khớp: bưu cục sẽ gọi lại cho người dân để xác nhận."), "wait")
    else:
        flash(_("Đã trả kết quả."), "good")
