"""Who may receive the result instead. It opens with the code to the telephone: a link alone names nobody."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.named_receiver import NameReceiver
from app.domain.wording import tidy
from app.queries.tracking import requests
from app.services.booking import receivers
from app.texts.proof import RELATIONS
from app.web.auth import citizen, current_citizen_phone
from app.web.citizens.blueprint import bp
from app.web.errors import by_field, status_of
from app.web.i18n import gettext as _
from app.web.session import now, transaction
from app.web.whom_to_call import told

CHOICES = ("family", "authorised")


@bp.route("/yeu-cau/<reference>/nguoi-nhan", methods=["GET", "POST"])
@citizen
def receiver_page(reference: str) -> ResponseReturnValue:
    refusal = _save(reference) if request.method == "POST" else None
    with transaction() as session:
        row = requests.by_phone_and_code(session, current_citizen_phone(), reference)
        back = url_for("citizens.tracking_page", token=row.tracking_token)
        named, own = row.receiver, receivers.may_name_from(row, current_citizen_phone())
        may_name = own and receivers.may_name(session, row.id)
        kept = {"name": named.name, "relation": named.relation} if named is not None else {}
    if not may_name:
        flash(told(refusal or DomainError("receiver_not_changeable" if own else "receiver_by_applicant")), "wait")
    if not may_name or (request.method == "POST" and refusal is None):
        return redirect(back, 303)
    page = render_template(
        "citizens/receiver.html",
        row=row, back=back, named=bool(kept), shown=request.form if refusal else kept,
        errors=by_field(refusal) if refusal else {},
        relations=[{"value": one, "label": _(RELATIONS[one])} for one in CHOICES],
    )  # fmt: skip
    return page, status_of(refusal) if refusal else 200


def _save(reference: str) -> DomainError | None:
    """None: it stands as the form says."""
    form = request.form
    try:
        with transaction() as session:
            row = requests.by_phone_and_code(session, current_citizen_phone(), reference)
            receivers.check_from(row, current_citizen_phone())
            by = f"citizen:{row.id}"
            if form.get("turn") == "off":
                receivers.unname_receiver(session, row.id, by, now())
                said = _("Đã bỏ. Chỉ ông/bà nhận.")
            else:
                last4 = form.get("id_last4", "").strip().upper()
                given = (tidy(form.get("name", "")), form.get("relation", ""), last4)
                receivers.name_receiver(session, NameReceiver(row.id, *given, by=by, now=now()))
                said = _("Đã ghi người nhận thay. Bưu tá thấy tên trên máy.")
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return refusal
    flash(said, "good")
    return None
