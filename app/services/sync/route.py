"""The courier's own changes to the day: begun, ended, reordered, a stop scanned on the way, a pin put right.

Nothing here is a physical fact: what the plan does not allow any more is left as it is, and a person looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.orm import Session

from app.clock import local_day, start_of_day
from app.domain.acts import PinCorrected, Reordered, RunEnded, RunStarted, StopAdded
from app.domain.custody import Holder
from app.domain.errand import PLANNABLE, ErrandState
from app.domain.errors import DomainError
from app.domain.operation import OperationKind
from app.models import Device, Errand, Operation, Parcel, Place, Plan, PlanOffice, Route, Run, Stop, StopErrand
from app.queries.reference.shapes import elsewhere
from app.services.booking import errands, places
from app.services.sync import money
from app.services.sync.context import OperationContext
from app.services.visits import runs


def run_started(context: OperationContext, said: RunStarted) -> None:
    _tolerate(context, lambda: runs.start_run(context.work, said.route_id, context.courier_id, context.occurred_at))


def run_ended(context: OperationContext, said: RunEnded) -> None:
    _tolerate(context, lambda: runs.end_run(context.work, said.route_id, context.courier_id, context.occurred_at))
    mine = (Parcel.holder == Holder.COURIER, Parcel.holder_id == str(context.courier_id))
    held = set(context.work.scalars(select(Parcel.code).where(*mine)))
    differing = sorted(held ^ set(said.bag))
    if differing:
        context.look("bag_differs", parcels=", ".join(differing))
    money.count_at_the_end(context, said)


def reordered(context: OperationContext, said: Reordered) -> None:
    """The order of the published route; stops that the phone did not know keep theirs, behind. Those that the courier
    added without a network have no number on the phone yet, and are no change of the office's.
    """
    route = _own_route(context.work, context, said.route_id)
    if route is None:
        context.look("plan_changed")
        return
    ids = list(_stop_ids(context.work, route))
    known = [stop for stop in dict.fromkeys(said.stops) if stop in ids]
    unknown = [stop for stop in ids if stop not in known]
    if len(known) != len(said.stops) or (unknown and not set(unknown) <= _added_by(context, route)):
        context.look("plan_changed")
    _number(context.work, route, [*known, *unknown])


def _added_by(context: OperationContext, route: Route) -> set[int]:
    """The stops of a route that this courier's phones have put there."""
    mine = (Device.courier_id == context.courier_id, Operation.kind == OperationKind.STOP_ADDED)
    since = Operation.corrected_at >= start_of_day(local_day(context.occurred_at))
    before = context.work.scalars(
        select(Operation).join(Device, Device.id == Operation.device_id).where(*mine, since)
    ).all()
    answers = [one.answer for one in (*before, *context.taken.values()) if one.kind is OperationKind.STOP_ADDED]
    added = {UUID(answer["errand"]["id"]) for answer in answers if answer and answer["errand"]}
    theirs = select(Stop.id).join(StopErrand, StopErrand.stop_id == Stop.id)
    return set(context.work.scalars(theirs.where(Stop.route_id == route.id, StopErrand.errand_id.in_(added))))


def stop_added(context: OperationContext, said: StopAdded) -> None:
    """Put the scanned envelope's errand at the end of today's route, if it is to be visited and lies within reach."""
    session = context.work
    parcel = session.scalar(select(Parcel).where(Parcel.code == said.code.replace(" ", "").upper()))
    if parcel is None:
        context.look("parcel_unknown", parcel=said.code)
        return
    route = _todays_route(context)
    if route is None or parcel.errand_id is None:
        context.look("plan_changed")
        return
    errand = errands.lock(session, parcel.errand_id)
    if errand.office_id != context.office_id and not _within_reach(context, parcel):
        context.look("parcel_unknown", parcel=said.code)  # as one that nobody knows: guessing numbers teaches nothing
        return
    context.errand = errand
    if session.scalar(_on_route(route, errand)) is not None:
        return
    if errand.state not in PLANNABLE or errand.office_id != context.office_id:
        context.look("errand_moved" if errand.state is not ErrandState.CANCELLED else "errand_cancelled")
    elif not _within_reach(context, parcel):
        context.look("not_the_holder", parcel=parcel.code)
    else:
        _append(session, route, errand)


def _within_reach(context: OperationContext, parcel: Parcel) -> bool:
    """In this courier's bag or in the safe of the office."""
    here = ((Holder.COURIER, str(context.courier_id)), (Holder.OFFICE_SAFE, str(context.office_id)))
    return (parcel.holder, parcel.holder_id) in here


def _append(session: Session, route: Route, errand: Errand) -> None:
    _take_off(session, errand)
    last = session.scalar(select(Stop).where(Stop.route_id == route.id).order_by(Stop.sequence.desc()).limit(1))
    moment = last.leaves_at if last else route.starts_at
    session.add(
        Stop(
            route_id=route.id,
            sequence=last.sequence + 1 if last else 1,
            place_id=errand.place_id,
            arrives_at=moment,
            starts_at=moment,
            leaves_at=moment,
            distance_m=last.distance_m if last else 0,
            errands=[errand],
        )
    )
    if errand.state is ErrandState.SCHEDULED:
        errands.advance(errand, ErrandState.PLANNED)
    if session.scalar(select(Run.id).where(Run.route_id == route.id)) is not None:
        errands.advance(errand, ErrandState.UNDER_WAY)
    _changed(session, route)


def _take_off(session: Session, errand: Errand) -> None:
    """A colleague had it on the route of another plan in force: two couriers must not ring at one door."""
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id) & PlanOffice.published
    others = select(Stop.id).join(Route, Route.id == Stop.route_id).join(PlanOffice, in_force)
    session.execute(
        delete(StopErrand)
        .where(StopErrand.errand_id == errand.id, StopErrand.stop_id.in_(others))
        .execution_options(synchronize_session=False)
    )
    empty = ~exists().where(StopErrand.stop_id == Stop.id)
    session.execute(delete(Stop).where(Stop.id.in_(others), Stop.place_id == errand.place_id, empty))


def _todays_route(context: OperationContext) -> Route | None:
    day = local_day(context.occurred_at)
    return context.work.scalar(_in_force(context).where(Plan.day == day))


def _own_route(session: Session, context: OperationContext, route_id: int) -> Route | None:
    return session.scalar(_in_force(context).where(Route.id == route_id))


def _in_force(context: OperationContext) -> Select[Route]:
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    return (
        select(Route)
        .join(Plan, Plan.id == Route.plan_id)
        .join(PlanOffice, in_force)
        .where(Route.courier_id == context.courier_id, PlanOffice.published)
        .with_for_update(of=Route)
    )


def _on_route(route: Route, errand: Errand) -> Select[int]:
    mine = (Stop.route_id == route.id, StopErrand.errand_id == errand.id)
    return select(Stop.id).join(StopErrand, StopErrand.stop_id == Stop.id).where(*mine)


def _stop_ids(session: Session, route: Route) -> Sequence[int]:
    return session.scalars(select(Stop.id).where(Stop.route_id == route.id).order_by(Stop.sequence)).all()


def _number(session: Session, route: Route, stops: Sequence[int]) -> None:
    rows = [{"id": stop, "sequence": number} for number, stop in enumerate(stops, start=1)]
    session.execute(update(Stop), rows)
    _changed(session, route)


def _changed(session: Session, route: Route) -> None:
    """Boards and bundles notice by the plan's revision."""
    session.execute(update(Plan).where(Plan.id == route.plan_id).values(revision=Plan.revision + 1))


def pin_corrected(context: OperationContext, said: PinCorrected) -> None:
    errand = _at_place(context, said)
    if errand is None:
        context.look("not_your_errand")
        return
    context.errand = errand
    lon, lat = said.lon_e6 / 1_000_000, said.lat_e6 / 1_000_000
    _tolerate(context, lambda: places.correct_pin(context.work, errand, lon, lat, context.by, context.now))
    if (errand.place.lon, errand.place.lat) == (lon, lat):
        _ask_about_unit(context, errand.place, lon, lat)


def _ask_about_unit(context: OperationContext, place: Place, lon: float, lat: float) -> None:
    found = elsewhere(context.work, place.unit, lon, lat)
    if found is None:
        return
    if found.unit is None:  # it stands: somebody was there. But office, price and desk hang on the commune
        context.look("pin_outside", unit=place.unit.name)
    else:
        context.look("pin_in_other_unit", unit=place.unit.name, other=found.unit.name)


def _at_place(context: OperationContext, said: PinCorrected) -> Errand | None:
    """An errand of this office at that door: only who may ring there may move the pin."""
    here = (Errand.place_id == said.place_id, Errand.office_id == context.office_id)
    wanted = select(Errand.id).where(*here).order_by(Errand.created_at.desc()).limit(1)
    if context.header.errand_id is not None:
        wanted = select(Errand.id).where(*here, Errand.id == context.header.errand_id)
    found = context.work.scalar(wanted)
    return errands.lock(context.work, found) if found is not None else None


def _tolerate(context: OperationContext, change: Callable[[], object]) -> None:
    try:
        change()
    except DomainError as refusal:
        context.look_at([refusal])
