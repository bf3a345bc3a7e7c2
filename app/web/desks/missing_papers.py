"""Papers that a dossier lacks: found by desk, counter and coordinator, and fetched by a visit that they book."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.wording import tidy
from app.queries.desks.lacking import Scope, lacking, lacking_here
from app.web.auth import current_staff, staff_actor, visible_office_ids
from app.web.desks.blueprint import COORDINATION, COUNTER, DESK, opened_from
from app.web.fetching import book_fetching, offer_of
from app.web.i18n import gettext as _
from app.web.session import transaction

LONGEST = 40


@opened_from("GET", "/giay-con-thieu/", DESK, COUNTER, COORDINATION)
def lacking_page() -> ResponseReturnValue:
    code = tidy(request.args.get("ma", ""), LONGEST).upper()
    with transaction() as session:
        return render_template("desks/lacking.html", code=code, dossiers=lacking(session, _scope(), code))


@opened_from("GET", "/giay-con-thieu/<uuid:dossier_id>", DESK, COUNTER, COORDINATION)
def missing_page(dossier_id: UUID) -> ResponseReturnValue:
    return _page(dossier_id, {})


@opened_from("POST", "/giay-con-thieu/<uuid:dossier_id>", DESK, COUNTER, COORDINATION)
def missing_action(dossier_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        lacking_here(session, _scope(), dossier_id)
    errors = book_fetching(dossier_id, staff_actor())
    if errors:
        return _page(dossier_id, errors), 422
    flash(_("Đã hẹn bưu tá đến nhận giấy tờ còn thiếu. Người dân được báo tin."), "good")
    return redirect(url_for(".missing_page", dossier_id=dossier_id), 303)


def _page(dossier_id: UUID, errors: dict[str, str]) -> str:
    with transaction() as session:
        dossier = lacking_here(session, _scope(), dossier_id)
        return render_template("desks/missing_papers.html", errors=errors, **offer_of(session, dossier))


def _scope() -> Scope:
    return Scope(current_staff().desk_id, visible_office_ids())
