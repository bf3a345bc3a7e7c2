"""`/theo-doi/<token>/giay-con-thieu/<dossier>`: have the papers fetched that a dossier still lacks."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import Dossier, ServiceRequest
from app.queries.tracking import requests
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.tracking import secret_address
from app.web.fetching import book_fetching, offer_of
from app.web.i18n import gettext as _
from app.web.limits import links
from app.web.session import now, transaction


@bp.route("/theo-doi/<token>/giay-con-thieu/<uuid:dossier_id>", methods=["GET", "POST"])
@public
@links
@secret_address
def fetch_missing_page(token: str, dossier_id: UUID) -> ResponseReturnValue:
    errors: dict[str, str] = {}
    if request.method == "POST":
        with transaction() as session:
            by = f"citizen:{_find(session, token, dossier_id)[0].id}"
        errors = book_fetching(dossier_id, by)
        if not errors:
            flash(_("Đã hẹn bưu tá đến nhận giấy tờ còn thiếu."), "good")
            return redirect(url_for("citizens.tracking_page", token=token), 303)
    with transaction() as session:
        row, dossier = _find(session, token, dossier_id)
        page = render_template(
            "citizens/missing_papers.html", token=token, row=row, errors=errors, **offer_of(session, dossier)
        )
    return page, 422 if errors else 200


def _find(session: Session, token: str, dossier_id: UUID) -> tuple[ServiceRequest, Dossier]:
    """The dossier, if the link's request has it. Raises `not_found`, `link_expired`."""
    row = requests.by_token(session, token, now())
    dossier = next((one for one in row.dossiers if one.id == dossier_id), None)
    if dossier is None:
        raise DomainError("not_found", kind="not_found")
    return row, dossier
