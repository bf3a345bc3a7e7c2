"""Who looked at whom between two days, as a file; for who sees the whole province alone."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.errors import DomainError
from app.queries.tracking import requests as asked
from app.services.documents.tables import as_csv, as_xlsx
from app.services.evidence.access_log import HEAD, access_log, time_span
from app.texts import say
from app.texts.personal_data import LOG_HEAD
from app.web.auth import staff_actor
from app.web.coordinators.blueprint import bp, coordinating
from app.web.coordinators.persons import check_sees_all
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/nhat-ky")
@coordinating
def access_log_page() -> ResponseReturnValue:
    check_sees_all()
    return _page({"from": local_day(now()).isoformat(), "to": local_day(now()).isoformat()}, {})


@bp.post("/nhat-ky")
@coordinating
def take_access_log() -> ResponseReturnValue:
    check_sees_all()
    wanted = request.form.get("reference", "").strip()
    try:
        span = time_span(request.form.get("from", ""), request.form.get("to", ""))
        with transaction() as session:
            subject = asked.by_reference(session, wanted).applicant_id if wanted else None
            rows = [line.cells() for line in access_log(session, span, subject, staff_actor(), now())]
    except DomainError as refusal:
        errors = (
            {"reference": _("Không có yêu cầu nào mang mã này.")} if refusal.kind == "not_found" else by_field(refusal)
        )
        return _page(request.form, errors), 422
    head = [say(LOG_HEAD[one], language()) for one in HEAD]
    as_text = request.form.get("kind") == "csv"
    body = as_csv(head, rows) if as_text else as_xlsx(_("Nhật ký"), head, rows)
    name = "nhat-ky.csv" if as_text else "nhat-ky.xlsx"
    return send_file(BytesIO(body), mimetype="text/csv" if as_text else XLSX, download_name=name, as_attachment=True)


def _page(given: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template("coordinators/access_log.html", given=given, errors=errors)
