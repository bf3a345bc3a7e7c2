"""Commands of the road, and papers already on it: `collected(session, road)` leaves a sealed envelope with the courier.

A `Road` is a world with one household's request; every step takes the road and goes through the real services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.checklist import Tick
from app.domain.commands import (
    CollectDossier,
    CountPapers,
    DeliverResult,
    HandOver,
    PaperTicked,
    RecordFailure,
    ResultReady,
)
from app.domain.custody import Holder, Party
from app.domain.errand import ErrandKind, ErrandState
from app.domain.parcel import PaperForm, ParcelPurpose
from app.models import Attempt, Dossier, Errand, OutcomeCode, Parcel, ServiceRequest
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.visits.collection import collect
from app.services.visits.delivery import deliver
from app.unit_of_work import UnitOfWork
from tests.factories.counter import number
from tests.factories.request import make_dossier, make_errand, make_request
from tests.factories.times import DAY, KEYS
from tests.factories.world import World, make_world

AT_THE_DOOR = at(DAY, time(8, 30))
TICKS: Mapping[int, PaperTicked] = {
    1: PaperTicked(Tick.IN_ENVELOPE, PaperForm.ORIGINAL, 1),
    3: PaperTicked(Tick.IN_ENVELOPE, PaperForm.CERTIFIED, 2),
}


@dataclass(frozen=True)
class Road:
    """One household: its collection is planned for today, its delivery waits for the result."""

    world: World
    request: ServiceRequest
    dossier: Dossier
    collection: Errand
    delivery: Errand

    @property
    def courier(self) -> Party:
        return Party(Holder.COURIER, str(self.world.courier.id))

    @property
    def safe(self) -> Party:
        return Party(Holder.OFFICE_SAFE, str(self.world.office.id))

    @property
    def desk(self) -> Party:
        return Party(Holder.DESK, str(self.world.desk.id))

    @property
    def by_courier(self) -> str:
        return f"courier:{self.world.courier.id}"

    @property
    def by_counter(self) -> str:
        return f"staff:{self.world.counter.id}"

    @property
    def by_clerk(self) -> str:
        return f"staff:{self.world.clerk.id}"


def make_road(session: Session, world: World | None = None, **dossier: Any) -> Road:
    world = world or make_world(session)
    request = make_request(session, unit=world.unit)
    given = {"procedure": world.procedure, "desk": world.desk, **dossier}
    one = make_dossier(session, request, **given)
    session.refresh(request)
    errand = {"office": world.office, "dossiers": [one]}
    return Road(
        world,
        request,
        one,
        make_errand(session, request, **errand, state=ErrandState.PLANNED, slot=world.slot),
        make_errand(session, request, **errand, kind=ErrandKind.DELIVER, state=ErrandState.REQUESTED, slot=None),
    )


def collecting(road: Road, **given: Any) -> CollectDossier:
    defaults: dict[str, Any] = {
        "errand_id": road.collection.id,
        "dossier_id": road.dossier.id,
        "cases": ("self",),
        "papers": TICKS,
        "parcel_code": None,
        "seal_number": next_seal(),
        "courier_id": road.world.courier.id,
        "operation_id": next_operation(),
        "occurred_at": AT_THE_DOOR,
        "now": AT_THE_DOOR,
        "by": road.by_courier,
    }
    return CollectDossier(**{**defaults, **given})


def handing(road: Road, parcels: list[Parcel], giver: Party, taker: Party, **given: Any) -> HandOver:
    now = given.pop("now", AT_THE_DOOR + timedelta(hours=3))
    defaults: dict[str, Any] = {
        "parcel_codes": tuple(parcel.code for parcel in parcels),
        "giver": giver,
        "taker": taker,
        "operation_id": next_operation(),
        "occurred_at": now,
        "now": now,
        "by": road.by_counter,
        "confirmed_by": road.by_clerk if Holder.DESK in {giver.holder, taker.holder} else road.by_courier,
    }
    return HandOver(**{**defaults, **given})


def counting(road: Road, parcel: Parcel, **given: Any) -> CountPapers:
    defaults: dict[str, Any] = {
        "parcel_code": parcel.code,
        "counts": {paper.line: paper.count for paper in parcel.papers},
        "desk_id": road.world.desk.id,
        "dossier_code": next_dossier_code(),
        "due_on": DAY + timedelta(days=3),
        "operation_id": next_operation(),
        "now": AT_THE_DOOR + timedelta(hours=6),
        "by": road.by_clerk,
        "confirmed_by": road.by_counter,
        "recounted": True,
    }
    return CountPapers(**{**defaults, **given})


def packing(road: Road, **given: Any) -> ResultReady:
    defaults: dict[str, Any] = {
        "dossier": road.dossier.code,
        "title": "Giấy kết quả thử",
        "seal_number": next_seal(),
        "desk_id": road.world.desk.id,
        "operation_id": next_operation(),
        "now": AT_THE_DOOR + timedelta(days=1),
        "by": road.by_clerk,
    }
    return ResultReady(**{**defaults, **given})


def delivering(road: Road, **given: Any) -> DeliverResult:
    now = given.pop("now", AT_THE_DOOR + timedelta(days=2))
    defaults: dict[str, Any] = {
        "errand_id": road.delivery.id,
        "receiver_name": "Trần Thị Thử",
        "receiver_relation": "self",
        "id_kind": "CCCD",
        "id_last4": "0000",
        "code": None,
        "seal_whole": True,
        "courier_id": road.world.courier.id,
        "operation_id": next_operation(),
        "occurred_at": now,
        "now": now,
        "by": road.by_courier,
    }
    return DeliverResult(**{**defaults, **given})


def failing(road: Road, **given: Any) -> RecordFailure:
    now = given.pop("now", AT_THE_DOOR + timedelta(days=3))
    defaults: dict[str, Any] = {
        "errand_id": road.delivery.id,
        "outcome": "ABSENT",
        "evidence": {"gate_photo": "anh-1", "call": "1"},
        "courier_id": road.world.courier.id,
        "operation_id": next_operation(),
        "occurred_at": now,
        "now": now,
        "by": road.by_courier,
    }
    return RecordFailure(**{**defaults, **given})


def collected(session: UnitOfWork, road: Road, **given: Any) -> Parcel:
    return collect(session, collecting(road, **given))


def at_desk(session: UnitOfWork, road: Road, **given: Any) -> Parcel:
    """The sealed dossier, handed over twice: courier → office → desk."""
    parcel = collected(session, road, **given)
    hand_over(session, handing(road, [parcel], road.courier, road.safe))
    hand_over(session, handing(road, [parcel], road.safe, road.desk, now=AT_THE_DOOR + timedelta(hours=5)))
    return parcel


def accepted(session: UnitOfWork, road: Road, **given: Any) -> Parcel:
    return count_papers(session, counting(road, at_desk(session, road, **given)))


def result_out(session: UnitOfWork, road: Road, **given: Any) -> Parcel:
    """The result, packed, in the courier's bag."""
    accepted(session, road, **given)
    return bring_out(session, road, result_ready(session, packing(road)))


def bring_out(session: UnitOfWork, road: Road, parcel: Parcel, since: datetime | None = None) -> Parcel:
    since = since or AT_THE_DOOR + timedelta(days=1, hours=2)
    hand_over(session, handing(road, [parcel], road.desk, road.safe, now=since))
    hand_over(session, handing(road, [parcel], road.safe, road.courier, now=since + timedelta(hours=20)))
    return parcel


def delivered(session: UnitOfWork, road: Road) -> Attempt:
    result_out(session, road)
    return deliver(session, delivering(road), KEYS)


def parcels_of(session: Session, road: Road, purpose: ParcelPurpose) -> list[Parcel]:
    mine = select(Parcel).where(Parcel.dossier_id == road.dossier.id, Parcel.purpose == purpose)
    return list(session.scalars(mine.order_by(Parcel.created_at)))


def make_outcome(session: Session, code: str, *evidence: str, counts: bool = False, next_actor: str = "office") -> None:
    session.add(
        OutcomeCode(
            code=code,
            version=1,
            label=code,
            citizen_text=f"Lý do thử {code}.",
            evidence=list(evidence),
            counts=counts,
            next_actor=next_actor,
        )
    )
    session.flush()


def next_seal() -> str:
    return f"TNSEAL{number():06d}"


def next_operation() -> str:
    return f"op-{number():08d}"


def next_dossier_code() -> str:
    return f"H21.65-261201-{number():05d}"
