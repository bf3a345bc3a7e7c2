"""Print what a courier carries out in the morning."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.web.coordinators.blueprint import bp, coordinating
from app.web.papers import papers_of
from app.web.session import transaction


@bp.get("/tuyen/<int:route_id>/giay-to.pdf")
@coordinating
def papers(route_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return papers_of(session, route_id)
