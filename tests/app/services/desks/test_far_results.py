"""A result of another commune's desk goes home: entered there, by van and hub to the office of the door; every holder right.

Walked as Diên Hồng → Ia Krái is, and as Quy Nhơn → Kbang is: over two hubs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import CloseBag, HandOver, OpenBag, RescheduleErrand
from app.domain.custody import Holder, Party
from app.domain.entitlement import DecideEntitlement, ResultHere
from app.domain.errand import ErrandState, ProofKind
from app.domain.errors import DomainError
from app.models import Desk, Errand, Office, Parcel, ServiceRequest
from app.queries.desks.bags import bound_from
from app.queries.desks.ways import way_of
from app.queries.tracking.timeline import Story, timeline
from app.services.booking import errands, slots
from app.services.booking.book import book
from app.services.booking.entitlements import decide, note_result
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.visits.delivery import deliver
from app.unit_of_work import UnitOfWork
from tests.app.statements import statements
from tests.factories import KEYS, World, make_desk, make_office, make_unit, make_world, wish_for_result
from tests.factories.custody import delivering, make_road, next_operation, next_seal, packing
from tests.factories.transfers import local, make_round

CODE = "H21.91.077-261125-00042"


@dataclass(frozen=True)
class FarResult:
    """The desk that has it, the office beside that desk, the hubs between, and the home's own world."""

    home: World
    desk: Desk
    first: Office
    hubs: tuple[Office, ...]

    @property
    def safe(self) -> Party:
        return safe_of(self.home.office)


def safe_of(office: Office) -> Party:
    return Party(Holder.OFFICE_SAFE, str(office.id))


@pytest.fixture(params=[1, 2], ids=["over one hub", "over two hubs"])
def far(request: pytest.FixtureRequest, session: UnitOfWork) -> FarResult:
    """Vans of every weekday: to the hub before noon, from hub to hub in the afternoon, out to the home the next morning."""
    home = make_world(session)
    there = make_unit(session)
    desk, first = make_desk(session, unit=there, dossier_prefix="H21.91.077"), make_office(session, unit=there)
    hubs = tuple(make_office(session, unit=make_unit(session), kind="hub") for _ in range(request.param))
    make_round(session, (safe_of(first), "08:00"), (safe_of(hubs[0]), "11:00"))
    if len(hubs) > 1:
        make_round(session, (safe_of(hubs[0]), "13:00"), (safe_of(hubs[1]), "17:00"))
    make_round(session, (safe_of(hubs[-1]), "06:30"), (safe_of(home.office), "09:15"))
    return FarResult(home, desk, first, hubs)


def asked(session: UnitOfWork, far: FarResult) -> ServiceRequest:
    request = book(session, wish_for_result(far.home, CODE, now=local(1, 8), proof=ProofKind.ID_CHECK), KEYS)
    decide(session, DecideEntitlement(request.dossiers[0].id, far.desk.id, "staff:1", local(1, 9)))
    session.expire_all()
    return request


def packed(session: UnitOfWork, far: FarResult, now: datetime) -> Parcel:
    road = make_road(session, far.home)
    return result_ready(session, packing(road, dossier=CODE, desk_id=far.desk.id, now=now))


def story(session: Session, request: ServiceRequest, now: datetime) -> Story:
    session.flush()
    session.expire_all()
    return timeline(session, request, now, "vi").stories[0]


def given(session: UnitOfWork, parcel: Parcel, giver: Party, taker: Party, now: datetime) -> None:
    hand_over(
        session,
        HandOver((parcel.code,), giver, taker, next_operation(), now, now, by="staff:1", confirmed_by="staff:2"),
    )


def ride(session: UnitOfWork, parcel: Parcel, origin: Party, to: Party, left: datetime) -> str:
    bag = close_bag(
        session,
        CloseBag(
            parcel_codes=(parcel.code,), origin=origin, destination=to, seal_number=next_seal(),
            operation_id=next_operation(), now=left, by="staff:1", confirmed_by="staff:2",
        ),
    )  # fmt: skip
    return bag.code


def arrive(session: UnitOfWork, parcel: Parcel, bag: str, here: Party, now: datetime) -> None:
    open_bag(
        session,
        OpenBag(
            bag_code=bag, found=(parcel.code,), here=here, seal_whole=True, operation_id=next_operation(), now=now,
            by="staff:3", confirmed_by="staff:4",
        ),
    )  # fmt: skip


def delivery_of(session: Session, request: ServiceRequest) -> Errand:
    return session.scalars(select(Errand).where(Errand.request_id == request.id)).one()


Walk = Callable[[UnitOfWork, FarResult], ServiceRequest]


def citizen_first(session: UnitOfWork, far: FarResult) -> ServiceRequest:
    return asked(session, far)


def desk_first(session: UnitOfWork, far: FarResult) -> ServiceRequest:
    note_result(session, ResultHere(CODE, far.desk.id, "staff:1", local(1, 7)))
    return asked(session, far)


@pytest.mark.parametrize("begin", [citizen_first, desk_first])
def test_a_result_of_any_desk_goes_home_and_every_holder_is_right_at_every_look(
    session: UnitOfWork, far: FarResult, begin: Walk
) -> None:
    request = begin(session, far)
    home = far.home.office.name
    assert story(session, request, local(1, 10)).holder == f"{far.desk.name} đang giữ hồ sơ."

    parcel = packed(session, far, local(1, 15))
    expected = local(3, 9, 15)
    said = story(session, request, local(1, 15, 5))
    assert said.holder.startswith(f"{far.desk.name} đang giữ kết quả")
    assert said.next_actor.startswith(f"{far.desk.name}: giao kết quả cho bưu cục. Xe chở về {home}")
    assert said.next_actor.endswith("dự kiến đến lúc 09:15 03/12/2026.")

    given(session, parcel, Party(Holder.DESK, str(far.desk.id)), safe_of(far.first), local(1, 16))
    said = story(session, request, local(1, 16, 5))
    assert (said.holder.split(" đang giữ")[0], said.next_actor.split(":")[0]) == (far.first.name, "Bưu điện")
    (bound,) = bound_from(session, safe_of(far.first))
    assert bound.party == far.safe  # its counter is told whither

    at, moment = safe_of(far.first), local(2, 8)
    for hub in far.hubs:
        bag = ride(session, parcel, at, safe_of(hub), moment)
        assert "trong túi thư niêm phong" in story(session, request, moment + timedelta(minutes=1)).holder
        at = safe_of(hub)
        moment += timedelta(hours=3, minutes=30)
        arrive(session, parcel, bag, at, moment)
        said = story(session, request, moment)
        assert said.holder.startswith(f"{hub.name} đang giữ")
        assert delivery_of(session, request).state is ErrandState.REQUESTED
        moment = local(2, 13)
    bag = ride(session, parcel, at, far.safe, local(3, 6, 30))
    arrive(session, parcel, bag, far.safe, expected)
    said = story(session, request, expected)
    errand = delivery_of(session, request)
    assert errand.state is ErrandState.SCHEDULED  # offered when it lies at the office of the door
    assert (said.holder.split(" đang giữ")[0], said.next_actor.startswith("Bưu tá: mang kết quả")) == (home, True)

    courier = Party(Holder.COURIER, str(far.home.courier.id))
    given(session, parcel, far.safe, courier, expected + timedelta(days=1))
    assert story(session, request, expected + timedelta(days=1)).holder.startswith("Bưu tá")
    road = make_road(session, far.home)
    door = delivering(road, errand_id=errand.id, now=expected + timedelta(days=1, hours=1), code=None)
    errand.state = ErrandState.UNDER_WAY
    session.flush()
    deliver(session, door, KEYS)
    said = story(session, request, expected + timedelta(days=2))
    assert (said.holder, said.next_actor) == ("Kết quả đã ở trong tay ông/bà.", "Mọi việc đã xong.")
    offices = [step.text for step in said.steps if step.key == "result_at_office"]
    assert offices == [f"Kết quả đã về {office.name}" for office in (far.first, *far.hubs, far.home.office)]


def test_no_visit_is_offered_before_the_result_can_be_there(session: UnitOfWork, far: FarResult) -> None:
    request = asked(session, far)
    packed(session, far, local(1, 15))
    errand = delivery_of(session, request)
    reach = errands.reach_of(session, errand, local(1, 15, 5))
    assert reach == local(3, 9, 15)
    soon, *_, late = slots.open_slots(session, far.home.unit.code, local(1, 15, 5))
    assert soon.starts_at < reach < late.starts_at
    with pytest.raises(DomainError) as refusal:
        errands.reschedule(session, RescheduleErrand(errand.id, soon.id, "citizen:1", local(1, 15, 5)))
    assert refusal.value.code == "result_on_the_way"
    errands.reschedule(session, RescheduleErrand(errand.id, late.id, "citizen:1", local(1, 15, 5)))
    assert errand.state is ErrandState.SCHEDULED


def test_where_no_van_goes_nothing_is_promised(session: UnitOfWork) -> None:
    home, there = make_world(session), make_unit(session)
    far = FarResult(
        home, make_desk(session, unit=there, dossier_prefix="H21.91.077"), make_office(session, unit=there), ()
    )
    request = asked(session, far)
    packed(session, far, local(1, 15))
    assert errands.reach_of(session, delivery_of(session, request), local(1, 16)) is None
    assert "dự kiến" not in " ".join(step.text for step in story(session, request, local(1, 16)).steps)


def test_a_look_costs_the_same_however_many_places_the_vans_call_at(session: UnitOfWork, far: FarResult) -> None:
    """A province's vans call at hundreds, and every tracking page of a result on its way asks."""
    request = asked(session, far)
    parcel, errand = packed(session, far, local(1, 15)), delivery_of(session, request)
    few = asked_of_the_database(session, parcel, errand)
    calls = [(safe_of(make_office(session)), f"{9 + n}:00".zfill(5)) for n in range(12)]
    make_round(session, *calls)
    assert asked_of_the_database(session, parcel, errand) == few


def asked_of_the_database(session: UnitOfWork, parcel: Parcel, errand: Errand) -> int:
    session.flush()
    session.expire_all()
    with statements(session) as told:
        assert way_of(session, parcel, errand, local(1, 16)).arrives_at is not None
    return len(told)
