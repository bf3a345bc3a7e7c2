"""Results ready: by scan, a line a result, or by a file; no second typing while the one-stop system is not joined."""

from __future__ import annotations

from uuid import uuid4

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Desk
from app.queries.desks import holdings
from app.services.desks import results
from app.services.desks.results import ResultFile, ResultLine
from app.text_files import NoText, text_of
from app.texts import explain
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import desk_bp, own_desk
from app.web.errors import by_field
from app.web.session import language, now, transaction


@desk_bp.get("/ket-qua")
@staff(Role.DESK_CLERK)
def results_page() -> ResponseReturnValue:
    return _page([], {})


@desk_bp.post("/ket-qua")
@staff(Role.DESK_CLERK)
def results_action() -> ResponseReturnValue:
    try:
        with transaction() as session:
            lines = results.results_from_csv(
                session,
                ResultFile(
                    text=_text(),
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
    return "\n".join(typed[line.number - 1] for line in lines if line.error and line.number <= len(typed))


def _errors(refusal: DomainError) -> dict[str, str]:
    """An empty form is corrected where one types, a bad file where one chooses it."""
    sent = request.files.get("file")
    errors = by_field(refusal)
    return errors if sent is not None and sent.filename else {"lines": errors.pop("file", ""), **errors}


def _text() -> str:
    """The uploaded file when there is one, else the typed lines."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("lines", "")
    try:
        return text_of(file.stream.read())
    except NoText:
        raise DomainError("csv_not_utf8", kind="invalid", field="file") from None


def _page(lines: list[ResultLine], errors: dict[str, str]) -> str:
    answers = [
        {
            "number": line.number,
            "dossier": line.dossier,
            "parcel": line.parcel_code or "",
            "error": explain(line.error, language()) if line.error else "",
        }
        for line in lines
    ]
    with transaction() as session:
        day = holdings.desk_day(session, session.get_one(Desk, own_desk()))
        return render_template(
            "desks/results.html",
            day=day,
            answers=answers,
            given=request.form if errors else {"lines": _still_to_do(lines)},
            operation=str(uuid4()),
            errors=errors,
        )
