"""The second signature: on a machine of its own, asked for by a QR code and a list; or, marked, by a password on this keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.countersigning import SigningAct, asking
from app.domain.custody import Party
from app.domain.errors import DomainError
from app.models import SigningInvitation
from app.queries.custody.countersignatures import hands
from app.queries.custody.parties import names_of
from app.queries.desks.holdings import holding
from app.queries.desks.invitations import concerns, waiting_for
from app.queries.desks.papers import still_wanted
from app.services.desks import countersigning
from app.services.desks.countersigning import Asked
from app.services.desks.signed_acts import Done
from app.services.documents.qr import qr_image
from app.unit_of_work import UnitOfWork
from app.web.auth import current_staff, signed_in_staff, staff_actor
from app.web.desks.blueprint import both_sides, counter_bp, errors_here, here, other_side
from app.web.i18n import gettext as _
from app.web.session import now, transaction

ALONE: Final = "alone"  # the button of a one-person office
OWN: Final = "own"  # the button: the other side signs on a machine of its own


def both_sign(act: SigningAct, form: Mapping[str, Any], other: Party | None) -> Done | Response:
    """What came of it, where the password was typed here; else the way to the page on which the other side is asked.

    Raises what the act raises, at its fields.
    """
    asked = Asked(act, form, here(), other, staff_actor(), now())
    if request.form.get("sign") == ALONE:
        with transaction() as session:
            return countersigning.sign_alone(session, asked)
    if request.form.get("sign") != OWN:
        account = other_side()
        with transaction() as session:
            return countersigning.sign_on_one_screen(session, asked, account)
    with transaction() as session:
        number = countersigning.invite(session, asked).id
    response = redirect(url_for(".signing_page", number=number), 303)
    assert isinstance(response, Response)
    return response


@counter_bp.context_processor
def _alone() -> dict[str, object]:
    """Whether the courier who is signed in is the whole office."""
    account = signed_in_staff()
    return {"works_alone": account is not None and account.works_alone}


@both_sides("GET", "/ky/")
def waiting_page() -> ResponseReturnValue:
    """What waits for my word, and by which hands this place was signed for lately."""
    with transaction() as session:
        rows = waiting_for(session, here(), staff_actor(), now())
        names = names_of(session, [_place(row) for row in rows])
        lines = [{"invitation": row, "place": names.get(_place(row), "")} for row in rows]
        return render_template("desks/signing_list.html", lines=lines, hands=hands(session, place=here()))


@both_sides("GET", "/ky/<number>")
def signing_page(number: str) -> ResponseReturnValue:
    return _page(number, {})


@both_sides("GET", "/ky/<number>/trang-thai")
def signing_state(number: str) -> ResponseReturnValue:
    """Asked every two seconds by the page that shows the code."""
    with transaction() as session:
        invitation = _find(session, number)
        if invitation.answered_at is not None:
            return jsonify(state="done", url=url_for(".signing_page", number=number))
        over = now() > invitation.expires_at
    return jsonify(state="failed" if over else "running", message=_("Mã đã hết hạn.") if over else None)


@both_sides("POST", "/ky/<number>/tra-loi")
def answer_code_action(number: str) -> ResponseReturnValue:
    """The answer of a phone without a network, read from its screen."""
    try:
        with transaction() as session:
            _find(session, number)
            countersigning.answer_by_code(session, request.form.get("answer", ""), now())
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        refusal.field = refusal.field or "answer"
        return _page(number, errors_here(refusal)), 422
    return redirect(url_for(".signing_page", number=number), 303)


@both_sides("POST", "/ky/<number>/dong-y")
def sign_action(number: str) -> ResponseReturnValue:
    """The other side says yes, signed in as itself."""
    try:
        with transaction() as session:
            _find(session, number)
            countersigning.answer_here(session, number, current_staff(), now())
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(number, errors_here(refusal)), 422
    flash(_("Đã ký xác nhận."), "good")
    return redirect(url_for(".waiting_page"), 303)


def _place(invitation: SigningInvitation) -> Party:
    return Party(invitation.holder, invitation.holder_id)


def _find(session: UnitOfWork, number: str) -> SigningInvitation:
    """An invitation of this place, or one that asks it. Raises `not_found`."""
    invitation = session.get(SigningInvitation, number)
    if invitation is None or not (_place(invitation) == here() or concerns(session, invitation, here(), now())):
        raise DomainError("not_found", kind="not_found")
    return invitation


def _page(number: str, errors: dict[str, str]) -> str:
    with transaction() as session:
        invitation = _find(session, number)
        text = asking(invitation.said)
        mine = invitation.asked_by == staff_actor()
        names = names_of(session, [one for one in (_place(invitation), _other(invitation)) if one is not None])
        return render_template(
            "desks/signing.html",
            invitation=invitation,
            place=names.get(_place(invitation), ""),
            other=names.get(_other(invitation) or here(), ""),
            mine=mine,
            over=now() > invitation.expires_at,
            lacking=_lacking(session, invitation),
            text=text,
            code=qr_image(text) if mine and invitation.answered_at is None else "",
            given=request.form,
            errors=errors,
        )


def _lacking(session: UnitOfWork, invitation: SigningInvitation) -> UUID | None:
    """The dossier of a count that both have signed, when it lacks papers: they can be fetched."""
    codes = invitation.said.get("codes") or ()
    if invitation.act is not SigningAct.COUNT or invitation.answered_at is None or not codes:
        return None
    parcel = holding(session, codes[0])
    return parcel.dossier_id if parcel is not None and still_wanted(session, parcel.dossier) else None


def _other(invitation: SigningInvitation) -> Party | None:
    return None if invitation.other_holder is None else Party(invitation.other_holder, invitation.other_id)
