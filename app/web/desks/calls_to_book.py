"""Somebody without a code is called: the questions of a booking begin with what is known, or the call ends otherwise."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.booking_wish import MOST_TRIES, WishResult
from app.domain.errors import DomainError
from app.domain.identity import Channel, PhoneProof, is_landline
from app.queries.tracking import requests
from app.queries.tracking.booking_wishes import WishedCall, wish_to_call
from app.queries.tracking.open_requests import open_requests
from app.services.booking import booking_wishes
from app.texts.booking_wish import RESULTS
from app.unit_of_work import UnitOfWork
from app.web.auth import staff_actor, visible_office_ids
from app.web.citizens.draft import DossierDraft, Draft, start
from app.web.desks.blueprint import COORDINATION, COUNTER, opened_from
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@opened_from("GET", "/goi-de-dat/<int:booking_wish_id>", COUNTER, COORDINATION)
def call_page(booking_wish_id: int) -> ResponseReturnValue:
    return _page(booking_wish_id, {})


def _page(booking_wish_id: int, errors: dict[str, str]) -> ResponseReturnValue:
    offices = visible_office_ids()
    with transaction() as session:
        call = wish_to_call(session, booking_wish_id, offices)
        return render_template(
            "desks/call_to_book.html",
            call=call, errors=errors, others=open_requests(session, {call.phone}, offices).get(call.phone, []),
            results=[{"value": key.value, "label": _(word)} for key, word in RESULTS.items()], most=MOST_TRIES,
            given=request.form,
        ), 422 if errors else 200  # fmt: skip


@opened_from("POST", "/goi-de-dat/<int:booking_wish_id>/dat-giup", COUNTER, COORDINATION)
def book_for_caller(booking_wish_id: int) -> ResponseReturnValue:
    """The citizens' questions, with the answers that are there; what is booked ends the call."""
    with transaction() as session:
        draft = _begun(wish_to_call(session, booking_wish_id, visible_office_ids()))
    return redirect(url_for(f"citizens.{draft.first_open('confirm')}_page"), 303)


def _begun(call: WishedCall) -> Draft:
    draft = start(call.wish.kind, assisted=True)
    draft.wish, draft.unit = call.wish.id, call.wish.unit_code
    draft.dossiers = [DossierDraft(code) for code in call.codes]
    draft.phone, draft.phone_proof = call.phone, PhoneProof.CALL_BACK
    draft.channel = Channel.VOICE if is_landline(call.phone) else Channel.SMS
    draft.save()
    return draft


@opened_from("POST", "/goi-de-dat/<int:booking_wish_id>", COUNTER, COORDINATION)
def end_call(booking_wish_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            call = wish_to_call(session, booking_wish_id, visible_office_ids(), lock=True)
            said = _end(session, call)
    except DomainError as refusal:
        if refusal.field is None:
            raise
        return _page(booking_wish_id, by_field(refusal))
    flash(said, "good")
    return redirect(url_for("counter.assist_page"), 303)


def _end(session: UnitOfWork, call: WishedCall) -> str:
    ended = request.form.get("call_result", "")
    if ended == WishResult.NOT_REACHED:
        last = booking_wishes.not_reached(session, call.wish, staff_actor(), now())
        return (
            _("Đã gọi ba lần không gặp: việc này đóng lại, số điện thoại đã xóa.")
            if last
            else _("Đã ghi một lần gọi không gặp.")
        )
    if ended == WishResult.UNWANTED:
        booking_wishes.unwanted(session, call.wish, staff_actor(), now())
        return _("Đã ghi: người dân không đặt nữa. Số điện thoại đã xóa.")
    if ended == WishResult.BOOKED:
        return _booked(session, call)
    raise DomainError("call_result_unknown", kind="invalid", field="call_result")


def _booked(session: UnitOfWork, call: WishedCall) -> str:
    """Raises `booked_reference_unknown`, at the field of the reference."""
    try:
        found = requests.by_reference(session, request.form.get("booked_reference", "")[:40])
    except DomainError:
        raise DomainError("booked_reference_unknown", kind="invalid", field="booked_reference") from None
    booking_wishes.booked(session, call.wish, found, staff_actor(), now())
    return _("Đã ghi: đã đặt %(reference)s. Số điện thoại đã xóa.", reference=found.reference)
