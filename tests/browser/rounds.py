"""A published day for one courier, made straight in the database: doors with four papers, results in the bag."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from app.clock import local_day
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState, ProofKind
from app.domain.identity import ApplicantKind
from app.domain.tariff import ChargeKind, Direction
from app.models import Charge, Courier, Errand, Parcel
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.staff.access import set_password
from app.services.staff.passwords import hash_password
from app.unit_of_work import UnitOfWork
from tests.factories import World, make_courier, make_paper, make_procedure, make_world, slot_on
from tests.factories.custody import Road, handing, make_road, next_dossier_code, packing
from tests.factories.route import make_route

PASSWORD = "bưu tá thử 2026"


@dataclass(frozen=True, slots=True)
class Round:
    username: str
    courier_id: int
    kinds: tuple[str, ...]  # by stop, in order: "collect" or "deliver"


def make_round(
    session: UnitOfWork,
    stops: int,
    now: datetime,
    *,
    money: bool = False,
    purse: Random | None = None,
    asks: bool = False,
) -> Round:
    """Every third stop is a delivery against papers.

    `purse`: money of many amounts, at every other door a state fee, too. `asks`: the procedure has a case that nobody has chosen yet.
    """
    world = _world(session, now, asks=asks)
    kinds = tuple("deliver" if n % 3 == 2 else "collect" for n in range(stops))
    doors = [[_door(session, world, kind, now)] for kind in kinds]
    for number, (errand,) in enumerate(doors):
        if money or purse:
            _charge(session, errand, ChargeKind.POSTAGE, 1000 * purse.randint(15, 60) if purse else 26_000)
        if purse and number % 2:
            _charge(session, errand, ChargeKind.STATE_FEE, 500 * purse.randint(10, 200))
    return _published(session, world.courier, doors, now, kinds)


def make_taking(session: UnitOfWork, envelopes: int, now: datetime) -> tuple[Round, list[str]]:
    """A morning: so many results of the route still lie in the safe; with their codes, in the order of the stops."""
    world = _world(session, now)
    roads = [make_road(session, world) for _ in range(envelopes)]
    codes = [_in_safe(session, road, now).code for road in roads]
    doors = [[road.delivery] for road in roads]
    return _published(session, world.courier, doors, now, ("deliver",) * envelopes), codes


def make_household(
    session: UnitOfWork, kinds: tuple[str, ...], now: datetime, kind: ApplicantKind = ApplicantKind.PERSON
) -> Round:
    """One door with so many errands of one applicant, each of a request of its own."""
    world = _world(session, now)
    errands = [_door(session, world, errand, now) for errand in kinds]
    errands[0].request.applicant.kind = kind
    for errand in errands:
        errand.request.applicant = errands[0].request.applicant
        errand.place = errands[0].place
    session.flush()
    return _published(session, world.courier, [errands], now, kinds)


def _world(session: UnitOfWork, now: datetime, *, asks: bool = False) -> World:
    world = make_world(session)
    courier = make_courier(session, office=world.office)
    slot = slot_on(session, world, local_day(now))
    slot.capacity = 200
    papers = [make_paper(line, name=f"Giấy tờ thử {line}") for line in range(1, 5)]
    procedure = make_procedure(session, papers=papers, **({} if asks else {"cases": []}))
    return replace(world, courier=courier, slot=slot, procedure=procedure)


def _published(
    session: UnitOfWork, courier: Courier, doors: list[list[Errand]], now: datetime, kinds: tuple[str, ...]
) -> Round:
    make_route(session, courier, local_day(now), doors)
    assert courier.staff_account is not None
    set_password(session, courier.staff_account, hash_password(PASSWORD), f"staff:{courier.staff_account.id}", now)
    return Round(courier.staff_account.username, courier.id, kinds)


def _door(session: UnitOfWork, world: World, kind: str, now: datetime) -> Errand:
    road = make_road(session, world)
    return road.collection if kind == "collect" else _result(session, road, now)


def _charge(session: UnitOfWork, errand: Errand, kind: ChargeKind, amount: int) -> None:
    session.add(
        Charge(
            request_id=errand.request_id, dossier_id=errand.dossiers[0].id, errand_id=errand.id, amount=amount, kind=kind,
            direction=Direction.SEND, upper_amount=amount + 4000, basis="thử",
        )
    )  # fmt: skip
    session.flush()


def _result(session: UnitOfWork, road: Road, now: datetime) -> Errand:
    """From the desk over the safe into the courier's bag, this morning."""
    parcel = _in_safe(session, road, now)
    hand_over(session, handing(road, [parcel], road.safe, road.courier, now=now - timedelta(hours=1)))
    return road.delivery


def _in_safe(session: UnitOfWork, road: Road, now: datetime) -> Parcel:
    """From the desk to the safe, yesterday."""
    road.dossier.code, road.dossier.state = next_dossier_code(), DossierState.ACCEPTED
    road.delivery.state, road.delivery.proof = ErrandState.PLANNED, ProofKind.ID_CHECK
    road.delivery.slot, road.collection.state = road.world.slot, ErrandState.DONE
    session.flush()
    parcel = result_ready(session, packing(road, now=now - timedelta(hours=20)))
    hand_over(session, handing(road, [parcel], road.desk, road.safe, now=now - timedelta(hours=18)))
    return parcel
