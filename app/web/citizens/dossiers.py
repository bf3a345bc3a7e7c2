"""Booking, first question: which procedure, which case of it, and is there one more dossier."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.dossier import parse_dossier_code
from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.wording import UNSAID, whole_number
from app.gateways.partners import one_stop
from app.models import Procedure
from app.queries.reference import procedures as find
from app.queries.reference.units import unit_of
from app.services.booking import slots
from app.services.booking.admission import check_last4, check_province
from app.web import tabs
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import MOST_DOSSIERS, DossierDraft, Draft, draft_for, forget, go_on, kept_draft, start
from app.web.citizens.presenting import back_from, papers_for, progress, where_else, why_not
from app.web.citizens.telephone import take_known
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, settings, transaction

MOST_SHOWN = 30  # beyond, typing a word is faster than reading, and the page stays light

Errors = Mapping[str, str]


@bp.get("/dat-lich")
@public
def start_booking() -> ResponseReturnValue:
    """Which of the three services; the choice made on the home page comes along as `kind`."""
    wanted = request.args.get("kind", "")
    if wanted in set(RequestKind):
        draft = _begin(RequestKind(wanted))
        _take_unit(draft, request.args.get("unit", ""))
        procedure = request.args.get("procedure")
        if procedure:
            return redirect(url_for("citizens.procedure_page", chon=procedure))
        return redirect(url_for("citizens.dossiers_page" if draft.dossiers else "citizens.procedure_page"))
    asked, tab = request.args, tabs.here() if kept_draft() else None
    return render_template(
        "citizens/start.html", procedure=asked.get("procedure", ""), unit=asked.get("unit", ""), tab=tab
    )


@bp.post("/dat-lich/bat-dau-lai")
@public
def start_again() -> ResponseReturnValue:
    """On every page of a booking: nothing of it stays in this browser, and its place is free for others."""
    draft = kept_draft()
    if draft is not None:
        with transaction() as session:
            slots.release_hold(session, draft.token)
    forget()
    assisted = draft is not None and draft.assisted
    return redirect(url_for("counter.assist_page" if assisted else "citizens.start_booking"), 303)


def _begin(kind: RequestKind) -> Draft:
    """Somebody who goes back to change their mind keeps what they typed; each dossier's question is asked again.

    From anywhere else it is a new form: a telephone that is passed on begins with an empty one.
    """
    draft = kept_draft()
    if draft is None:
        draft = start(kind)
        take_known(draft)
        return draft
    if draft.kind is not kind:
        draft.kind = kind
        for dossier in draft.dossiers:
            dossier.answered = False
        draft.save()
    return draft


def _take_unit(draft: Draft, code: str) -> None:
    """The commune that somebody found before booking is the first answer of its page."""
    if code and draft.unit != code:
        with transaction() as session:
            unit = unit_of(session, code)
        draft.typed, draft.unit, draft.former = unit.name, unit.code, UNSAID
        draft.lon = draft.lat = draft.slot = None
        draft.save()


def _position(draft: Draft) -> int:
    """Which dossier of the request this page is about: the `n`-th, or a new one."""
    return min(whole_number(request.args.get("n", "")) or 0, len(draft.dossiers))


def _first_unanswered(draft: Draft) -> int:
    """Where a page further on sends back to; all answered: the first."""
    return next((n for n, dossier in enumerate(draft.dossiers) if not dossier.answered), 0)


@bp.route("/dat-lich/thu-tuc", methods=["GET", "POST"])
@public
def procedure_page() -> ResponseReturnValue:
    draft = draft_for("procedure")
    n = _position(draft)
    chosen = request.form.get("procedure", "") if request.method == "POST" else request.args.get("chon", "")
    words = request.args.get("q", "").strip()[:80]
    with transaction() as session:
        if request.method == "POST" and chosen:
            return _choose(draft, n, find.by_code(session, chosen))
        found = find.search(session, words)
    errors = {"procedure": _("Xin chọn một thủ tục.")} if request.method == "POST" else {}
    kept = draft.dossiers[n].procedure if n < len(draft.dossiers) else ""
    return render_template(
        "citizens/procedure_choice.html",
        **_frame(draft, "procedure"), procedures=found[:MOST_SHOWN], hidden=len(found) > MOST_SHOWN, words=words, n=n,
        chosen=chosen or kept, errors=errors, instead=where_else(found, words),
    ), 422 if errors else 200  # fmt: skip


def _choose(draft: Draft, n: int, procedure: Procedure) -> ResponseReturnValue:
    """Refusals come here, before anything about the citizen is asked."""
    refusal = why_not(procedure)
    started = procedure.in_service_from is not None and procedure.in_service_from <= local_day(now())
    if refusal or not started:
        return render_template(
            "citizens/not_carried.html", **_frame(draft, "procedure"), procedure=procedure, refusal=refusal, n=n
        )
    fresh = DossierDraft(procedure.code, answered=not procedure.cases and not draft.receives_only)
    if n >= len(draft.dossiers):
        draft.dossiers.append(fresh)
    elif draft.dossiers[n].procedure != procedure.code:
        draft.dossiers[n] = fresh
    draft.save()
    asks = draft.receives_only or bool(procedure.cases)
    return redirect(url_for("citizens.cases_page", n=n) if asks else url_for("citizens.dossiers_page"), 303)


@bp.route("/dat-lich/truong-hop", methods=["GET", "POST"])
@public
def cases_page() -> ResponseReturnValue:
    """The case decides the papers; somebody who only receives gives the code on the appointment slip instead."""
    draft = draft_for("cases")
    n = min(_position(draft), len(draft.dossiers) - 1) if "n" in request.args else _first_unanswered(draft)
    dossier = draft.dossiers[n]
    with transaction() as session:
        procedure = find.by_code(session, dossier.procedure)
    errors: Errors = {}
    if request.method == "POST":
        errors = _read_code(dossier) if draft.receives_only else _read_cases(dossier, procedure)
        if not errors:
            dossier.answered = True
            draft.save()
            return redirect(url_for("citizens.dossiers_page"), 303)
    return render_template(
        "citizens/cases.html",
        **_frame(draft, "cases"),
        procedure=procedure,
        dossier=dossier,
        n=n,
        errors=errors,
        compared=draft.receives_only and one_stop(settings()) is not None,
    ), 422 if errors else 200


def _read_code(dossier: DossierDraft) -> Errors:
    """Its form, and whose province: whether the code is known is said to nobody."""
    dossier.code = request.form.get("dossier_code", "").strip().upper()[:40]
    dossier.owner_id_last4 = request.form.get("owner_id_last4", "").strip()[:10]
    try:
        code = parse_dossier_code(dossier.code)
        dossier.code = str(code)
        check_last4(dossier.given(), "owner_id_last4")
        with transaction() as session:
            check_province(session, code, "dossier_code")
    except DomainError as error:
        return by_field(error)
    return {}


def _read_cases(dossier: DossierDraft, procedure: Procedure) -> Errors:
    errors, chosen = {}, []
    for question in procedure.cases:
        known = {option["key"] for option in question["options"]}
        given = [key for key in request.form.getlist(question["key"]) if key in known]
        if not given and not question.get("many"):
            errors[question["key"]] = _("Xin chọn một trường hợp.")
        chosen += given
    dossier.cases = chosen
    return errors


@bp.route("/dat-lich/ho-so", methods=["GET", "POST"])
@public
def dossiers_page() -> ResponseReturnValue:
    """What is in this request so far, with the papers to have ready; one more, one less, or go on."""
    draft = draft_for("dossiers")
    if request.method == "POST":
        if "remove" in request.form:
            return _remove(draft, request.form["remove"])
        return go_on(draft, "dossiers")
    with transaction() as session:
        listed = [_listed(session, dossier) for dossier in draft.dossiers]
    room = len(draft.dossiers) < MOST_DOSSIERS
    return render_template("citizens/dossiers.html", **_frame(draft, "dossiers"), listed=listed, room=room)


def _listed(session: Session, dossier: DossierDraft) -> dict[str, object]:
    procedure = find.by_code(session, dossier.procedure)
    labels = [
        option["label"]
        for question in procedure.cases
        for option in question["options"]
        if option["key"] in dossier.cases
    ]
    return {
        "procedure": procedure,
        "code": dossier.code,
        "cases": labels,
        "papers": papers_for(procedure, dossier.cases),
    }


def _remove(draft: Draft, position: str) -> ResponseReturnValue:
    removed = whole_number(position)
    if removed is not None and removed < len(draft.dossiers):
        del draft.dossiers[removed]
    draft.save()
    return redirect(url_for("citizens.dossiers_page" if draft.dossiers else "citizens.procedure_page"), 303)


def _frame(draft: Draft, page: str) -> dict[str, object]:
    return {"draft": draft, "progress": progress(draft, page), "back": back_from(draft, page)}
