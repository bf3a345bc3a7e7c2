"""Break the seal, count blind, compare with the signed list, accept with a code and a due date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.countersigning import SigningAct
from app.domain.custody import Holder, Party
from app.domain.dossier import DossierState
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.parcel import PaperState
from app.domain.wording import whole_number
from app.models import Parcel
from app.queries.desks import holdings, papers
from app.web.auth import staff
from app.web.desks.blueprint import desk_bp, errors_here, own_desk
from app.web.desks.days import given_day
from app.web.desks.two_hands import both_sign
from app.web.i18n import gettext as _
from app.web.session import transaction


@desk_bp.get("/dem/<code>")
@staff(Role.DESK_CLERK)
def count_page(code: str) -> ResponseReturnValue:
    return _page(code, {})


@desk_bp.post("/dem/<code>")
@staff(Role.DESK_CLERK)
def count_action(code: str) -> ResponseReturnValue:
    try:
        found = both_sign(SigningAct.COUNT, _form(code), None)
    except DomainError as refusal:
        return _page(code, errors_here(refusal)), 422
    if isinstance(found, Response):
        return found
    _say(found.lines, found.not_given, short=found.short)
    if found.short or found.not_given:
        return redirect(url_for("desks.missing_page", dossier_id=_dossier_of(code)), 303)
    return redirect(url_for("desks.today"), 303)


def _dossier_of(code: str) -> UUID:
    with transaction() as session:
        return _own_parcel(holdings.held_by(session, Party(Holder.DESK, str(own_desk()))), code).dossier_id


def _say(lines: int, wanted: Sequence[str], *, short: bool) -> None:
    """What the envelope held, and what it never held: "đã đếm đủ" is said of a whole list only."""
    if short:
        flash(_("Đã ghi nhận phần thiếu. Người dân được báo để bổ sung."), "wait")
    elif not wanted:
        flash(_("Đã đếm đủ và ghi nhận."), "good")
    if wanted:
        of = {"found": lines, "all": lines + len(wanted), "papers": "; ".join(wanted)}
        flash(_("Hồ sơ có %(found)s trên %(all)s loại giấy, thiếu: %(papers)s (khách chưa đưa).", **of), "wait")


def _form(code: str) -> dict[str, Any]:
    form = request.form
    counts = {
        line: -1 if (count := whole_number(text)) is None else count
        for name, text in form.items()
        if name.startswith("paper_") and (line := whole_number(name.removeprefix("paper_"))) is not None
    }
    due_on = given_day(form.get("due_on", ""))
    return {
        "parcel": code,
        "counts": {str(line): count for line, count in counts.items()},
        "dossier_code": form.get("dossier_code", "").strip() or None,
        "due_on": due_on.isoformat() if due_on else None,
        "recounted": form.get("recounted") == "1",
        "operation": form.get("operation") or str(uuid4()),
    }


def _page(code: str, errors: dict[str, str]) -> str:
    with transaction() as session:
        parcel = _own_parcel(holdings.held_by(session, Party(Holder.DESK, str(own_desk()))), code)
        return render_template(
            "desks/count.html",
            parcel=parcel,
            papers=[paper for paper in parcel.papers if paper.state is PaperState.IN_PARCEL],
            not_given=papers.not_given(session, parcel),
            waits_for_papers=parcel.dossier.state == DossierState.PAPERS_WANTED,
            differs=any(name.startswith("paper_") for name in errors),
            given=request.form,
            operation=request.form.get("operation") or str(uuid4()),
            errors=errors,
        )


def _own_parcel(held: Sequence[Parcel], code: str) -> Parcel:
    for parcel in held:
        if parcel.code == code:
            return parcel
    raise DomainError("not_found", kind="not_found")
