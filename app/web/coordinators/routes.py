"""One route: its stops in order, what they break, and the forms that propose a change by hand (`acts`)."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.tongue import needs_interpreter
from app.models import Route, Stop
from app.queries.planning.due import due_days, in_order
from app.queries.planning.plan_acts import CourierLine, couriers_of, out_of_office
from app.queries.planning.plan_pages import route_state
from app.queries.planning.route_progress import RouteProgress, progress_of
from app.queries.reference.interpreters import interpreters_for, nearest, spoken_at
from app.queries.reference.vehicles import vehicle_kinds, vehicle_name
from app.services.planning import violations_of
from app.texts.ages import age
from app.texts.due import due_sentence, due_tone
from app.texts.tongues import TONGUES
from app.texts.trips import back_sentence
from app.web.auth import visible_office_ids
from app.web.coordinators.acts import act_rows, broken_says, seen_route
from app.web.coordinators.blueprint import bp, coordinating, given_number
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction


@bp.get("/tuyen/<int:route_id>")
@coordinating
def route(route_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return _page(session, seen_route(session, route_id))


def _page(session: Session, found: Route) -> str:
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
        propose=url_for("coordinators.propose_act", route_id=found.id),
        acts=act_rows(session, found.plan_id, found.shift_id),
        broken=_broken(session, found),
        tongues=_tongues(session, found),
        due=_due(session, found),
        backs=_backs(found),
        vehicle=vehicle_name(vehicle_kinds(session), found.shift.vehicle),
        **(_choices(session, found, chosen) if editable else {}),
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


def _choices(session: Session, found: Route, chosen: Stop | None) -> dict[str, Any]:
    """What the forms of a draft offer: who may ride, which stops, which errands wait."""
    couriers = couriers_of(session, found.plan, visible_office_ids(), found.office_id)
    return {
        "targets": [{"value": one.shift_id, "label": _target(one)} for one in couriers] if chosen else [],
        "merges": [
            {"value": one.shift_id, "label": _target(one)}
            for one in couriers
            if one.number and one.shift_id != found.shift_id
        ],
        "others": [{"value": stop.id, "label": _point(stop)} for stop in found.stops if stop is not chosen],
        "left_out": [
            {"value": one.errand_id, "label": one.reference}
            for one in out_of_office(session, found.plan, found.office_id)
        ],
    }


def _point(stop: Stop) -> str:
    return _("%(n)s: %(place)s", n=stop.sequence, place=stop.place.address or stop.place.unit.name)


def _target(line: CourierLine) -> str:
    place = {"office": line.office, "n": line.number, "courier": line.courier, "stops": line.stops}
    if line.number is None:
        return _("%(office)s: %(courier)s (chưa có tuyến)", office=line.office, courier=line.courier)
    return _("%(office)s, tuyến %(n)s: %(courier)s (%(stops)s điểm)", **place)


def _broken(session: Session, found: Route) -> dict[int | None, list[str]]:
    """Sentences by stop; those of the whole route under None."""
    sentences: dict[int | None, list[str]] = {}
    for fault in violations_of(session, found.plan, found.id):
        sentences.setdefault(fault.stop_id, []).append(broken_says(fault))
    return sentences
