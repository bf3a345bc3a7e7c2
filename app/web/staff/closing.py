"""An administrator closes a place of work, or opens it again: what is still under way there, and who ends it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.closing import StillOpen, Unfinished
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.wording import tidy
from app.models import Desk, Office
from app.queries.desks.under_way import under_way
from app.services.reference.told_places import find_place, tell_place
from app.texts import left_open
from app.texts.closing import ENDED_BY
from app.web.auth import check_everywhere, staff, staff_actor
from app.web.errors import by_field, status_of
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction
from app.web.staff.blueprint import bp


@bp.get("/tai-khoan/noi-lam-viec/<code>/dong")
@staff(Role.ADMIN)
def close_place_page(code: str) -> ResponseReturnValue:
    check_everywhere()
    with transaction() as session:
        return _page(session, code, {})


@bp.post("/tai-khoan/noi-lam-viec/<code>/dong")
@staff(Role.ADMIN)
def close_place_action(code: str) -> ResponseReturnValue:
    check_everywhere()
    cells = {"state": "closed", "taken_over_by": tidy(request.form.get("taken_over_by"))}
    try:
        with transaction() as session:
            tell_place(session, code, cells, staff_actor(), now())
    except DomainError as refusal:
        if not refusal.field:
            raise
        with transaction() as session:
            return _page(session, code, by_field(refusal)), status_of(refusal)
    flash(_("Đã đóng. Việc mới không đến nơi này nữa, sổ sách cũ vẫn xem được."), "good")
    return redirect(url_for("staff.workplace_page", code=code), 303)


@bp.post("/tai-khoan/noi-lam-viec/<code>/mo-lai")
@staff(Role.ADMIN)
def reopen_place_action(code: str) -> ResponseReturnValue:
    check_everywhere()
    with transaction() as session:
        tell_place(session, code, {"state": "open"}, staff_actor(), now())
    flash(_("Đã mở lại."), "good")
    return redirect(url_for("staff.workplace_page", code=code), 303)


def _page(session: Session, code: str, errors: dict[str, str]) -> str:
    place = find_place(session, code)
    if place is None:
        raise DomainError("not_found", kind="not_found")
    left = [] if place.closed_at is not None else under_way(session, place, local_day(now()))
    others = select(Desk).where(Desk.id != place.id, Desk.closed_at.is_(None)).order_by(Desk.name)
    return render_template(
        "staff/close_place.html",
        place=place,
        of_desk=isinstance(place, Desk),
        left=[_line(place, one) for one in left if one.what is not Unfinished.DOSSIERS],
        dossiers=next((one.count for one in left if one.what is Unfinished.DOSSIERS), 0),
        desks=[{"value": one.code, "label": one.name} for one in session.scalars(others)]
        if isinstance(place, Desk)
        else [],
        chosen=request.form.get("taken_over_by", ""),
        errors=errors,
    )


def _line(place: Office | Desk, one: StillOpen) -> dict[str, Any]:
    """How many of what, who ends it, and the page where that is done."""
    pages = {
        Unfinished.PEOPLE: url_for("staff.people_page", q=place.code),
        Unfinished.ROUNDS: url_for("coordinators.rounds_page"),
        Unfinished.VISITS: url_for("coordinators.looking_up"),
        Unfinished.PLANS: url_for("coordinators.day"),
    }
    return {"what": left_open(one, language()), "ended_by": _(ENDED_BY[one.what]), "page": pages.get(one.what, "")}
