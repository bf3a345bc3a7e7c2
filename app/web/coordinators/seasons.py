"""Seasons in which the ways into a commune take longer: the list, one more, and one that no longer holds."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.season import LONGEST_REASON, RoadSeasonTold, percent
from app.queries.planning import board
from app.queries.reference.seasons import boat_days, road_seasons
from app.services.reference.seasons import end_season, tell_season
from app.texts.transfers import WEEKDAYS
from app.web.auth import staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@bp.get("/duong-theo-mua")
@coordinating
def seasons_page() -> ResponseReturnValue:
    with transaction() as session:
        return _page(session, {})


@bp.post("/duong-theo-mua")
@coordinating
def seasons_action() -> ResponseReturnValue:
    """Keep what the form says, or end the season whose button was pressed."""
    ending = "het" in request.form
    try:
        with transaction() as session:
            unit = _unit(session)
            if ending:
                end_season(session, unit, _whole("tu-thang"), staff_actor(), now())
            else:
                tell_season(session, _told(unit), staff_actor(), now())
    except DomainError as refusal:
        if refusal.kind != "invalid":
            raise
        with transaction() as session:
            return _page(session, by_field(refusal)), 422
    flash(
        _("Đã bỏ. Kế hoạch lập từ giờ tính như thường.") if ending else _("Đã ghi. Kế hoạch lập từ giờ tính theo."),
        "good",
    )
    return redirect(url_for("coordinators.seasons_page"), 303)


def _unit(session: Session) -> str:
    """Raises `unit_not_chosen` for a commune that no office of this account serves."""
    given = request.form.get("xa", "")
    if given not in {unit.code for unit in board.units_served(session, visible_office_ids())}:
        raise DomainError("unit_not_chosen", kind="invalid", field="xa")
    return given


def _told(unit: str) -> RoadSeasonTold:
    reason = " ".join(request.form.get("ly-do", "").split())[:LONGEST_REASON]
    return RoadSeasonTold(unit, _whole("tu-thang"), _whole("den-thang"), 1 + _whole("lau-hon") / 100, reason)


def _whole(field: str) -> int:
    """0, which no field allows, for what is no number."""
    given = request.form.get(field, "").strip()
    return int(given) if given.isascii() and given.isdecimal() and len(given) < len("10000") else 0


def _page(session: Session, errors: dict[str, str]) -> str:
    visible = visible_office_ids()
    return render_template(
        "coordinators/seasons.html",
        units=[{"value": unit.code, "label": unit.name} for unit in board.units_served(session, visible)],
        months=[{"value": month, "label": _("Tháng %(n)s", n=month)} for month in range(1, 13)],
        seasons=road_seasons(session, visible),
        boats=boat_days(session, visible),
        weekdays={number: _(name) for number, name in WEEKDAYS.items()},
        percent=percent,
        given=request.form,
        errors=errors,
    )
