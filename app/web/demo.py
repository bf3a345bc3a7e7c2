"""A demonstration's button "Sang ngày hôm sau": plan and publish the next working day, then move the clock to its morning.

Only while the clock is shifted, never in production. The worker makes the plan; this page watches it.
"""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import end_of_day, local_day
from app.domain.commands import AskForPlan
from app.domain.errors import DomainError
from app.models import Planning
from app.queries.reference.calendar import calendar
from app.services.custody.digests import sign_all
from app.services.demo.plan import search_s
from app.services.planning import ask_for_plan
from app.services.staff.shifts import ensure_shifts
from app.web.auth import public
from app.web.session import clock, keys, now, settings, transaction

bp = Blueprint("demo", __name__, url_prefix="/demo")


def _only_in_a_demonstration() -> None:
    if settings().production or clock().file is None or not clock().shifted:
        raise DomainError("not_found", kind="not_found")


@bp.post("/ngay-hom-sau")
@public
def advance() -> ResponseReturnValue:
    _only_in_a_demonstration()
    with transaction() as session:
        day = calendar(session).next_working(local_day(now()))
        ensure_shifts(session, day)
        seconds = search_s(session, day)
        order = ask_for_plan(session, AskForPlan(day, by="system", now=now(), seconds=seconds, publish=True))
    return redirect(url_for("demo.progress", planning_id=order.id), 303)


@bp.get("/ngay-hom-sau/<int:planning_id>")
@public
def progress(planning_id: int) -> ResponseReturnValue:
    _only_in_a_demonstration()
    order = _order(planning_id)
    if order.state == "done":
        return redirect(url_for("citizens.home"))
    return render_template("citizens/next_day.html", order=order)


@bp.get("/ngay-hom-sau/<int:planning_id>/tien-do")
@public
def progress_of(planning_id: int) -> ResponseReturnValue:
    _only_in_a_demonstration()
    order = _order(planning_id)
    return jsonify(
        state=order.state, done=order.progress_done, total=order.progress_total, url=url_for("citizens.home")
    )


def _order(planning_id: int) -> Planning:
    """The order, locked: once its plan is published, whoever looks first begins the day for every process of the demo."""
    with transaction() as session:
        order = session.get(Planning, planning_id, with_for_update=True)
        if order is None:
            raise DomainError("not_found", kind="not_found")
        if order.state == "done" and local_day(clock().now()) < order.day:
            _close_today(session)
            clock().start_demo_day(order.day)
    return order


def _close_today(session: Session) -> None:
    """What the night would do: sign what every chain of the day has come to."""
    today = local_day(clock().now())
    sign_all(session, today, end_of_day(today), keys())
