"""Booking, third question: who it is for, and how we reach them."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.identity import (
    BY_STAFF,
    ApplicantKind,
    Channel,
    PhoneNumber,
    PhoneProof,
    is_landline,
    masked_phone,
    parse_address,
    parse_phone,
)
from app.domain.tariff import Discount
from app.domain.tongue import Tongue
from app.domain.wording import UNSAID, Tidy, names_somebody, tidy
from app.gateways import sends_mail
from app.texts import LANGUAGES, SENTENCES, say
from app.texts.tongues import TONGUES
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import Draft, draft_for, go_on
from app.web.citizens.presenting import back_from, progress, too_long
from app.web.citizens.telephone import send_code
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, settings
from app.web.whom_to_call import told

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
        tongues=_tongues(), call=_to_be_called(draft, errors),
        sends_mail=sends_mail(settings()), known=masked_phone(draft.phone) if draft.is_known and draft.phone else "",
    ), 422 if errors else 200  # fmt: skip


def _to_be_called(draft: Draft, errors: Errors) -> PhoneNumber | None:
    """The number that was refused because no code reaches it: a landline, or one that had its three."""
    refused = not draft.assisted and ("phone" in errors or "helper_phone" in errors)
    return draft.reached if refused else None


def _tongues() -> list[dict[str, str]]:
    said = [{"value": tongue.value, "label": _(name)} for tongue, name in TONGUES.items()]
    return [{"value": "", "label": _("Không trả lời")}, *said]


def _read_person(draft: Draft) -> Errors:
    form = request.form
    draft.who = ApplicantKind.ORGANISATION if form.get("who") == ApplicantKind.ORGANISATION else ApplicantKind.PERSON
    draft.discount = Discount(form["discount"]) if form.get("discount") in set(Discount) else Discount.NONE
    if draft.who is ApplicantKind.ORGANISATION:
        draft.discount = Discount.NONE
    draft.tongue = Tongue(form["tongue"]) if form.get("tongue") in set(Tongue) else None
    errors: Errors = {}
    draft.name = _name("name", errors, _("Xin cho biết họ và tên, hoặc tên tổ chức."))
    return errors


def _name(field: str, errors: Errors, missing: str) -> Tidy:
    """What is too long is said, never cut in silence."""
    name = tidy(request.form.get(field))
    if not name:
        errors[field] = missing
    elif not names_somebody(name):
        errors[field] = say(SENTENCES["name_unreadable"], language())
    elif len(name) > LONGEST:
        errors[field] = too_long(name, LONGEST)
    return name


def _read_contact(draft: Draft) -> Errors:
    form = request.form
    wanted = form.get("channel")
    draft.channel = Channel(wanted) if wanted in _channels(draft) else Channel.SMS
    draft.slip = draft.kind is RequestKind.SEND or form.get("slip") == "1"
    draft.spoken = form["language"] if form.get("language") in LANGUAGES else LANGUAGES[0]
    if draft.assisted:
        vouched = form.get("phone_proof")
        draft.phone_proof = PhoneProof(vouched) if vouched in BY_STAFF else PhoneProof.COUNTER
    errors: Errors = {}
    if draft.channel is not Channel.HELPER:
        draft.helper, draft.helper_phone = UNSAID, None
    _read_phone(draft, errors)
    if sends_mail(settings()):
        draft.email = _address(errors)
    return errors or _send(draft, "phone")


def _read_phone(draft: Draft, errors: Errors) -> None:
    """Left empty, a number that is known here stays."""
    typed, needed = request.form.get("phone", "").strip(), draft.channel in {Channel.SMS, Channel.VOICE}
    if draft.is_known and not typed and needed:
        return
    draft.phone = _phone("phone", errors) if needed or typed else None


def _send(draft: Draft, field: str) -> Errors:
    """The code, when there is somebody to send it to who has not proved the number."""
    if not draft.done("helper"):
        return {}
    refusal = send_code(draft)
    return {field: told(refusal)} if refusal is not None else {}


@bp.route("/dat-lich/nguoi-giup", methods=["GET", "POST"])
@public
def helper_page() -> ResponseReturnValue:
    """Only for whoever wants to hear by somebody else."""
    return _ask("helper", _read_helper)


def _read_helper(draft: Draft) -> Errors:
    errors: Errors = {}
    draft.helper = _name("helper_name", errors, _("Xin cho biết tên người giúp."))
    draft.helper_phone = _phone("helper_phone", errors)
    if draft.helper_phone is not None and is_landline(draft.helper_phone):
        errors["helper_phone"] = say(SENTENCES["helper_needs_mobile"], language())
    return errors or _send(draft, "helper_phone")


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
