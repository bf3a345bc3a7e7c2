"""A phone at a road: it records at the door and brings home through `sync.receive`, without a wire."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.domain.custody import Holder
from app.domain.operation import BlockKind, OperationKind
from app.domain.parcel import ParcelPurpose, s10
from app.models import Device, Errand, NumberBlock, Operation, Parcel
from app.schemas.operations import BatchSchema, WireReader
from app.services import sync
from app.services.custody.sealing import make_parcel
from app.services.evidence.sealed import public_point
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, World, make_courier, make_world
from tests.factories import operations as say
from tests.factories.counter import number
from tests.factories.custody import AT_THE_DOOR, Road, make_road, result_out
from tests.factories.phone import make_device
from tests.factories.route import make_route
from tests.factories.times import DAY
from tests.fakes.phone import Phone, Written

K = OperationKind


@dataclass
class Street:
    """A road, its courier's phone, and the time of day."""

    session: UnitOfWork
    road: Road
    device: Device
    phone: Phone
    now: datetime

    def record(
        self, kind: OperationKind, payload: dict[str, Any], errand: Errand | None = None, **files: Any
    ) -> Written:
        seen = (errand.id, errand.revision) if errand is not None else None
        return self.phone.record(kind, payload, seen, **files)

    def collect(self, **given: Any) -> Written:
        files = given.pop("files", say.proof_of_collection(self.phone.random))
        payload = say.collected(self.road.dossier, given.pop("label", label()), given.pop("seal", seal()), **given)
        return self.record(K.COLLECTED, payload, self.road.collection, files=files)

    def send(self, operations: Sequence[Written] | None = None, language: str = "vi") -> list[dict[str, Any]]:
        batch = self.phone.batch(self.phone.queue if operations is None else operations)
        body = self.receive(json.loads(batch), language)
        self.phone.acknowledge(body, self.now)
        return list(body["answers"])

    def receive(self, batch: dict[str, Any], language: str = "vi") -> dict[str, Any]:
        sent = replace(BatchSchema().load(batch), language=language)
        body = sync.receive(self.session, self.device.id, sent, WireReader(), KEYS, self.now)
        self.session.flush()
        return body

    def one(self) -> dict[str, Any]:
        """The answer to the only operation that waits."""
        (answer,) = self.send()
        return answer

    def row(self, op_id: str) -> Operation:
        return self.session.get_one(Operation, UUID(op_id))

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


def label() -> str:
    return s10(60_000_000 + number())


def seal() -> str:
    return f"TNSEAL{number():06d}"


def codes(answer: dict[str, Any]) -> list[str]:
    return [review["code"] for review in answer["reviews"]]


def with_courier(session: UnitOfWork, world: World) -> World:
    """The world's own courier has a shift already; a route brings its own."""
    return replace(world, courier=make_courier(session, office=world.office))


def make_street(session: UnitOfWork, road: Road | None = None, more: Sequence[Road] = ()) -> Street:
    road = road or make_road(session, with_courier(session, make_world(session)))
    make_route(session, road.world.courier, DAY, [[one.collection] for one in (road, *more)])
    device = make_device(session, road.world.courier)
    street = Street(session, road, device, None, AT_THE_DOOR)  # type: ignore[arg-type]  # the phone reads its clock
    street.phone = Phone.with_key(
        device.id, road.world.courier.id, public_point(KEYS), lambda: street.now, Random(number()), offset_ms=0
    )
    return street


def bring_result(street: Street, **issued: Any) -> str:
    """Two days later the result is in the bag and its delivery on today's route; returns its code."""
    session, road = street.session, street.road
    parcel = result_out(session, road, **issued)
    street.later(days=2)
    make_route(session, road.world.courier, DAY + timedelta(days=2), [[road.delivery]])
    return parcel.code


def deliver(street: Street, *parcels: str, **given: Any) -> Written:
    files = given.pop("files", say.proof_of_delivery(street.phone.random))
    return street.record(K.DELIVERED, say.delivered(parcels, **given), street.road.delivery, files=files)


def looked(street: Street) -> list[str]:
    answer = street.one()
    assert answer["problem"] is None
    assert answer["result"] == "needs_review", answer
    assert all(review["detail"].endswith(".") and "%(" not in review["detail"] for review in answer["reviews"])
    return codes(answer)


def parcels(street: Street) -> list[Parcel]:
    return list(street.session.scalars(select(Parcel).order_by(Parcel.created_at, Parcel.code)))


def holders(street: Street) -> set[Holder]:
    return {parcel.holder for parcel in parcels(street)}


def make_parcel_in_bag(street: Street, code: str) -> Parcel:
    parcel = make_parcel(
        street.session, street.road.dossier, ParcelPurpose.RESULT, code, street.road.courier, street.now
    )
    parcel.errand_id = street.road.delivery.id
    street.session.flush()
    return parcel


def with_block(street: Street, first: int = 1) -> None:
    block = {"kind": BlockKind.RECEIPT, "first": first, "last": first + 49, "given_at": street.now}
    street.session.add(NumberBlock(device_id=street.device.id, **block))
    street.session.flush()
