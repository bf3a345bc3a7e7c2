"""Order a plan, and watch it being made."""

from __future__ import annotations

from datetime import date

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.commands import AskForPlan
from app.domain.errors import DomainError
from app.domain.wording import whole_number
from app.models import Planning
from app.queries.planning import board
from app.queries.planning.plans import plan_of
from app.services.planning import ask_for_plan
from app.services.planning.calibrating import newest
from app.services.planning.margins import most_margin_s
from app.services.staff.shifts import ensure_shifts
from app.texts import SENTENCES, say
from app.texts.working_hours import margin_sentence, travel_times_sentence
from app.web.auth import staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, chosen_day, coordinating, given_number, not_found
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

SECONDS = 40
"""Of CPU: on two free cores half as long."""


@bp.get("/lap-ke-hoach")
@coordinating
def plan_form() -> ResponseReturnValue:
    with transaction() as session:
        return _form(session, chosen_day(session), {})


def _form(session: Session, day: date, errors: dict[str, str]) -> str:
    visible = visible_office_ids()
    return render_template(
        "coordinators/plan_form.html",
        day=day,
        counts=board.day_counts(session, day, visible),
        offices=board.commune_offices(session, visible),
        whole=visible is None,
        chosen=_offices(),
        given=request.form,
        seconds=request.form.get("seconds", str(SECONDS)),
        errors=errors,
        travel_times=_travel_times(session),
    )


def _travel_times(session: Session) -> str:
    row = newest(session)
    if row is None:
        return travel_times_sentence(0, 0, None, language())
    told = travel_times_sentence(row.legs, row.days, row.day, language())
    margin = margin_sentence(most_margin_s(row), language())
    return f"{told} {margin}" if margin else told


@bp.post("/lap-ke-hoach")
@coordinating
def plan_action() -> ResponseReturnValue:
    try:
        with transaction() as session:
            command = _command(chosen_day(session))
            ensure_shifts(session, command.day, command.office_ids or None)
            order = ask_for_plan(session, command)
            return redirect(url_for("coordinators.planning", planning_id=order.id), 303)
    except DomainError as refusal:
        with transaction() as session:
            return _form(session, chosen_day(session), by_field(refusal)), 422


def _offices() -> tuple[int, ...]:
    """What was chosen, of what may be seen; a manager always plans the own office, and within its commune."""
    visible = visible_office_ids()
    if visible is not None:
        return tuple(sorted(visible))
    if request.form.get("scope") != "chosen":
        return ()
    numbers = (whole_number(text) for text in request.form.getlist("office_ids"))
    return tuple(number for number in numbers if number is not None)


def _command(day: date) -> AskForPlan:
    offices = _offices()
    if not offices and (request.form.get("scope") == "chosen" or visible_office_ids() is not None):
        raise DomainError("offices_missing", kind="invalid", field="office_ids")
    return AskForPlan(
        day=day,
        by=staff_actor(),
        now=now(),
        office_ids=offices,
        assignment=request.form.get("assignment", "home") if visible_office_ids() is None else "home",
        seconds=given_number("seconds") or 0,
        balance_s=None if (minutes := given_number("balance")) is None else minutes * 60,
    )


@bp.get("/dang-lap/<int:planning_id>")
@coordinating
def planning(planning_id: int) -> ResponseReturnValue:
    with transaction() as session:
        order = _order(session, planning_id)
        state = _state(session, order)
        if state["state"] == "done":
            return redirect(str(state["url"]))
        return render_template("coordinators/planning.html", order=order, state=state)


@bp.get("/dang-lap/<int:planning_id>.json")
@coordinating
def planning_progress(planning_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return jsonify(_state(session, _order(session, planning_id)))


def _order(session: Session, planning_id: int) -> Planning:
    order = session.get(Planning, planning_id)
    visible = visible_office_ids()
    if order is None or not (visible is None or _of(order) <= visible):
        raise not_found()
    return order


def _of(order: Planning) -> set[int]:
    """The offices of an order; one for all offices names none and is a coordinator's."""
    return {int(entry["id"]) for entry in order.office_ids} if order.office_ids else {0}


def _state(session: Session, order: Planning) -> dict[str, object]:
    plan = plan_of(session, order.id) if order.state == "done" else None
    return {
        "state": order.state,
        "done": order.progress_done,
        "total": order.progress_total,
        "message": _message(order),
        "url": url_for("coordinators.plan", plan_id=plan.id) if plan else None,
    }


def _message(order: Planning) -> str:
    if order.state == "failed":
        return say(SENTENCES.get(order.error or "", SENTENCES["planning_failed"]), language())
    if order.state == "queued":
        return _("Đang chờ đến lượt.")
    if not order.progress_total:
        return _("Đang đọc yêu cầu và ca làm.")
    return _("Đã xong %(done)s trên %(total)s phần.", done=order.progress_done, total=order.progress_total)
