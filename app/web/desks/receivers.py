"""Who may receive a result instead, named on the citizen's word by telephone or at the counter, as the citizen's own page does."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.named_receiver import NameReceiver, WordProof
from app.domain.wording import tidy
from app.services.booking import receivers
from app.texts.proof import RELATIONS, WORD_PROOFS
from app.web.auth import staff_actor
from app.web.coordinators.requests import seen_request
from app.web.desks.blueprint import COORDINATION, COUNTER, opened_from
from app.web.errors import by_field, status_of
from app.web.i18n import gettext as _
from app.web.picking import picked
from app.web.session import now, transaction

CHOICES = ("family", "authorised")


@opened_from("GET", "/nguoi-nhan-thay/", COUNTER, COORDINATION)
def receiver_for_citizen() -> ResponseReturnValue:
    return _page({"reference": request.args.get("ma", "")}, {})


@opened_from("POST", "/nguoi-nhan-thay/", COUNTER, COORDINATION)
def name_for_citizen() -> ResponseReturnValue:
    form = request.form
    try:
        proof = picked(WordProof, "word_proof", "word_proof_missing")
        with transaction() as session:
            row = seen_request(session, tidy(form.get("reference", "")).upper())
            if form.get("turn") == "off":
                receivers.unname_receiver(session, row.id, staff_actor(), now(), proof)
            else:
                given = (tidy(form.get("name", "")), form.get("relation", ""), form.get("id_last4", "").strip().upper())
                receivers.name_receiver(session, NameReceiver(row.id, *given, by=staff_actor(), now=now(), proof=proof))
    except DomainError as refusal:
        refusal.field = refusal.field or "reference"
        return _page(form, by_field(refusal)), status_of(refusal)
    off = form.get("turn") == "off"
    flash(
        _("Đã bỏ. Chỉ người yêu cầu nhận.") if off else _("Đã ghi người nhận thay. Bưu tá thấy tên trên máy."), "good"
    )
    return redirect(url_for(".receiver_for_citizen"), 303)


def _page(given: object, errors: dict[str, str]) -> str:
    return render_template(
        "desks/named_receiver.html",
        given=given,
        errors=errors,
        relations=[{"value": one, "label": _(RELATIONS[one])} for one in CHOICES],
        proofs=[{"value": one.value, "label": _(word)} for one, word in WORD_PROOFS.items()],
    )
