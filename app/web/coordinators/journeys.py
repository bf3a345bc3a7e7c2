"""The journeys that a day's visits spared: gross, the courier's marginal way, net; negatives shown, the formula beside."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.queries.planning.saved_trips import DETOUR
from app.queries.planning.saved_trips_day import spared_day
from app.queries.reference.calendar import calendar
from app.web.auth import visible_office_ids
from app.web.coordinators.blueprint import bp, chosen_day, coordinating
from app.web.i18n import number
from app.web.session import transaction

MOST_NEGATIVE = 30


@bp.get("/quang-duong")
@coordinating
def journeys() -> ResponseReturnValue:
    with transaction() as session:
        day, working = chosen_day(session), calendar(session)
        report = spared_day(session, day, visible_office_ids())
    return render_template(
        "coordinators/journeys.html",
        day=day,
        before=working.previous_working(day),
        after=working.next_working(day),
        report=report,
        negative=report.negative[:MOST_NEGATIVE],
        detour=number(DETOUR, decimals=2),
    )
