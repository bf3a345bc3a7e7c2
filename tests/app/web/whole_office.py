"""An office where everything has happened once: an object of every kind that an address or a form can name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.config import load_keys
from app.domain.bank import BankAccount, Incoming
from app.domain.booking_wish import AskForCall
from app.domain.cash import Cash
from app.domain.commands import CloseBag
from app.domain.complaint import ComplaintKind
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState, RequestKind
from app.domain.identity import Channel, PhoneNumber, Role
from app.domain.incident import IncidentKind
from app.domain.parcel import s10
from app.domain.survey import VoiceRoad
from app.domain.transfer import TransferState
from app.models import (
    Applicant,
    BankLine,
    BookingWish,
    Claim,
    Courier,
    Device,
    Errand,
    Incident,
    Message,
    OperationPayload,
    Parcel,
    Place,
    Planning,
    Route,
    ServiceRequest,
    SignInSession,
    StaffAccount,
    StrayScan,
)
from app.services.booking import booking_wishes
from app.services.booking.book import book
from app.services.booking.callbacks import ask_to_be_called
from app.services.booking.rebooking import card_token
from app.services.custody import chains
from app.services.custody.incidents import open_incident
from app.services.desks.bags import close_bag
from app.services.desks.bank import DecideLine, ask_refund, code_for, take_in
from app.services.desks.complaints import Lodged, lodge
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.desks.safe_counts import ask
from app.services.desks.transfers import pack
from app.services.messaging import messages
from app.services.staff import resets
from app.services.staff.sessions import SignInPlace, begin_citizen, begin_staff
from app.unit_of_work import UnitOfWork
from app.web.session import context
from tests.app.web.api.good_calls import Scene, make_scene
from tests.factories import KEYS, World, make_desk, make_office, make_paper, make_procedure, make_staff, wish_for_result
from tests.factories.cash import counted, handed_in, make_receipt
from tests.factories.counter import number
from tests.factories.countersigning import make_invitation
from tests.factories.custody import (
    AT_THE_DOOR,
    Road,
    accepted,
    at_desk,
    collected,
    delivered,
    handing,
    make_road,
    next_operation,
    next_seal,
    packing,
)
from tests.factories.files import bring, make_operation, make_picture, make_use
from tests.factories.links import make_inbox_message, make_outbox_message
from tests.factories.online_help import make_online_help
from tests.factories.phone import make_device, make_phone_day
from tests.factories.planning import make_plan_act
from tests.factories.times import DAY, NOW
from tests.factories.transfers import DeskRoad, bagging, make_round, packing_transfer, received

AN_HOUR_LATER = AT_THE_DOOR + timedelta(hours=1)
NAME, PHONE, COURIER_PHONE = "Rơ Châm Canh Gác", "0900123987", "0911987987"
CANARIES: Final = (
    NAME, PHONE, "Nhà sàn canh gác 7788", "sau giọt nước canh gác", "Siu Giúp Canh Gác", "0900777141", COURIER_PHONE,
    "lời riêng canh gác",
)  # fmt: skip
"""What nobody of another office may ever read."""


@dataclass(frozen=True)
class WholeOffice:
    """`known`: by the name of its place in an address or a form, an id of this office's."""

    scene: Scene
    known: Mapping[str, str]
    tokens: Mapping[str, str]  # whoever holds one is let in: others have to guess
    manager: StaffAccount
    courier: StaffAccount

    @property
    def world(self) -> World:
        return self.scene.world


def make_whole_office(session: UnitOfWork, app: Flask) -> WholeOffice:
    scene = make_scene(session, app)
    world = scene.world
    waiting, on_road, done = (make_road(session, world) for _ in range(3))
    manager = make_staff(session, Role.OFFICE_MANAGER, office=world.office)
    known: dict[str, object] = {
        **_of_envelopes(session, on_road, done),
        **_of_plans(session, world),
        **_of_the_phone(session, on_road),
        **_of_others(session, scene, on_road),
        **_of_cash(session, world, manager),
        "errand_id": waiting.collection.id,
        "reference": waiting.request.reference,
        "dossier_id": waiting.dossier.id,
        "asked_id": _asked(session, world),
        "applicant_id": waiting.request.applicant_id,
        "message_id": _message(session, waiting),
        "courier_id": world.courier.id,
        "office_id": world.office.id,
        "party": f"office_safe:{world.office.id}",
        "slot": world.slot.id,
        "help": make_online_help(session, world).reference,
        "unit": world.unit.code,
        "xac-nhan-thu-tien/number": "CK26-000001",
    }
    _name_everybody(session, waiting.request.id)
    known["tai-khoan/noi-dang-nhap/number"], known["yeu-cau/noi-dang-nhap/number"] = _sessions(session, app, manager)
    courier = session.get_one(StaffAccount, world.courier.staff_account_id)
    keys = load_keys(app.extensions["tannha"].settings)
    known["username"], known["account_id"] = courier.username, world.counter.id  # a courier is given no other role
    tokens = {
        "theo-doi/token": waiting.request.tracking_token,
        "t/token": waiting.request.tracking_token,
        "dat-lai-mat-khau/token": resets.make(session, courier, manager, app.extensions["tannha"].clock.now(), keys),
        "hen-lai/token": card_token(str(app.secret_key), [waiting.collection.id], DAY),
    }
    session.flush()
    return WholeOffice(scene, {name: str(value) for name, value in known.items()}, tokens, manager, courier)


def _of_envelopes(session: UnitOfWork, on_road: Road, done: Road) -> dict[str, object]:
    """At the door, in the safe, in bags, at the desk, between desks, unknown, and one with an incident."""
    world, attempt, on_way = on_road.world, delivered(session, done), collected(session, on_road)
    at_counter, at_the_desk = (_told_by_a_phone(session, world, taker) for taker in (on_road.safe, on_road.desk))
    held, in_safe = _result_in_safe(session, world)
    transfer, arrived, bag, sealed = _between_desks(session, world)
    to_count = at_desk(session, make_road(session, world)).code
    incident = open_incident(
        session, kind=IncidentKind.DAMAGED, parcel_code=on_way.code, office_id=world.office.id, by="staff:1", now=NOW,
        note=CANARIES[7],
    )  # fmt: skip
    return {
        "attempt_id": attempt.id,
        "booking_wish_id": _wish_to_book(session, world),
        "wish_id": ask_to_be_called(session, attempt.errand.request, attempt.occurred_at).id,
        "parcel": on_way.code,
        "phieu-gui/parcel_code": on_way.code,
        "event_id": at_counter,
        "mot-cua/xac-nhan/event_id": at_the_desk,
        "gui-tra/errand_id": held.delivery.id,
        "trao/errand_id": held.delivery.id,
        "mien-ban-chinh/errand_id": _owing_originals(session, world),
        "buu-cuc/buu-gui/code": in_safe.code,
        "buu-gui/code": to_count,
        "dem/code": to_count,
        "buu-cuc/tui/code": _bag_of(session, world),
        "tui/code": bag,
        "noi-lam-viec/code": world.office.code,
        "transfer_id": transfer,
        "da-du/transfer_id": arrived,
        "sealed_parcel": sealed,
        "incident_id": incident.id,
        "complaint_id": _complaint(session, done),
        "line_id": (line := _odd_line(session, done)),
        "refund_id": ask_refund(session, DecideLine(line, "staff:1", NOW)).id,
        "stray_id": _stray(session, world),
        "ky/number": make_invitation(session, world).id,
        "mot-cua/ky/number": make_invitation(session, world, other_holder=Holder.DESK, other_id=str(world.desk.id)).id,
    }


def _wish_to_book(session: UnitOfWork, world: World) -> int:
    """A number that asked to be called and has no request."""
    wanted = AskForCall(PhoneNumber(CANARIES[1]), RequestKind.SEND, world.unit.code)
    booking_wishes.ask(session, wanted, NOW)
    return session.scalars(select(BookingWish.id)).one()


def _complaint(session: UnitOfWork, road: Road) -> int:
    said = Lodged(ComplaintKind.DELAY, VoiceRoad.WEB, CANARIES[7], f"citizen:{road.request.id}", NOW)
    return lodge(session, road.request, said).id


def _odd_line(session: UnitOfWork, road: Road) -> int:
    """More than is due came over the bank for this request."""
    words = code_for(session, road.request.id, NOW)
    take_in(
        session, Incoming("webhook", "001", "FT9", 999_999, words, NOW, None), BankAccount("970403", "001", "THU"), NOW
    )
    return session.scalars(select(BankLine.id)).one()


def _of_plans(session: UnitOfWork, world: World) -> dict[str, object]:
    day = make_phone_day(session, world=world)
    route = session.scalars(select(Route).where(Route.courier_id == day.courier.id)).one()
    planning = Planning(day=DAY, seconds=1, asked_by="staff:1", asked_at=NOW, state="queued")
    session.add(planning)
    session.flush()
    hub = Party(Holder.OFFICE_SAFE, str(make_office(session, kind="hub").id))
    return {
        "route_id": route.id,
        "plan_id": route.plan_id,
        "act_id": make_plan_act(session, route).id,
        "stop_id": route.stops[0].id,
        "route_errand": route.stops[0].errands[0].id,
        "planning_id": planning.id,
        "round_id": make_round(session, (Party(Holder.OFFICE_SAFE, str(world.office.id)), "08:00"), (hub, "10:00")),
    }


def _of_the_phone(session: UnitOfWork, road: Road) -> dict[str, object]:
    """The courier's phone, a photograph of a door, and an act that a person has to look at."""
    device = session.scalars(select(Device).where(Device.courier_id == road.world.courier.id)).one()
    device.suspected_at = NOW  # its office has to look at it
    act = make_operation(session, device, errand_id=road.collection.id, result="needs_review", reviews=["clock_jumped"])
    act.look_note, act.answer = CANARIES[7], {"result": "needs_review", "told": CANARIES[4]}
    session.add(OperationPayload(operation_id=act.id, sealed=b"{}"))
    claim = Claim(
        operation_id=act.id, device_id=device.id, courier_id=device.courier_id, office_id=road.world.office.id, day=DAY,
        kind=act.kind, errand_id=road.collection.id, elsewhere=False, occurred_at=NOW, received_at=NOW,
    )  # fmt: skip
    session.add(claim)
    session.flush()
    keys = load_keys(context().settings)
    picture = make_picture(keys=keys)
    make_use(session, picture.sha256, act)
    bring(session, picture, device, keys=keys)
    return {"device_id": device.id, "operation_id": act.id, "claim_id": claim.id, "sha256": picture.sha256}


def _of_others(session: UnitOfWork, scene: Scene, road: Road) -> dict[str, object]:
    """What its desk's agency knows by an id, and what went to outside systems and came from them."""
    return {
        "dossiers/code": scene.code,
        "request_id": scene.request_id,
        "refusal_id": scene.refusal.id,
        "subscription_id": scene.subscriber.id,
        "delivery_id": scene.delivery.id,
        "outbox_message_id": make_outbox_message(session, road.dossier, state="refused", said=CANARIES[7]).id,
        "inbox_message_id": make_inbox_message(session).id,
    }


def _of_cash(session: UnitOfWork, world: World, manager: StaffAccount) -> dict[str, object]:
    """Money of two days: one day's is counted and not handed in yet, the other's has been handed in."""
    device = make_device(session, world.courier)
    counts = []
    for paid_at in (NOW - timedelta(days=1), NOW):
        make_receipt(session, device, paid_at)
        counts.append(counted(session, world.courier, paid_at, Cash(26_000), by=manager))
    before, waiting = counts
    return {
        "surprise_id": ask(session, world.office.id, "staff:1", NOW).id,
        "count_id": waiting.id,
        "hand_in_id": handed_in(session, before, world.courier, by=manager).id,
    }


def _told_by_a_phone(session: UnitOfWork, world: World, taker: Party) -> int:
    """An envelope that the courier says lies there; nobody there has said so yet."""
    road = make_road(session, world)
    act = Act(
        EventKind.HANDED_OVER, road.courier, taker, occurred_at=AN_HOUR_LATER, now=AN_HOUR_LATER, by=road.by_courier,
        operation_id=next_operation(), late=True,
    )  # fmt: skip
    event = chains.append(session, collected(session, road), act)
    session.flush()
    return event.id


def _result_in_safe(session: UnitOfWork, world: World) -> tuple[Road, Parcel]:
    """A result that nobody came for, and that the citizen may fetch."""
    road = make_road(session, world)
    accepted(session, road)
    result = result_ready(session, packing(road))
    hand_over(session, handing(road, [result], road.desk, road.safe, now=packing(road).now + timedelta(hours=1)))
    road.delivery.state = ErrandState.HELD
    session.flush()
    return road, result


def _bag_of(session: UnitOfWork, world: World) -> str:
    """A bag that leaves the office for the desk, with one envelope."""
    road = make_road(session, world)
    parcel = collected(session, road)
    hand_over(session, handing(road, [parcel], road.courier, road.safe))
    return close_bag(
        session,
        CloseBag(
            parcel_codes=(parcel.code,), origin=road.safe, destination=road.desk, seal_number=next_seal(),
            operation_id=next_operation(), now=AT_THE_DOOR + timedelta(hours=8), by=road.by_counter, confirmed_by=road.by_courier,
        ),
    ).code  # fmt: skip


def _owing_originals(session: UnitOfWork, world: World) -> UUID:
    """A delivery that brings an original back to the desk, which may do without."""
    procedure = make_procedure(session, originals_due=True, papers=[make_paper(1)])
    road = make_road(session, world, procedure=procedure, state=DossierState.ACCEPTED)
    return road.delivery.id


def _between_desks(session: UnitOfWork, world: World) -> tuple[UUID, UUID, str, str]:
    """A transfer that is wanted, one that has come here, a bag with another one's envelope, and that envelope."""
    hub = make_office(session, kind="hub")
    there = make_desk(session, level="commune", office_id=hub.id)
    procedure = make_procedure(session, boundary_free=True)
    clerk = make_staff(session, Role.DESK_CLERK, desk=there)

    def way() -> DeskRoad:
        given = {"procedure": procedure, "competent_desk": there, "competent_desk_id": there.id}
        return DeskRoad(make_road(session, world, **given), there, hub, clerk)

    wanted = received(session, way())
    other = way()
    sealed = pack(session, packing_transfer(other, received(session, other))).parcel
    assert sealed is not None
    bag = close_bag(session, bagging(other, [sealed], other.here, other.other))
    arrived = received(session, way())
    arrived.from_desk_id, arrived.to_desk_id, arrived.state = there.id, world.desk.id, TransferState.ARRIVED
    session.flush()
    return wanted.id, arrived.id, bag.code, sealed.code


def _asked(session: UnitOfWork, world: World) -> UUID:
    """A result that somebody asked for by its code, for the desk to confirm."""
    request = book(session, wish_for_result(world, f"H21.65-261120-{number():05d}"), KEYS)
    return request.dossiers[0].id


def _message(session: UnitOfWork, road: Road) -> UUID:
    messages.tell(session, road.request, road.collection, "booked", NOW, f"thu:{road.request.id}", slot="sáng mai")
    told = session.scalars(select(Message).where(Message.trigger == f"thu:{road.request.id}")).one()
    told.state, told.error = "failed", "Rejected"
    session.flush()
    return told.id


def _stray(session: Session, world: World) -> int:
    scan = StrayScan(
        code=s10(70_000_000 + number()), kind=EventKind.HANDED_OVER, giver=Holder.COURIER, giver_id=str(world.courier.id),
        taker=Holder.OFFICE_SAFE, taker_id=str(world.office.id), occurred_at=NOW, received_at=NOW,
        actor=f"staff:{world.counter.id}", operation_id=str(uuid4()), office_id=world.office.id,
    )  # fmt: skip
    session.add(scan)
    session.flush()
    return scan.id


def _name_everybody(session: Session, own: UUID) -> None:
    """Every person who has to do with this office bears the names that nobody else may read.

    `own`: the request whose applicant is reached by the own telephone; a helper's is the other ones'.
    """
    session.flush()
    session.execute(update(Applicant).values(name=NAME, phone=PHONE))
    session.execute(update(Place).values(address=CANARIES[2], landmark=CANARIES[3]))
    helped = {"channel": Channel.HELPER, "helper_name": CANARIES[4], "helper_phone": CANARIES[5]}
    session.execute(update(ServiceRequest).values(**helped))
    session.execute(update(ServiceRequest).where(ServiceRequest.id == own).values(channel=Channel.SMS))
    session.execute(update(Courier).values(phone=COURIER_PHONE))
    session.execute(update(Message).values(recipient=PHONE, body=f"Chào {NAME}"))
    session.execute(update(Errand).where(Errand.state == ErrandState.HELD).values(close_reason=CANARIES[7]))
    session.execute(update(Incident).values(note=f"{CANARIES[7]}: {NAME}, {PHONE}"))
    session.expire_all()


def _sessions(session: Session, app: Flask, account: StaffAccount) -> tuple[int, int]:
    place = SignInPlace("Chrome", app.extensions["tannha"].clock.wall())
    keys = load_keys(app.extensions["tannha"].settings)
    begin_staff(session, account, place, keys)
    begin_citizen(session, PHONE, place, keys)
    found = session.scalars(select(SignInSession).order_by(SignInSession.id)).all()
    return found[-2].id, found[-1].id
