"""A dossier received at one desk for another, and each hop of its way, through the real services.

A `DeskRoad` is a `Road` whose dossier another desk decides; every step is half an hour or more after the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.commands import CloseBag, CountPapers, OpenBag, PackTransfer, ResultReady, SaveRound
from app.domain.custody import Holder, Party
from app.domain.identity import Role
from app.domain.timetable import Call, Timetable
from app.models import Bag, Desk, Office, Parcel, StaffAccount, Transfer
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.counting import count_papers
from app.services.desks.results import result_ready
from app.services.desks.rounds import save_round
from app.services.desks.transfers import pack
from app.unit_of_work import UnitOfWork
from tests.factories.counter import number
from tests.factories.custody import AT_THE_DOOR, Road, counting, make_road, next_operation, next_seal
from tests.factories.custody import at_desk as at_the_first_desk
from tests.factories.office import make_desk, make_office, make_staff
from tests.factories.procedure import make_procedure
from tests.factories.world import make_world

COUNTED_AT = AT_THE_DOOR + timedelta(hours=6)  # Tuesday 1 December, 14:30
WORKING_DAYS = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True)
class DeskRoad:
    road: Road
    there: Desk
    hub: Office
    clerk_there: StaffAccount

    @property
    def here(self) -> Party:
        return self.road.desk

    @property
    def other(self) -> Party:
        return Party(Holder.DESK, str(self.there.id))

    @property
    def by_other(self) -> str:
        return f"staff:{self.clerk_there.id}"


def make_desk_road(session: Session, level: str = "commune", **dossier: Any) -> DeskRoad:
    """`level` of the desk that decides: province makes the way a vertical one."""
    world = make_world(session)
    hub = make_office(session, kind="hub")
    there = make_desk(session, level=level, office_id=hub.id)
    procedure = make_procedure(session, level=level, boundary_free=True)
    given = {"procedure": procedure, "competent_desk": there, "competent_desk_id": there.id, **dossier}
    road = make_road(session, world, **given)
    return DeskRoad(road, there, hub, make_staff(session, Role.DESK_CLERK, desk=there))


def received(session: UnitOfWork, way: DeskRoad, **given: Any) -> Transfer:
    """Collected at home, counted in full at the receiving desk: the transfer is wanted."""
    parcel = at_the_first_desk(session, way.road)
    count_papers(session, counting(way.road, parcel, **{"due_on": None, **given}))
    return transfer_of(session, way)


def transfer_of(session: Session, way: DeskRoad) -> Transfer:
    mine = select(Transfer).where(Transfer.dossier_id == way.road.dossier.id).order_by(Transfer.wanted_at.desc())
    return session.scalars(mine).first()  # type: ignore[return-value]  # a test that has none fails at once


def packing_transfer(way: DeskRoad, transfer: Transfer, **given: Any) -> PackTransfer:
    defaults: dict[str, Any] = {
        "transfer_id": transfer.id,
        "desk_id": way.road.world.desk.id,
        "seal_number": next_seal(),
        "operation_id": next_operation(),
        "now": COUNTED_AT + timedelta(hours=1),
        "by": way.road.by_clerk,
    }
    return PackTransfer(**{**defaults, **given})


def packed(session: UnitOfWork, way: DeskRoad) -> Parcel:
    transfer = received(session, way)
    parcel = pack(session, packing_transfer(way, transfer)).parcel
    assert parcel is not None
    return parcel


def bagging(way: DeskRoad, parcels: list[Parcel], origin: Party, destination: Party, **given: Any) -> CloseBag:
    defaults: dict[str, Any] = {
        "parcel_codes": tuple(parcel.code for parcel in parcels),
        "origin": origin,
        "destination": destination,
        "seal_number": next_seal(),
        "operation_id": next_operation(),
        "now": COUNTED_AT + timedelta(hours=2),
        "by": way.by_other if origin == way.other else way.road.by_clerk,
        "confirmed_by": way.road.by_counter,
    }
    return CloseBag(**{**defaults, **given})


def opening(way: DeskRoad, bag: Bag, found: list[Parcel], here: Party, **given: Any) -> OpenBag:
    defaults: dict[str, Any] = {
        "bag_code": bag.code,
        "here": here,
        "found": tuple(parcel.code for parcel in found),
        "seal_whole": True,
        "operation_id": next_operation(),
        "now": COUNTED_AT + timedelta(hours=20),
        "by": way.by_other if here == way.other else way.road.by_clerk,
        "confirmed_by": way.road.by_counter,
    }
    return OpenBag(**{**defaults, **given})


def carried(session: UnitOfWork, way: DeskRoad, parcel: Parcel) -> Bag:
    """From the receiving desk to the competent one, in one bag, and taken out."""
    bag = close_bag(session, bagging(way, [parcel], way.here, way.other))
    return open_bag(session, opening(way, bag, [parcel], way.other))


def counting_there(way: DeskRoad, parcel: Parcel, **given: Any) -> CountPapers:
    defaults: dict[str, Any] = {
        "counts": {paper.line: paper.count for paper in parcel.papers},
        "desk_id": way.there.id,
        "dossier_code": None,
        "due_on": None,
        "now": COUNTED_AT + timedelta(hours=21),
        "by": way.by_other,
    }
    return counting(way.road, parcel, **{**defaults, **given})


def decided(session: UnitOfWork, way: DeskRoad) -> Parcel:
    """The result, packed and sealed at the competent desk."""
    return result_ready(
        session,
        ResultReady(
            dossier=way.road.dossier.code or "",
            title="Giấy kết quả thử",
            seal_number=next_seal(),
            desk_id=way.there.id,
            operation_id=next_operation(),
            now=COUNTED_AT + timedelta(days=2),
            by=way.by_other,
        ),
    )


def make_round(session: Session, *calls: tuple[Party, str], **given: Any) -> int:
    """A van on every weekday that calls at these places at these hours."""
    stops = tuple(Call(place, time.fromisoformat(hour)) for place, hour in calls)
    defaults: dict[str, Any] = {
        "round_id": None,
        "code": f"TX-{number()}",
        "name": "Tuyến thử",
        "timetable": Timetable(WORKING_DAYS, stops),
        "active": True,
        "by": "staff:1",
        "now": AT_THE_DOOR,
    }
    return save_round(session, SaveRound(**{**defaults, **given})).id


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026."""
    return at(AT_THE_DOOR.date().replace(day=day), time(hour, minute))
