"""Who works honestly in `honest`: a courier, the phone in the pocket, the bag; and what a plan of theirs is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from app.domain.custody import Holder, Party
from app.models import Courier, Errand, Route, Stop
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import Street
from tests.factories import World
from tests.factories.custody import Road


@dataclass(eq=False)
class Carried:
    """An envelope, and who really has it."""

    code: str
    road: Road
    holder: Party


@dataclass(eq=False)
class OnDuty:
    """A courier and the phone in the pocket today."""

    courier: Courier
    home: Road  # any door of the own office: its safe, its desk
    phone: Street
    others: list[Street] = field(default_factory=list)  # phones from before that still hold acts
    doors: list[Road] = field(default_factory=list)
    bag: list[Carried] = field(default_factory=list)
    left: list[Road] = field(default_factory=list)  # where nobody was yesterday
    visited: list[Road] = field(default_factory=list)
    covers: int | None = None  # another office, today
    silent: bool = False  # all day: it gets through weeks later
    route: Route | None = None

    @property
    def me(self) -> Party:
        return Party(Holder.COURIER, str(self.courier.id))

    @property
    def office_id(self) -> int:
        return self.courier.office_id


def add_stops(session: UnitOfWork, route: Route, visits: Sequence[list[Errand]]) -> None:
    for sequence, errands in enumerate(visits, start=1):
        moment = route.starts_at + timedelta(minutes=10 * sequence)
        session.add(
            Stop(
                route_id=route.id, sequence=sequence, place_id=errands[0].place_id, arrives_at=moment, starts_at=moment,
                leaves_at=moment, distance_m=100 * sequence, errands=errands,
            )
        )  # fmt: skip
    session.flush()
    session.refresh(route)


def at_work_for(world: World, courier: Courier) -> World:
    return replace(world, courier=courier)
