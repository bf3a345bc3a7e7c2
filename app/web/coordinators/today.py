"""A day that runs: add what came late to the routes, hand on what a courier can't finish; the next page tells the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.commands import HandOnRoute, InsertToday
from app.domain.errors import DomainError
from app.models import Plan
from app.queries.planning.plan_pages import LateLine, late_lines, references
from app.queries.planning.plans import whole_route
from app.services.planning import DayChange, StillOut, hand_on, insert_today
from app.texts import say
from app.texts.planning import UNSERVED
from app.texts.relaxation import way_out
from app.web.auth import check_office, staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating, not_found, seen_plan
from app.web.i18n import dong, kilometres
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

CHANGED = "changed_day"
MOST_TOLD = 10


def late_of(session: Session, plan: Plan) -> list[LateLine]:
    """What may be added now: nothing but on the plan's own day, while it is in force."""
    runs = plan.state == "published" and plan.day == local_day(now())
    return late_lines(session, plan, visible_office_ids()) if runs else []


@bp.post("/ke-hoach/<int:plan_id>/chen")
@coordinating
def insert_late(plan_id: int) -> ResponseReturnValue:
    with transaction() as session:
        plan, _line = seen_plan(session, plan_id)
        chosen = set(request.form.getlist("errand_ids"))
        wanted: dict[int, list[UUID]] = defaultdict(list)
        for line in late_of(session, plan):
            if str(line.errand_id) in chosen:
                wanted[line.office_id].append(line.errand_id)
        if not wanted:
            raise DomainError("none_chosen", kind="invalid", field="errand_ids")
        polish = request.form.get("how") == "polish"
        changes = [
            insert_today(session, InsertToday(office, tuple(ids), staff_actor(), now(), polish))
            for office, ids in wanted.items()
        ]
        _remember(session, plan, changes)
    return redirect(url_for("coordinators.plan", plan_id=plan_id, part="con-lai"), 303)


@bp.post("/tuyen/<int:route_id>/chia-lai")
@coordinating
def hand_route_on(route_id: int) -> ResponseReturnValue:
    with transaction() as session:
        route = whole_route(session, route_id)
        if route is None:
            raise not_found()
        check_office(route.office_id)
        plan = route.plan
        _remember(session, plan, [hand_on(session, HandOnRoute(route_id, by=staff_actor(), now=now()))])
        plan_id = plan.id
    return redirect(url_for("coordinators.plan", plan_id=plan_id, part="con-lai"), 303)


def _remember(session: Session, plan: Plan, changes: Sequence[DayChange]) -> None:
    """The difference is shown on the next page, once."""
    out = [left for change in changes for left in change.still_out]
    named = references(session, [left.errand_id for left in out])
    cookie[CHANGED] = {
        "plan": plan.id,
        "revision": plan.revision,
        "inserted": sum(len(change.inserted) for change in changes),
        "moved": sum(len(change.moved) for change in changes),
        "unchanged": sum(change.unchanged for change in changes),
        "metres": sum(change.distance_delta_m for change in changes),
        "cost": sum(change.cost_delta for change in changes),
        "out": [[named[left.errand_id], _why(left)] for left in out[:MOST_TOLD]],
        "outs": len(out),
    }


def _why(left: StillOut) -> str:
    told = say(UNSERVED[left.reason], language())
    return f"{told} {way_out(left.relaxation, language())}" if left.relaxation else told


def changed_day(plan: Plan) -> dict[str, Any] | None:
    """What the last change of the day did, while nothing else has changed the plan."""
    known = cookie.get(CHANGED)
    if not known or known["plan"] != plan.id or known["revision"] != plan.revision:
        return None
    cookie.pop(CHANGED)
    return {"sentences": list(_sentences(known)), "out": known["out"], "outs": known["outs"]}


def _sentences(known: dict[str, Any]) -> Iterable[str]:
    yield _(
        "%(inserted)s điểm mới, %(moved)s điểm đổi tuyến hoặc đổi thứ tự, %(unchanged)s điểm giữ nguyên.",
        inserted=known["inserted"],
        moved=known["moved"],
        unchanged=known["unchanged"],
    )
    if known["metres"] > 0 or known["cost"] > 0:
        distance, price = kilometres(max(0, known["metres"])), dong(max(0, known["cost"]))
        yield _("Đi thêm %(distance)s, tốn thêm %(price)s.", distance=distance, price=price)
    else:
        yield _("Không đi thêm, không tốn thêm.")
