"""What is printed for a route in the morning: the same PDF for coordinators, managers and counters."""

from __future__ import annotations

from flask import Response, request
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import Route
from app.services import audit
from app.services.documents import route_papers
from app.services.documents.route_papers import EVERYTHING, Printing, RoutePaper
from app.web.auth import check_office, staff_actor
from app.web.pdf import pdf
from app.web.session import keys, language, now, settings


def papers_of(session: Session, route_id: int) -> Response:
    """All of a route's papers, or one part of them (`?phan=phieu-gui`). Names are printed, so it is written down.

    Raises `not_found` for a route of an office that this account does not see.
    """
    route = session.get(Route, route_id)
    if route is None:
        raise DomainError("not_found", kind="not_found")
    check_office(route.office_id)
    part = request.args.get("phan", "")
    chosen = frozenset({RoutePaper(part)}) if part in set(RoutePaper) else EVERYTHING
    audit.record(session, staff_actor(), "route.printed", "route", route_id, now(), parts=sorted(chosen))
    printed = route_papers.render(session, route_id, Printing(keys(), settings().base_url, language()), chosen)
    return pdf(printed, f"giay-to-{route_id}{'-' + part if len(chosen) == 1 else ''}")
