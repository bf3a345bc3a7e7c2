"""A courier's phone, and a day for it: collections, deliveries that owe originals, and what is in the bag."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind, ErrandState, ProofKind
from app.domain.tariff import ChargeKind, Direction
from app.models import Charge, Courier, Device, DeviceKey, Errand, Procedure, SigningGrace
from tests.factories.counter import number
from tests.factories.office import make_courier
from tests.factories.procedure import make_paper, make_procedure
from tests.factories.request import make_dossier, make_errand, make_place, make_request
from tests.factories.route import make_route
from tests.factories.times import DAY, NOW
from tests.factories.world import World, make_world
from tests.fakes.phone import key_of_phone, spki

ACCESS, UPLOAD = "access token of tests", "upload token of tests"


def make_device(session: Session, courier: Courier, **given: Any) -> Device:
    """A phone that is signed in: its tokens are `ACCESS` and `UPLOAD`, each with the phone's number behind it.

    `signed_from`: its first number that has to be signed; None: it has no key yet.
    """
    n = number()
    defaults: Mapping[str, Any] = {
        "id": uuid4(),
        "courier_id": courier.id,
        "name": f"Android thử {n}",
        "access_hash": hashed(f"{ACCESS} {n}"),
        "access_until": NOW.replace(hour=16),
        "upload_hash": hashed(f"{UPLOAD} {n}"),
        "epoch": 0,
        "enrolled_at": NOW,
        "last_contact_at": NOW,
    }
    signed_from = given.pop("signed_from", 1)
    device = Device(**{**defaults, **given})
    session.add(device)
    session.flush()
    if signed_from is not None:
        make_key(session, device, signed_from)
    return device


def make_key(session: Session, device: Device, signed_from: int = 1) -> DeviceKey:
    """The key that the tests' `Phone.with_key` signs with."""
    key = DeviceKey(
        device_id=device.id,
        public_key=spki(key_of_phone(device.id)),
        signed_from_seq=signed_from,
        registered_at=NOW,
    )
    session.add(key)
    session.flush()
    session.refresh(device, ["key"])
    return key


def make_grace(session: Session, until: datetime = NOW + timedelta(days=30)) -> None:
    """As the migration writes it where there are phones already."""
    session.add(SigningGrace(until=until))
    session.flush()


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_phone_day(session: Session, stops: int = 3, world: World | None = None, day: date = DAY) -> World:
    """A route with a door a stop: every third door has a delivery besides its collection."""
    world = world or make_world(session)
    world = replace(world, courier=make_courier(session, office=world.office))  # the world's own has its shift already
    originals = make_procedure(session, originals_due=True, papers=[make_paper(1, name="Giấy chứng nhận thử")])
    doors = [_door(session, world, n, originals if n % 3 == 2 else world.procedure) for n in range(stops)]
    make_route(session, world.courier, day, doors)
    return world


def _door(session: Session, world: World, n: int, procedure: Procedure) -> list[Errand]:
    place = make_place(session, unit=world.unit, landmark=f"Cạnh nhà rông thử {n}", former_name="Xã cũ Thử")
    request = make_request(session, place=place)
    dossier = make_dossier(session, request, procedure=procedure, desk=world.desk, cases=["self"])
    common: dict[str, Any] = {"office": world.office, "dossiers": [dossier], "slot": world.slot}
    kind = ErrandKind.DELIVER if n % 3 == 2 else ErrandKind.COLLECT
    errands = [make_errand(session, request, state=ErrandState.PLANNED, kind=kind, proof=ProofKind.CODE, **common)]
    _charge(session, errands[0])
    return errands


def _charge(session: Session, errand: Errand) -> None:
    session.add(
        Charge(
            request_id=errand.request_id, dossier_id=errand.dossiers[0].id, errand_id=errand.id,
            kind=ChargeKind.POSTAGE, direction=Direction.SEND, amount=26_000, upper_amount=30_000, basis="thử",
        )
    )  # fmt: skip
    session.flush()
