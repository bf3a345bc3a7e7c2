"""Booking, last question: is all of this right, what it costs in parts, and the consent. Then the reference and the link."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.identity import ApplicantKind, Channel, PhoneProof, is_landline, masked_phone
from app.domain.tariff import PricePart
from app.models import BookingWish, ServiceRequest, Slot, Unit
from app.queries.reference import procedures as find
from app.queries.reference.units import office_of, unit_of
from app.queries.tracking import requests
from app.services.booking import book, booking_wishes, pricing
from app.texts import SENTENCES, say
from app.texts.consent import CONSENT
from app.texts.slots import slot_label
from app.texts.tongues import TONGUES
from app.unit_of_work import UnitOfWork
from app.web.addresses import public_url
from app.web.auth import public
from app.web.citizens import state_fee, tracked
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import Draft, assistant, booked_here, draft_for, note_booked, slip_errand
from app.web.citizens.presenting import back_from, bases, money_parts, papers_for, progress
from app.web.errors import faults
from app.web.i18n import gettext as _
from app.web.session import keys, language, now, transaction
from app.web.whom_to_call import told

# where a refused answer is corrected
PAGE_OF = {
    "slot_id": "slot",
    "slot": "slot",
    "phone": "contact",
    "helper_name": "helper",
    "helper_phone": "helper",
    "name": "person",
    "unit": "commune",
    "unit_code": "commune",
    "address": "address",
    "lon": "address",
    "consent": "confirm",
}


@dataclass(frozen=True, slots=True)
class _Read:
    """What the summary shows of the database."""

    unit: Unit
    slot: Slot | None
    procedures: list[str]
    parts: Sequence[Sequence[PricePart]]  # a list a dossier
    executed_by: str  # who will visit this door


def _read(session: UnitOfWork, draft: Draft) -> _Read:
    return _Read(
        unit=unit_of(session, draft.unit),
        slot=session.get(Slot, draft.slot) if draft.slot is not None else None,
        procedures=[find.by_code(session, dossier.procedure).name for dossier in draft.dossiers],
        parts=pricing.quote_by_dossier(session, draft.quote()),
        executed_by=office_of(session, draft.unit).executed_by if draft.slot is not None else "own",
    )


@bp.route("/dat-lich/xac-nhan", methods=["GET", "POST"])
@public
def confirm_page() -> ResponseReturnValue:
    """What is booked is what was shown: the form says what that was, and what has changed since is shown first."""
    draft = draft_for("confirm")
    with transaction() as session:
        read = _read(session, draft)
    every = [part for parts in read.parts for part in parts]
    total, rows = pricing.total(every), _rows(draft, read)
    parts = money_parts(list(zip(read.procedures, read.parts, strict=True)), draft.discount)
    consent, status = say(CONSENT, language()), 200
    shown = _digest([draft.as_kept(), rows, parts, consent])
    errors: list[dict[str, str]] = []
    if request.method == "POST" and request.form.get("shown") != shown:
        errors, status = [{"sentence": say(SENTENCES["summary_changed"], language()), "href": ""}], 409
    elif request.method == "POST":
        errors, status = _book(draft), 422
        if not errors:
            return redirect(url_for("citizens.booked_page"), 303)
    return render_template(
        "citizens/confirm.html",
        draft=draft, progress=progress(draft, "confirm"), back=back_from(draft, "confirm"),
        rows=rows, parts=parts, bases=bases(every), total=total, shown=shown, consent=consent, refusals=errors,
        state_fee=state_fee.of_quote(every, read.executed_by),
        twice=any(error.get("code") == "visit_twice" for error in errors),
    ), status  # fmt: skip


def _digest(shown: object) -> str:
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _book(draft: Draft) -> list[dict[str, str]]:
    """Book once: a second press of the button finds the first one's request by the form's token."""
    form = request.form
    wish = draft.visit(consent=form.get("consent") == "1", again=form.get("again") == "1", language=language())
    try:
        with transaction() as session:
            booked = book.book(session, wish, keys())
            token = booked.tracking_token
            _end_call(session, draft, booked, wish.by)
    except DomainError as error:
        return [_refusal(fault, draft) for fault in faults(error)]
    note_booked(token)
    return []


def _end_call(session: UnitOfWork, draft: Draft, booked: ServiceRequest, by: str) -> None:
    """What was booked in the call that somebody asked for ends it."""
    if draft.assisted and draft.wish is not None:
        called = session.get(BookingWish, draft.wish, with_for_update={"of": BookingWish})
        if called is not None:
            booking_wishes.booked(session, called, booked, by, now())


def _refusal(fault: DomainError, draft: Draft) -> dict[str, str]:
    if fault.code == "visit_twice":
        href = _standing(str(fault.params["reference"]), draft)
        return {"sentence": told(fault), "href": href, "code": fault.code}
    field = (fault.field or "").rsplit(".", 1)[-1]
    page = "procedure" if (fault.field or "").startswith("dossiers") else PAGE_OF.get(field, "")
    link = "#consent" if page == "confirm" else url_for(f"citizens.{page}_page", sua=1) if page else ""
    return {"sentence": told(fault), "href": link}


def _standing(reference: str, draft: Draft) -> str:
    """Its link is for whoever typed the code just now; a device that only remembers the number is asked for one."""
    if draft.phone_proof is not PhoneProof.CODE:
        return url_for("citizens.my_request", reference=reference)
    with transaction() as session:
        standing = requests.by_reference(session, reference)
    return url_for("citizens.tracking_page", token=standing.tracking_token)


def _rows(draft: Draft, read: _Read) -> list[dict[str, Any]]:
    def row(label: str, value: str, page: str) -> dict[str, Any]:
        return {"label": label, "value": value, "href": url_for(f"citizens.{page}_page", sua=1)}

    place = ", ".join(part for part in (draft.address, read.unit.name) if part)
    who = _("%(name)s (tổ chức)", name=draft.name) if draft.who is ApplicantKind.ORGANISATION else draft.name
    rows = [
        row(_("Hồ sơ"), "; ".join(read.procedures), "dossiers"),
        row(_("Nơi bưu tá đến"), f"{place} · {draft.landmark}" if draft.landmark else place, "address"),
        row(_("Người nhận kết quả") if draft.receives_only else _("Người gửi"), who, "person"),
        row(_("Báo tin"), "; ".join(filter(None, [_reached(draft), draft.email])), "contact"),
    ]
    if draft.tongue is not None:
        rows.append(row(_("Tiếng nói trong nhà"), _(TONGUES[draft.tongue]), "person"))
    if read.slot is not None:
        when = slot_label(read.slot.kind, read.slot.starts_at, read.slot.ends_at, language())
        rows.append(row(_("Giờ hẹn"), when, "slot"))
    return rows


def _reached(draft: Draft) -> str:
    if draft.channel is Channel.HELPER:
        return _("Qua %(name)s, %(phone)s", name=draft.helper, phone=draft.helper_phone)
    if draft.channel is Channel.NONE:
        return _("Không qua điện thoại, đã có phiếu giấy")
    if draft.channel is Channel.VOICE or is_landline(draft.phone or ""):
        return _("Gọi điện đến %(phone)s", phone=_number(draft))
    return _("Nhắn tin đến %(phone)s", phone=_number(draft))


def _number(draft: Draft) -> str:
    """A number that nobody has typed here today is not shown whole to whoever holds the device."""
    return masked_phone(draft.phone or "") if draft.is_known else draft.phone or ""


@bp.get("/dat-lich/xong")
@public
def booked_page() -> ResponseReturnValue:
    token = booked_here()
    if not token:
        return redirect(url_for("citizens.home"))
    with transaction() as session:
        found = requests.by_token(session, token, now())
        errands = requests.errands_of(session, found)
        when = next((tracked.when(errand, language()) for errand in errands), "")
        staff = assistant()
        assisted = staff is not None and found.booked_by == staff.id
        slip = assisted and slip_errand(errands) is not None
        papers = [] if found.kind is RequestKind.RECEIVE else _papers(session, found)
    link = public_url("citizens.tracking_page", token=token)
    return render_template(
        "citizens/booked.html", booked=found, link=link, when=when, papers=papers, assisted=assisted, slip=slip
    )


def _papers(session: Session, booked: ServiceRequest) -> list[dict[str, Any]]:
    return [
        {
            "name": dossier.procedure.name,
            "papers": papers_for(find.by_code(session, dossier.procedure.code), dossier.cases),
        }
        for dossier in booked.dossiers
    ]
