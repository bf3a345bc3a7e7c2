"""Booking, third question: who it is for, and how we reach them."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.identity import ApplicantKind, Channel, parse_phone
from app.domain.tariff import Discount
from app.texts import LANGUAGES
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import Draft, draft_for, go_on
from app.web.citizens.presenting import back_from, progress
from app.web.errors import by_field
from app.web.i18n import gettext as _

LONGEST = 120
Errors = dict[str, str]


@bp.route("/dat-lich/nguoi-gui", methods=["GET", "POST"])
@public
def person_page() -> ResponseReturnValue:
    draft = draft_for("person")
    errors: Errors = {}
    if request.method == "POST":
        errors = _read_person(draft)
        if not errors:
            return go_on(draft, "person")
    return render_template(
        "citizens/person.html",
        draft=draft, progress=progress(draft, "person"), back=back_from(draft, "person"), errors=errors,
    ), 422 if errors else 200  # fmt: skip


def _read_person(draft: Draft) -> Errors:
    form = request.form
    draft.name = " ".join(form.get("name", "").split())[:LONGEST]
    draft.who = ApplicantKind.ORGANISATION if form.get("who") == ApplicantKind.ORGANISATION else ApplicantKind.PERSON
    draft.discount = Discount(form["discount"]) if form.get("discount") in set(Discount) else Discount.NONE
    if draft.who is ApplicantKind.ORGANISATION:
        draft.discount = Discount.NONE
    return {} if draft.name else {"name": _("Xin cho biết họ và tên, hoặc tên tổ chức.")}


@bp.route("/dat-lich/lien-lac", methods=["GET", "POST"])
@public
def contact_page() -> ResponseReturnValue:
    draft = draft_for("contact")
    errors: Errors = {}
    if request.method == "POST":
        errors = _read_contact(draft)
        if not errors:
            return go_on(draft, "contact")
    return render_template(
        "citizens/contact.html",
        draft=draft, progress=progress(draft, "contact"), back=back_from(draft, "contact"), errors=errors,
    ), 422 if errors else 200  # fmt: skip


def _read_contact(draft: Draft) -> Errors:
    form = request.form
    wanted = form.get("channel")
    draft.channel = Channel(wanted) if wanted in _channels(draft) else Channel.SMS
    draft.slip = draft.kind is RequestKind.SEND or form.get("slip") == "1"
    draft.phone, draft.helper_phone = form.get("phone", "").strip()[:20], form.get("helper_phone", "").strip()[:20]
    draft.helper = " ".join(form.get("helper_name", "").split())[:LONGEST]
    draft.spoken = form["language"] if form.get("language") in LANGUAGES else ""
    errors: Errors = {}
    if draft.channel is Channel.HELPER:
        if not draft.helper:
            errors["helper_name"] = _("Xin cho biết tên người giúp.")
        draft.helper_phone = _phone(draft.helper_phone, "helper_phone", errors)
    if draft.phone or draft.channel in {Channel.SMS, Channel.VOICE}:
        draft.phone = _phone(draft.phone, "phone", errors)
    if draft.channel is not Channel.HELPER and not errors:
        draft.helper = draft.helper_phone = ""
    return errors


def _channels(draft: Draft) -> set[Channel]:
    """Only staff can leave somebody with nothing but paper."""
    everybody = {Channel.SMS, Channel.VOICE, Channel.HELPER}
    return everybody | {Channel.NONE} if draft.assisted else everybody


def _phone(text: str, field: str, errors: Errors) -> str:
    try:
        return parse_phone(text, field)
    except DomainError as error:
        errors.update(by_field(error))
        return text
