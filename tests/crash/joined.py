"""An installation joined to the sandbox: web, worker, database and sandbox as processes, and the people who work in it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.cli.migrate import migrate_schema
from app.clock import Clock
from app.config import Keys, Settings, load_keys
from app.database import Database, connect, make_engine, owner_url
from app.domain.custody import Holder
from app.domain.errand import ErrandKind
from app.domain.identity import Role
from app.domain.parcel import ParcelPurpose
from app.models import (
    CarrierOrder,
    Courier,
    Desk,
    Dossier,
    Errand,
    Office,
    Parcel,
    Procedure,
    Shift,
    Slot,
    StaffAccount,
    Unit,
)
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.visits.collection import collect
from app.services.visits.delivery import deliver
from app.unit_of_work import UnitOfWork
from tests.conftest import create_database
from tests.crash.servers import Servers, own_postgres
from tests.factories import make_world
from tests.factories.agency import make_agency
from tests.factories.custody import Road, collecting, counting, delivering, handing, packing
from tests.factories.office import make_desk, make_office, make_staff
from tests.factories.procedure import make_procedure
from tests.factories.transfers import DeskRoad
from tests.factories.world import World
from tests.fakes.sandbox import Sandbox

AGENCY_KEY = "khoa-thu-cua-co-quan-0123456789"


@dataclass(frozen=True)
class Ids:
    """The rows of a world, to be read again in each transaction."""

    unit: str
    office: int
    desk: int
    courier: int
    shift: int
    clerk: int
    counter: int
    procedure: int
    slot: int
    there: int
    hub: int
    clerk_there: int
    there_code: str
    procedure_code: str


@dataclass(slots=True)
class Town:
    """Everything that runs, and what the people in it do."""

    servers: Servers
    sandbox: Sandbox
    database: Database
    keys: Keys
    ids: Ids
    clock: Clock = field(default_factory=Clock)

    def now(self) -> datetime:
        return self.clock.now()

    def submit(self, code: str, **given: Any) -> None:
        """A citizen hands a dossier in online."""
        wish = {
            "code": code,
            "procedure_code": self.ids.procedure_code,
            "applicant": {"kind": "person", "name": "Nguyễn Văn Thử", "phone": "0900000123"},
            "place": {"unit_code": self.ids.unit, "address": "Thôn Thử"},
        }
        self.sandbox.post("submissions", wish | given)

    def theirs(self) -> dict[str, int]:
        """What the one-stop side holds: state by code."""
        return {one["code"]: one["state"] for one in self.sandbox.get("dossiers")}

    def items(self) -> dict[str, str]:
        """What the carrier holds: state by order number."""
        return {one["number"]: one["state"] for one in self.sandbox.get("items")}

    def order_state(self, number: str) -> str | None:
        """What we hold of an order."""
        with self.database.transaction() as session:
            return session.scalars(select(CarrierOrder.state).where(CarrierOrder.number == number)).one_or_none()

    def ours(self, code: str) -> Dossier | None:
        with self.database.transaction() as session:
            return session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()

    def state(self, code: str) -> int:
        held = self.ours(code)
        return held.state if held is not None else 0

    def act(self, code: str, what: Callable[[UnitOfWork, DeskRoad], Any]) -> Any:
        """One transaction with the dossier's road at hand."""
        with self.database.transaction() as session:
            return what(session, self.road(session, code))

    def road(self, session: UnitOfWork, code: str) -> DeskRoad:
        ids = self.ids
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        mine = select(Errand).where(Errand.request_id == dossier.request_id)
        errands = {errand.kind: errand for errand in session.scalars(mine)}
        world = World(
            session.get_one(Unit, ids.unit),
            session.get_one(Office, ids.office),
            session.get_one(Desk, ids.desk),
            session.get_one(Courier, ids.courier),
            session.get_one(Shift, ids.shift),
            session.get_one(StaffAccount, ids.clerk),
            session.get_one(StaffAccount, ids.counter),
            session.get_one(Procedure, ids.procedure),
            session.get_one(Slot, ids.slot),
        )
        road = Road(
            world,
            dossier.request,
            dossier,
            errands.get(ErrandKind.COLLECT, errands.get(ErrandKind.DELIVER)),  # type: ignore[arg-type]  # a request has one of the two
            errands.get(ErrandKind.DELIVER),  # type: ignore[arg-type]  # None where nothing is brought back
        )
        return DeskRoad(
            road, session.get_one(Desk, ids.there), session.get_one(Office, ids.hub),
            session.get_one(StaffAccount, ids.clerk_there),
        )  # fmt: skip

    # -- the work of the day, at this very moment

    def bring_to_desk(self, code: str) -> None:
        """The courier collects, the office takes over, the desk counts."""

        def bring(session: UnitOfWork, way: DeskRoad) -> None:
            road, now = way.road, self.now()
            parcel = collect(session, collecting(road, now=now, occurred_at=now))
            hand_over(session, handing(road, [parcel], road.courier, road.safe, now=now))
            hand_over(session, handing(road, [parcel], road.safe, road.desk, now=now))
            count_papers(session, counting(road, parcel, dossier_code=None, now=now))

        self.act(code, bring)

    def pack_result(self, code: str) -> None:
        self.act(code, lambda session, way: result_ready(session, packing(way.road, dossier=code, now=self.now())))

    def bring_home(self, code: str) -> None:
        """The office takes the result over, the courier brings it to the door."""

        def bring(session: UnitOfWork, way: DeskRoad) -> None:
            road, now = way.road, self.now()
            mine = select(Parcel).where(Parcel.dossier_id == road.dossier.id, Parcel.purpose == ParcelPurpose.RESULT)
            parcel = session.scalars(mine).one()
            if parcel.holder is Holder.DESK:
                hand_over(session, handing(road, [parcel], road.desk, road.safe, now=now))
            hand_over(session, handing(road, [parcel], road.safe, road.courier, now=now))
            deliver(session, delivering(road, now=now), self.keys)

        self.act(code, bring)


@contextmanager
def town(seed: int = 0, *, between_desks: bool = False) -> Iterator[Town]:
    """Start everything; `between_desks`: the procedure ignores boundaries, so that another desk may decide."""
    with tempfile.TemporaryDirectory(prefix="tannha-joined-") as name:
        folder = Path(name)
        settings = Settings(environment="test", var=folder / "var")
        postgres = own_postgres(settings)
        url = owner_url(settings)
        owner = make_engine(create_database(url, "tannha"), pool_size=1)
        migrate_schema(owner)
        with Database(owner).transaction() as session:
            ids = _people(session, between_desks=between_desks)
        owner.dispose()
        sandbox = Sandbox(folder / "sandbox", key=AGENCY_KEY, seed=seed)
        links = sandbox.links(folder)
        named = url.set(database="tannha").render_as_string(hide_password=False)
        servers = Servers(replace(settings, database_url=named, links=links), postgres)
        sandbox.our_url = servers.url
        database = connect(servers.settings)
        try:
            servers.start()
            sandbox.start()
            yield Town(servers, sandbox, database, load_keys(servers.settings), ids)
        finally:
            sandbox.kill()
            database.engine.dispose()
            servers.stop()


def _people(session: UnitOfWork, *, between_desks: bool) -> Ids:
    world = make_world(session)
    hub = make_office(session, kind="hub")
    there = make_desk(session, office_id=hub.id)
    procedure = make_procedure(session, boundary_free=True) if between_desks else world.procedure
    make_agency(session, world.desk, AGENCY_KEY)
    clerk_there = make_staff(session, Role.DESK_CLERK, desk=there)
    return Ids(
        unit=world.unit.code,
        office=world.office.id,
        desk=world.desk.id,
        courier=world.courier.id,
        shift=world.shift.id,
        clerk=world.clerk.id,
        counter=world.counter.id,
        procedure=procedure.id,
        slot=world.slot.id,
        there=there.id,
        hub=hub.id,
        clerk_there=clerk_there.id,
        there_code=there.code,
        procedure_code=procedure.code,
    )
