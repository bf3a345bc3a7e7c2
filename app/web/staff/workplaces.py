"""Offices and desks one by one: looked for, and told by a form what a line of a file would tell."""

from __future__ import annotations

from math import ceil
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.headed_table import EMPTIED
from app.domain.identity import Role
from app.domain.wording import folded, tidy, whole_number
from app.models import Desk, Office
from app.services.reference.closing import Stand
from app.services.reference.told_places import as_typed, find_place, tell_place
from app.web.auth import check_everywhere, staff, staff_actor
from app.web.errors import by_field, faults, status_of
from app.web.i18n import gettext as _
from app.web.session import now, transaction
from app.web.staff.blueprint import bp

A_PAGE: Final = 50
LONGEST: Final = 120
OF_ALL: Final = ("name", "address", "lon", "lat", "phone", "opening_hours")
OF_OFFICES: Final = (*OF_ALL, "duty_phone")
OF_DESKS: Final = (*OF_ALL, "dossier_prefix")


@bp.get("/tai-khoan/noi-lam-viec")
@staff(Role.ADMIN)
def workplaces_page() -> ResponseReturnValue:
    check_everywhere()
    words = tidy(request.args.get("q"), LONGEST)
    with transaction() as session:
        stands: list[Stand] = [
            *session.scalars(select(Office).order_by(Office.name)),
            *session.scalars(select(Desk).order_by(Desk.name)),
        ]
    found = [one for one in stands if folded(words) in folded(f"{one.name} {one.code}")]
    pages = max(1, ceil(len(found) / A_PAGE))
    page = min(max(1, whole_number(request.args.get("trang", "")) or 1), pages)
    shown = found[(page - 1) * A_PAGE : page * A_PAGE]
    return render_template("staff/workplaces.html", places=shown, words=words, page=page, pages=pages)


@bp.get("/tai-khoan/noi-lam-viec/<code>")
@staff(Role.ADMIN)
def workplace_page(code: str) -> ResponseReturnValue:
    check_everywhere()
    with transaction() as session:
        return _form(_seen(session, code), {})


@bp.post("/tai-khoan/noi-lam-viec/<code>")
@staff(Role.ADMIN)
def workplace_action(code: str) -> ResponseReturnValue:
    check_everywhere()
    try:
        with transaction() as session:
            stand = _seen(session, code)
            changed = tell_place(session, code, _cells(stand), staff_actor(), now(), _seen_in_form(stand))
            name = stand.name
    except DomainError as refusal:
        if not any(fault.field for fault in faults(refusal)):
            raise
        with transaction() as session:
            return _form(_seen(session, code), by_field(refusal)), status_of(refusal)
    said = _("%(place)s: đã lưu.", place=name) if changed else _("%(place)s: không có gì đổi.", place=name)
    flash(said, "good")
    return redirect(url_for("staff.workplaces_page", q=code), 303)


def _cells(stand: Stand) -> dict[str, str]:
    """What was changed on the page and no more; a box left empty says that there is none."""
    shown = _seen_in_form(stand)
    typed = {field: tidy(request.form.get(field, was)) for field, was in shown.items()}
    cells = {field: said or EMPTIED for field, said in typed.items() if said != shown[field]}
    moved = {"lon", "lat"} & cells.keys() or request.form.get("position_checked")
    return cells | ({field: typed[field] or EMPTIED for field in ("lon", "lat")} if moved else {})


def _seen_in_form(stand: Stand) -> dict[str, str]:
    """As the page showed it to whoever typed: somebody else may have changed it since."""
    return {field: tidy(request.form.get(f"was_{field}", now)) for field, now in _shown(stand).items()}


def _shown(stand: Stand) -> dict[str, str]:
    fields = OF_OFFICES if isinstance(stand, Office) else OF_DESKS
    return {field: as_typed(getattr(stand, field)) for field in fields}


def _seen(session: Session, code: str) -> Stand:
    stand = find_place(session, code)
    if stand is None:
        raise DomainError("not_found", kind="not_found")
    return stand


def _form(stand: Stand, errors: dict[str, str]) -> str:
    """What was typed, where it was; else what stands by now."""
    shown, seen = _shown(stand), _seen_in_form(stand)
    typed = {field: request.form.get(field, was) for field, was in seen.items()}
    given = {field: said if tidy(said) != seen[field] else shown[field] for field, said in typed.items()}
    return render_template("staff/workplace.html", place=stand, given=given, shown=shown, errors=errors)
