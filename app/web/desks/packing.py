"""Results ready: scanned one after the other, each answered at once, or many in lines or a file; none is typed twice."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.commands import ResultReady
from app.domain.entitlement import ResultHere
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Desk, Dossier
from app.queries.desks import holdings
from app.services.desks import results
from app.services.desks.results import COLUMNS, ResultLine, ResultTable
from app.texts import explain
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import desk_bp, own_desk, safe_beside
from app.web.desks.tables import lines_given
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction


@desk_bp.get("/ket-qua")
@staff(Role.DESK_CLERK)
def results_page() -> ResponseReturnValue:
    return _page([], {})


@desk_bp.post("/ket-qua/quet")
@staff(Role.DESK_CLERK)
def scan_result_action() -> ResponseReturnValue:
    """A scanner types Enter behind each code: first the dossier, which is answered at once, then the seal, which packs it."""
    form = request.form
    try:
        with transaction() as session:
            if form.get("seal_number", "").strip():  # what this very form has packed is packed, and not refused
                dossier = results.named(session, form.get("dossier", ""))
                code = results.result_ready(session, _scanned(dossier)).code
            else:
                dossier, code = results.awaited(session, form.get("dossier", ""), own_desk()), ""
            name = dossier.code or dossier.request.reference
    except DomainError as refusal:
        said = _noted(refusal)
        return _page([], by_field(said), scanned=said.field != "dossier"), 422
    if code:
        flash(_("Đã ghi kết quả của hồ sơ %(dossier)s: %(code)s.", dossier=name, code=code), "good")
        return redirect(url_for("desks.results_page"), 303)
    missing = {"seal_number": _("Chưa quét số niêm phong.")} if "title" in form else {}
    return _page([], missing, scanned=True), 422 if missing else 200


def _noted(refusal: DomainError) -> DomainError:
    """The result lies here, even if nobody may have it brought yet."""
    with transaction() as session:
        here = ResultHere(request.form.get("dossier", ""), own_desk(), staff_actor(), now())
        return results.note(session, here, refusal)


def _scanned(dossier: Dossier) -> ResultReady:
    form = request.form
    return ResultReady(
        dossier=form.get("dossier", ""),
        title=form.get("title", "") or _title_of(dossier),
        seal_number=form.get("seal_number", ""),
        desk_id=own_desk(),
        operation_id=form.get("operation") or str(uuid4()),
        now=now(),
        by=staff_actor(),
    )


def _title_of(dossier: Dossier) -> str:
    """As the published list calls what comes of this procedure."""
    return dossier.procedure.results[0] if dossier.procedure.results else ""


@desk_bp.post("/ket-qua")
@staff(Role.DESK_CLERK)
def results_action() -> ResponseReturnValue:
    try:
        with transaction() as session:
            lines = results.results_from_table(
                session,
                ResultTable(
                    lines=lines_given(request.form.get("lines", ""), COLUMNS),
                    desk_id=own_desk(),
                    operation_id=request.form.get("operation") or str(uuid4()),
                    now=now(),
                    by=staff_actor(),
                ),
            )
    except DomainError as refusal:
        return _page([], _errors(refusal)), 422
    refused = any(line.error for line in lines)
    return _page(lines, {}), 422 if refused else 200


def _still_to_do(lines: list[ResultLine]) -> str:
    """What was typed in the refused lines, to be corrected and sent again."""
    typed = request.form.get("lines", "").splitlines()
    refused = [answer.line for answer in lines if answer.error]
    return "\n".join(text for line in refused for text in typed[line.number - 1 : line.number - 1 + line.taken])


def _errors(refusal: DomainError) -> dict[str, str]:
    """An empty form is corrected where one types, a bad file where one chooses it."""
    sent = request.files.get("file")
    errors = by_field(refusal)
    return errors if sent is not None and sent.filename else {"lines": errors.pop("file", ""), **errors}


def _page(lines: list[ResultLine], errors: dict[str, str], *, scanned: bool = False) -> str:
    answers = [
        {
            "number": line.line.number,
            "dossier": line.dossier,
            "parcel": line.parcel_code or "",
            "error": explain(line.error, language()) if line.error else "",
        }
        for line in lines
    ]
    with transaction() as session:
        desk = session.get_one(Desk, own_desk())
        packing = results.awaited(session, request.form["dossier"], own_desk()) if scanned else None
        return render_template(
            "desks/results.html",
            day=holdings.desk_day(session, desk),
            post=safe_beside(session, desk),
            answers=answers,
            packing=packing,
            title="" if packing is None else request.form.get("title") or _title_of(packing),
            given=request.form if errors or scanned else {"lines": _still_to_do(lines)},
            operation=str(uuid4()),
            errors=errors,
        )
