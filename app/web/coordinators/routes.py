"""One route: its stops in order; move, lock, unlock or take out one of them, and see at once what that does."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.commands import MoveStop
from app.domain.errors import DomainError
from app.domain.tongue import needs_interpreter
from app.models import Plan, Route, Stop
from app.queries.planning.due import due_days, in_order
from app.queries.planning.plan_pages import route_exists, route_state
from app.queries.planning.plans import RouteLine, route_lines, whole_route
from app.queries.planning.route_progress import RouteProgress, progress_of
from app.queries.reference.interpreters import interpreters_for, nearest, spoken_at
from app.queries.reference.vehicles import vehicle_kinds, vehicle_name
from app.services.planning import MoveEvaluation, move_stop, violations_of
from app.texts import explain, say
from app.texts.ages import age
from app.texts.due import due_sentence, due_tone
from app.texts.planning import BROKEN
from app.texts.tongues import TONGUES
from app.texts.trips import back_sentence
from app.web.auth import check_office, staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating, given_number, not_found
from app.web.i18n import dong, kilometres, number
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

MOVED = "moved_stop"


@bp.get("/tuyen/<int:route_id>")
@coordinating
def route(route_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return _page(session, _seen(session, route_id))


def _seen(session: Session, route_id: int) -> Route:
    """Raises `not_found` for a route of an office that this account does not see."""
    found = whole_route(session, route_id)
    if found is None:
        raise not_found()
    check_office(found.office_id)
    return found


def _page(session: Session, found: Route, refused: str = "") -> str:
    state = route_state(session, found)
    editable = state == "draft"
    chosen = next((stop for stop in found.stops if stop.id == given_number("diem")), None)
    return render_template(
        "coordinators/route.html",
        route=found,
        plan=found.plan,
        state=state,
        editable=editable,
        run=(run := _run(session, found)),
        may_hand_on=state == "published" and found.plan.day == local_day(now()) and (run is None or run.left > 0),
        age=lambda moment: age(moment, now(), language()),
        chosen=chosen if editable else None,
        targets=_targets(session, found) if editable and chosen else [],
        broken=_broken(session, found),
        tongues=_tongues(session, found),
        due=_due(session, found),
        backs=_backs(found),
        vehicle=vehicle_name(vehicle_kinds(session), found.shift.vehicle),
        moved=_moved(found.plan),
        refused=refused,
    )


def _tongues(session: Session, found: Route) -> dict[int, dict[str, Any]]:
    """What is spoken at a door besides what everybody speaks, and how this courier gets on: nobody is kept away by it."""
    asked = {stop.id: (spoken_at(stop.errands), stop.place.unit_code) for stop in found.stops}
    known = interpreters_for(session, {tongue for tongue, _unit in asked.values()})
    mine = frozenset(found.courier.tongues or ())
    told = {}
    for stop_id, (tongue, unit) in asked.items():
        if tongue is not None:
            helper = nearest(known, tongue, unit) if needs_interpreter(tongue, mine) else None
            said = _(TONGUES[tongue])
            told[stop_id] = {
                "mine": not needs_interpreter(tongue, mine),
                "said": _("%(tongue)s, phiên dịch: %(name)s", tongue=said, name=helper.name) if helper else said,
            }
    return told


def _due(session: Session, found: Route) -> dict[int, dict[str, str]]:
    """By stop, the nearest due date of what is done there, where one presses."""
    days = due_days(session, [errand.id for stop in found.stops for errand in stop.errands], found.plan.day)
    told = {}
    for stop in found.stops:
        near = min((days[errand.id] for errand in stop.errands if errand.id in days), key=in_order, default=None)
        if near is not None and near.presses:
            told[stop.id] = {"said": due_sentence(near.on, near.left, language()), "tone": due_tone(near.left)}
    return told


def _backs(found: Route) -> dict[int, str]:
    """Before which stops the courier is back at the office for the next bag."""
    return {
        stop.id: back_sentence(stop.trip, between["at"], between["leaves"], language())
        for stop, between in found.returns()
    }


def _run(session: Session, found: Route) -> RouteProgress | None:
    """How far a published route has come; None for a draft."""
    if found.plan.state == "draft":
        return None
    return next(
        (run for run in progress_of(session, found.plan.day, {found.office_id}) if run.route_id == found.id), None
    )


def _targets(session: Session, found: Route) -> list[dict[str, Any]]:
    """Where a stop may go: the routes of its office; of every office seen, where the plan crosses communes."""
    offices = visible_office_ids() if found.plan.assignment == "free" else {found.office_id}
    return [{"value": line.id, "label": _target(line)} for line in route_lines(session, found.plan_id, offices)]


def _target(line: RouteLine) -> str:
    place = {"office": line.office, "n": line.number, "courier": line.courier, "stops": line.stops}
    return _("%(office)s, tuyến %(n)s: %(courier)s (%(stops)s điểm)", **place)


def _broken(session: Session, found: Route) -> dict[int | None, list[str]]:
    """Sentences by stop; those of the whole route under None."""
    sentences: dict[int | None, list[str]] = {}
    for fault in violations_of(session, found.plan):
        if fault.route_id == found.id:
            text = say(BROKEN.get(fault.cause, fault.cause), language())
            sentences.setdefault(fault.stop_id, []).append(_by(text, fault.cause, fault.amount))
    return sentences


def _by(text: str, cause: str, amount: int | None) -> str:
    if amount and cause in {"delay", "lead_time", "max_duration", "max_travel_time"}:
        return _("%(what)s: %(n)s phút", what=text, n=-(-amount // 60))
    return text


@bp.post("/tuyen/<int:route_id>/diem/<int:stop_id>")
@coordinating
def change_stop(route_id: int, stop_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            found = _seen(session, route_id)
            command = _command(session, found, stop_id)
            result = move_stop(session, command)
            _remember(result, found.plan)
            stays = route_exists(session, route_id)
            _say(session, command)
    except DomainError as refusal:
        if refusal.kind in {"not_found", "forbidden"}:
            raise
        with transaction() as session:
            return _page(session, _seen(session, route_id), explain(refusal, language())), 409
    if stays:
        return redirect(url_for("coordinators.route", route_id=route_id), 303)
    return redirect(url_for("coordinators.plan", plan_id=command.plan_id, part="tuyen"), 303)


def _command(session: Session, found: Route, stop_id: int) -> MoveStop:
    """Of `act`: move (to another route or place), lock, unlock, remove."""
    if stop_id not in {stop.id for stop in found.stops}:
        # it stands elsewhere by now: the page is older than the plan
        raise DomainError("plan_changed", plan=found.plan_id)
    act = request.form.get("act")
    target: int | None = found.id
    if act == "remove":
        target = None
    elif act == "move":
        target = given_number("route_id") or found.id
        check_office(_office_of(session, target, found.plan))
    return MoveStop(
        plan_id=found.plan_id,
        stop_id=stop_id,
        route_id=target,
        sequence=_sequence(act, target, found),
        revision=given_number("revision") or 0,
        by=staff_actor(),
        now=now(),
        lock=act == "lock",
    )


def _sequence(act: str | None, target: int | None, found: Route) -> int | None:
    """The place asked for; in its own route an unnamed place would only change the lock, so it stays where it is."""
    if act != "move":
        return None
    asked = given_number("sequence")
    return asked or (1 if target == found.id else None)


def _office_of(session: Session, route_id: int, plan: Plan) -> int:
    target = session.get(Route, route_id)
    if target is None or target.plan_id != plan.id:
        raise not_found()
    return target.office_id


def _say(session: Session, command: MoveStop) -> None:
    if command.route_id is None:
        flash(_("Đã bỏ điểm khỏi kế hoạch. Yêu cầu nằm trong phần Chưa xếp được."), "good")
    elif request.form.get("act") in {"lock", "unlock"}:
        flash(_("Đã khóa điểm cho bưu tá này.") if command.lock else _("Đã mở khóa điểm."), "good")
    else:
        target = session.get_one(Route, command.route_id)
        stop = session.get_one(Stop, command.stop_id)
        where = _("tuyến %(n)s, %(courier)s", n=target.number, courier=target.courier.name)
        flash(_("Đã chuyển đến vị trí %(at)s của %(where)s.", at=stop.sequence, where=where), "good")


def _remember(result: MoveEvaluation, plan: Plan) -> None:
    """What the move did is shown on the next page, once."""
    cookie[MOVED] = {
        "plan": plan.id,
        "revision": result.revision,
        "metres": result.distance_delta_m,
        "seconds": result.duration_delta_s,
        "cost": result.cost_delta,
        "broken": len(result.violations),
    }


def _moved(plan: Plan) -> dict[str, Any] | None:
    """The plan before and after the last move, while nothing else has changed it."""
    known = cookie.get(MOVED)
    if not known or known["plan"] != plan.id or known["revision"] != plan.revision:
        return None
    cookie.pop(MOVED)
    return {
        "broken": known["broken"],
        "rows": [
            _difference(_("Quãng đường"), plan.distance_m, known["metres"], kilometres),
            _difference(_("Giờ đi lại"), plan.duration_s, known["seconds"], _minutes),
            _difference(_("Chi phí"), plan.cost, known["cost"], dong),
        ],
    }


def _difference(label: str, after: int, delta: int, say_it: Any) -> dict[str, Any]:
    change = f"{'+' if delta > 0 else '−' if delta < 0 else ''}{say_it(abs(delta))}"
    return {"label": label, "values": [say_it(after - delta), say_it(after), change]}


def _minutes(seconds: int) -> str:
    return _("%(n)s phút", n=number(round(seconds / 60)))
