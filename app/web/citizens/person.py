"""Booking, third question: who it is for, and how we reach them."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.identity import ApplicantKind, Channel, PhoneNumber, parse_address, parse_phone
from app.domain.tariff import Discount
from app.domain.wording import UNSAID, tidy
from app.gateways import sends_mail
from app.texts import LANGUAGES
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import Draft, draft_for, go_on
from app.web.citizens.presenting import back_from, progress
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import settings

LONGEST = 120
Errors = dict[str, str]


@bp.route("/dat-lich/nguoi-gui", methods=["GET", "POST"])
@public
def person_page() -> ResponseReturnValue:
    return _ask("person", _read_person)


@bp.route("/dat-lich/lien-lac", methods=["GET", "POST"])
@public
def contact_page() -> ResponseReturnValue:
    return _ask("contact", _read_contact)


def _ask(page: str, read: Callable[[Draft], Errors]) -> ResponseReturnValue:
    """Show the page until what it asks is answered; what is wrong is shown as it was typed, and not kept."""
    draft = draft_for(page)
    errors: Errors = {}
    if request.method == "POST":
        errors = read(draft)
        if not errors:
            return go_on(draft, page)
    return render_template(
        f"citizens/{page}.html",
        draft=draft, given=request.form, progress=progress(draft, page), back=back_from(draft, page), errors=errors,
        sends_mail=sends_mail(settings()),
    ), 422 if errors else 200  # fmt: skip


def _read_person(draft: Draft) -> Errors:
    form = request.form
    draft.name = tidy(form.get("name"), LONGEST)
    draft.who = ApplicantKind.ORGANISATION if form.get("who") == ApplicantKind.ORGANISATION else ApplicantKind.PERSON
    draft.discount = Discount(form["discount"]) if form.get("discount") in set(Discount) else Discount.NONE
    if draft.who is ApplicantKind.ORGANISATION:
        draft.discount = Discount.NONE
    return {} if draft.name else {"name": _("Xin cho biết họ và tên, hoặc tên tổ chức.")}


def _read_contact(draft: Draft) -> Errors:
    form = request.form
    wanted = form.get("channel")
    draft.channel = Channel(wanted) if wanted in _channels(draft) else Channel.SMS
    draft.slip = draft.kind is RequestKind.SEND or form.get("slip") == "1"
    draft.spoken = form["language"] if form.get("language") in LANGUAGES else ""
    errors: Errors = {}
    _read_helper(draft, errors)
    needed = draft.channel in {Channel.SMS, Channel.VOICE}
    draft.phone = _phone("phone", errors) if needed or form.get("phone", "").strip() else None
    if sends_mail(settings()):
        draft.email = _address(errors)
    return errors


def _read_helper(draft: Draft, errors: Errors) -> None:
    draft.helper, draft.helper_phone = UNSAID, None
    if draft.channel is not Channel.HELPER:
        return
    draft.helper = tidy(request.form.get("helper_name"), LONGEST)
    if not draft.helper:
        errors["helper_name"] = _("Xin cho biết tên người giúp.")
    draft.helper_phone = _phone("helper_phone", errors)


def _channels(draft: Draft) -> set[Channel]:
    """Only staff can leave somebody with nothing but paper."""
    everybody = {Channel.SMS, Channel.VOICE, Channel.HELPER}
    return everybody | {Channel.NONE} if draft.assisted else everybody


def _address(errors: Errors) -> str | None:
    try:
        return parse_address(request.form.get("email", ""), "email")
    except DomainError as error:
        errors.update(by_field(error))
        return None


def _phone(field: str, errors: Errors) -> PhoneNumber | None:
    try:
        return parse_phone(request.form.get(field, ""), field)
    except DomainError as error:
        errors.update(by_field(error))
        return None
