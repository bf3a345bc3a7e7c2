"""The counter prints in the morning what its couriers carry out: today's routes, and from the evening on tomorrow's."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.identity import Role
from app.queries.planning.route_progress import progress_of
from app.queries.reference.calendar import calendar
from app.services.documents.route_papers import RoutePaper
from app.web.auth import staff
from app.web.desks.blueprint import counter_bp, own_office
from app.web.papers import papers_of
from app.web.session import now, transaction


@counter_bp.get("/giay-to", endpoint="papers_page")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def papers_page() -> ResponseReturnValue:
    office, today = own_office(), local_day(now())
    with transaction() as session:
        days = (today, calendar(session).next_working(today))
        routes = [(day, progress_of(session, day, {office})) for day in days]
    return render_template("desks/papers.html", days=routes, today=today, parts=tuple(RoutePaper))


@counter_bp.get("/chuyen/<int:route_id>/giay-to.pdf", endpoint="papers")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def papers(route_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return papers_of(session, route_id)
