"""The small land of the model: one office, one desk, three couriers with four phones, eight doors, four results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from app.domain.dossier import DossierState
from app.domain.errand import ErrandState, ProofKind
from app.models import Courier, Device, Errand, Route, Stop
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.evidence.sealed import public_point
from app.unit_of_work import UnitOfWork
from tests.crash.country import OLD_PHONE, Door, Envelope, Land
from tests.factories import DAY, KEYS, NOW, make_courier, make_shift, make_slot, make_world
from tests.factories.custody import Road, handing, make_road, next_dossier_code, packing
from tests.factories.phone import make_grace, make_key
from tests.factories.route import make_route

DOORS, RESULTS = 8, 4


def make_land(session: UnitOfWork) -> Land:
    world = make_world(session)
    couriers = [make_courier(session, office=world.office) for _ in range(3)]
    world = replace(world, courier=couriers[0])
    roads = [make_road(session, world) for _ in range(DOORS)]
    results = [_result(session, make_road(session, world)) for _ in range(RESULTS)]
    doors = [road.collection for road in roads] + [errand for errand, _ in results]
    first = make_route(session, couriers[0], DAY, [[one] for one in doors])
    others = [
        add_route(session, first, courier, [stop for stop in first.stops if stop.sequence % 3 == number])
        for number, courier in enumerate(couriers[1:], start=1)
    ]
    routes = [first, *others]
    carriers = (*couriers, couriers[0])  # the first has two phones
    make_grace(session, NOW + timedelta(days=3650))  # weeks of silence pass here; where it ends has a test of its own
    return Land(
        office_id=world.office.id,
        desk_id=world.desk.id,
        staff=(f"staff:{world.counter.id}", f"staff:{world.clerk.id}"),
        couriers=[courier.id for courier in couriers],
        phones=[
            (_device(session, one, signs=number != OLD_PHONE).id, one.id, public_point(KEYS))
            for number, one in enumerate(carriers)
        ],
        routes=[route.id for route in routes],
        to_collect=[door_of(road.collection, road) for road in roads],
        envelopes=[envelope for _, envelope in results],
        other_slot=make_slot(session, world.unit, DAY + timedelta(days=1)).id,
    )


def add_route(session: Session, first: Route, courier: Courier, stops: Sequence[Stop]) -> Route:
    """Another route of the same plan, with some of the doors of the first."""
    shift = make_shift(session, courier, first.plan.day)
    same = {name: getattr(first, name) for name in ("plan_id", "office_id", "starts_at", "ends_at", "cost")}
    route = Route(**same, courier_id=courier.id, shift_id=shift.id, number=courier.id, distance_m=1000, duration_s=3600)
    session.add(route)
    session.flush()
    for stop in stops:
        stop.route_id = route.id
    session.flush()
    return route


def door_of(errand: Errand, road: Road) -> Door:
    procedure = road.dossier.procedure
    return Door(errand.id, road.dossier.id, f"{procedure.code}@{procedure.version}")


def _result(session: UnitOfWork, road: Road) -> tuple[Errand, Envelope]:
    """Packed at the desk yesterday, in the office's safe since; it is delivered against papers."""
    road.dossier.code, road.dossier.state = next_dossier_code(), DossierState.ACCEPTED
    road.delivery.state, road.delivery.proof = ErrandState.PLANNED, ProofKind.ID_CHECK
    road.delivery.slot = road.world.slot
    road.collection.state = ErrandState.DONE
    session.flush()
    parcel = result_ready(session, packing(road, now=NOW))
    hand_over(session, handing(road, [parcel], road.desk, road.safe, now=NOW + timedelta(hours=1)))
    return road.delivery, Envelope(parcel.code, door_of(road.delivery, road), road.safe)


def _device(session: Session, courier: Courier, *, signs: bool) -> Device:
    token = str(uuid4())
    device = Device(
        id=uuid4(), courier_id=courier.id, name="Máy thử", upload_hash=token, epoch=0, enrolled_at=NOW,
        last_contact_at=NOW,
    )  # fmt: skip
    session.add(device)
    session.flush()
    if signs:
        make_key(session, device)
    return device
