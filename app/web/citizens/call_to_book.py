"""Booking: whom no code reaches asks to be called, and the office books for them."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import LOCAL
from app.domain.booking_wish import MOST_TRIES, AskForCall
from app.domain.errors import DomainError
from app.domain.identity import PhoneNumber, parse_phone
from app.models import Office, Slot
from app.services.booking import booking_wishes, slots
from app.services.booking.booking_wishes import CallPromised
from app.services.staff import access
from app.unit_of_work import UnitOfWork
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import Draft, call_promised_here, draft_for, note_call_promised
from app.web.i18n import local_moment
from app.web.limits import calls, client
from app.web.session import keys, now, transaction
from app.web.whom_to_call import told


@bp.post("/dat-lich/goi-lai")
@public
@calls
def ask_for_call() -> ResponseReturnValue:
    """The form ends here: nothing of it stays on this device, and its place is free for others."""
    draft = draft_for("contact")
    try:
        number = _number(draft)
        if number is None or draft.assisted:
            return redirect(url_for("citizens.contact_page"), 303)
        with transaction() as session:
            promised = _ask(session, draft, number)
            slots.release_hold(session, draft.token)
            note_call_promised(promised.office.id, promised.due_at.timestamp())
    except DomainError as refusal:
        flash(told(refusal), "wait")
        return redirect(url_for("citizens.contact_page"), 303)
    return redirect(url_for("citizens.call_promised_page"), 303)


def _number(draft: Draft) -> PhoneNumber | None:
    """The one that was refused on the page, else the one that a code was sent to."""
    typed = request.form.get("phone", "")
    return parse_phone(typed) if typed else draft.reached


def _ask(session: UnitOfWork, draft: Draft, number: PhoneNumber) -> CallPromised:
    access.count_without_code(session, number, now(), keys(), client())
    slot = session.get(Slot, draft.slot) if draft.slot is not None else None
    procedures = tuple(dossier.procedure for dossier in draft.dossiers if dossier.procedure)
    asked = AskForCall(number, draft.kind, draft.unit, procedures, slot.day if slot is not None else None)
    return booking_wishes.ask(session, asked, now())


@bp.get("/dat-lich/se-goi-lai")
@public
def call_promised_page() -> ResponseReturnValue:
    promised = call_promised_here()
    if promised is None:
        return redirect(url_for("citizens.home"))
    office_id, due = promised[0], datetime.fromtimestamp(promised[1], LOCAL)
    with transaction() as session:
        office = session.get_one(Office, office_id)
        return render_template(
            "citizens/call_promised.html",
            office=office, due=local_moment(due), number=office.phone if office.closed_at is None else None,
            tries=MOST_TRIES,
        )  # fmt: skip
