"""A result filed at any desk of the province goes home to any commune: the real units, the demonstration's vans, every page.

Three households ask for a result of one desk: one on the pages, one through a partner, one after the desk has entered it.
The three envelopes travel together, and whoever looks, wherever, reads the same holder at every step.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import LOCAL, Clock, at
from app.domain.custody import Holder, Party
from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.models import (
    Bag,
    Courier,
    Desk,
    Entitlement,
    Errand,
    Office,
    Parcel,
    Procedure,
    ServiceRequest,
    StaffAccount,
    Unit,
)
from app.queries.custody.verification import verify
from app.queries.desks.holdings import held_by
from app.queries.desks.ways import way_of
from app.services.demo.plan import open_everything
from app.services.demo.rounds import make_rounds, name_prefixes
from app.services.staff.sessions import SignInPlace, begin_staff
from app.services.visits.delivery import deliver
from app.unit_of_work import UnitOfWork
from app.web.session import WebContext, init_context
from app.web.signed_in import STAFF
from tests.app.web.citizens.walk import book
from tests.app.web.conftest import Tab
from tests.app.web.desks.conftest import PASSWORD, password_hash
from tests.factories import DAY, KEYS, NOW, World, make_courier, make_partner, make_shift, make_slot, make_staff
from tests.factories.custody import delivering, make_road, next_operation, next_seal

ROUTES = {
    "Diên Hồng → Ia Krái": ("23563", "23776", 1),
    "Quy Nhơn → Kbang": ("21583", "23638", 2),  # over both hubs
}
KEY = "a key of tests"
PROCEDURE = "2.000635"  # copies of extracts: carried, with no original due
ASKED = at(DAY, time(8))


@dataclass
class Journey:
    """Who works where on one route, and the three who ask."""

    app: Flask
    session: UnitOfWork
    home: World
    desk: Desk
    clerk: StaffAccount
    first: Office
    hubs: list[Office]
    people: dict[int, tuple[StaffAccount, StaffAccount]]  # of each office, its counter and a second pair of eyes
    over_everything: StaffAccount
    asked: dict[str, ServiceRequest] = field(default_factory=dict)  # by the code that was typed

    def at(self, moment: datetime) -> None:
        web: WebContext = self.app.extensions["tannha"]
        init_context(self.app, replace(web, clock=Clock(fixed=moment)))

    def as_staff(self, account: StaffAccount) -> FlaskClient:
        client = Tab(self.app, self.app.response_class)
        web: WebContext = self.app.extensions["tannha"]
        with client.session_transaction() as cookie, web.database.transaction() as session:
            cookie[STAFF] = begin_staff(session, account, SignInPlace("Chrome", web.clock.wall()), web.keys)
        return client

    def post(self, account: StaffAccount, page: str, **form: Any) -> str:
        """A form of the staff's, pressed: what it leads to. What is refused would show its page again."""
        answer = self.as_staff(account).post(page, data={"operation": next_operation(), **form})
        assert answer.status_code == 303, re.findall(r'id="[a-z_]+-error"[^>]*>(.*?)<', answer.text) or answer.text
        self.session.expire_all()
        return answer.location or ""

    def signed(self, account: StaffAccount, page: str, other: StaffAccount, **form: Any) -> str:
        return self.post(account, page, other_name=other.username, other_password=PASSWORD, **form)

    @property
    def parcels(self) -> list[Parcel]:
        mine = [request.dossiers[0].id for request in self.asked.values()]
        return list(self.session.scalars(select(Parcel).where(Parcel.dossier_id.in_(mine)).order_by(Parcel.code)))

    @property
    def codes(self) -> str:
        return "\n".join(parcel.code for parcel in self.parcels)

    def look(self, said: str, holder: Party | None = None) -> None:
        """Everybody who can look: the citizen, the coordinator, whoever answers for a holder, and the chains' own proof."""
        self.session.expire_all()
        citizen, coordinator = Tab(self.app, self.app.response_class), self.as_staff(self.over_everything)
        for request in self.asked.values():
            parcel = next((one.code for one in self.parcels if one.dossier_id == request.dossiers[0].id), "")
            shown = said.format(parcel=parcel)
            assert holder_on(citizen.get(f"/theo-doi/{request.tracking_token}").text) == shown
        assert holder_on(coordinator.get(f"/dieu-phoi/yeu-cau/{request.reference}").text) == shown  # of one, for time
        if holder is not None:
            assert [parcel.code for parcel in held_by(self.session, holder)] == [one.code for one in self.parcels]
        report = verify(self.session, KEYS)
        assert (report.clean, report.parcels) == (True, len(self.parcels))


def holder_on(page: str) -> str:
    now = re.search(r"custody__side--now.*?<strong>(.*?)</strong>", page, re.DOTALL)
    return unescape(now.group(1)).rstrip(".") if now else ""


def safe_of(office: Office) -> Party:
    return Party(Holder.OFFICE_SAFE, str(office.id))


@pytest.fixture(params=[*ROUTES.values()], ids=[*ROUTES])
def journey(request: pytest.FixtureRequest, flask_app: Flask, reference: UnitOfWork) -> Journey:
    filed, home, hubs = request.param
    flask_app.config["WTF_CSRF_ENABLED"] = False
    open_everything(reference, DAY)
    name_prefixes(reference)
    make_rounds(reference, NOW)
    make_partner(reference, KEY)
    desk, first = of_unit(reference, Desk, filed, level="commune"), of_unit(reference, Office, filed, kind="commune")
    world = world_of(reference, home)
    way = hubs_between(reference, first, world.office)
    assert len(way) == hubs
    offices = [first, *way, world.office]
    people = {
        office.id: (staff(reference, Role.COUNTER, office=office), staff(reference, Role.OFFICE_MANAGER, office=office))
        for office in offices
    }
    clerk = staff(reference, Role.DESK_CLERK, desk=desk)
    return Journey(flask_app, reference, world, desk, clerk, first, way, people, staff(reference, Role.COORDINATOR))


def of_unit(session: UnitOfWork, model: Any, unit: str, **kind: str) -> Any:
    return session.scalars(select(model).filter_by(unit_code=unit, **kind)).one()


def hubs_between(session: UnitOfWork, first: Office, last: Office) -> list[Office]:
    """Each side of the province has its hub."""
    sides = {hub.unit.side: hub for hub in session.scalars(select(Office).where(Office.kind == "hub"))}
    return list(dict.fromkeys(sides[office.unit.side] for office in (first, last)))


def staff(session: UnitOfWork, role: Role, **place: Any) -> StaffAccount:
    return make_staff(session, role, password_hash=password_hash(), **place)


def world_of(session: UnitOfWork, unit: str) -> World:
    """A commune of the reference data, with a courier at work."""
    office, desk = of_unit(session, Office, unit, kind="commune"), of_unit(session, Desk, unit, level="commune")
    courier = make_courier(session, office=office)
    session.get_one(StaffAccount, courier.staff_account_id).password_hash = password_hash()
    procedure = session.scalars(select(Procedure).where(Procedure.code == PROCEDURE)).one()
    there = session.get_one(Unit, unit)
    shifts = [make_shift(session, courier, DAY + timedelta(days=n)) for n in range(9)]
    return World(
        there, office, desk, courier, shifts[0], make_staff(session, Role.DESK_CLERK, desk=desk),
        make_staff(session, Role.COUNTER, office=office), procedure, make_slot(session, there, DAY + timedelta(days=1)),
    )  # fmt: skip


# -- three ways of asking


def code_of(desk: Desk, serial: int) -> str:
    return f"{desk.dossier_prefix}-261125-{serial:05d}"


def on_the_pages(journey: Journey, code: str) -> ServiceRequest:
    client = Tab(journey.app, journey.app.response_class)
    assert book(client, journey.home, "receive", code=code).status_code == 303
    return newest(journey)


def through_a_partner(journey: Journey, code: str) -> ServiceRequest:
    payload = {
        "kind": "receive",
        "applicant": {"name": "Siu Thử", "phone": "0900000124"},
        "place": {"unit_code": journey.home.unit.code, "address": "Thôn 3"},
        "dossiers": [{"procedure_code": PROCEDURE, "code": code}],
        "consent": True,
    }
    auth = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "key-00000001"}
    answer = journey.app.test_client().post("/api/v1/service-requests", json=payload, headers=auth)
    assert answer.status_code == 201, answer.text
    return newest(journey)


def after_the_desk(journey: Journey, code: str) -> ServiceRequest:
    """The clerk scans the result before anybody has asked: it is kept in mind, and told to nobody."""
    scanned = journey.as_staff(journey.clerk).post("/mot-cua/ket-qua/quet", data={"dossier": code, "seal_number": ""})
    assert scanned.status_code == 422
    client = Tab(journey.app, journey.app.response_class)
    assert book(client, journey.home, "receive", code=code).status_code == 303
    return newest(journey)


def newest(journey: Journey) -> ServiceRequest:
    journey.session.expire_all()
    known = [request.id for request in journey.asked.values()]
    rows = journey.session.scalars(select(ServiceRequest).where(ServiceRequest.id.not_in(known)))
    return rows.one()


def ask_in_three_ways(journey: Journey) -> None:
    journey.at(ASKED)
    for serial, ask in enumerate((on_the_pages, through_a_partner, after_the_desk), start=42):
        code = code_of(journey.desk, serial)
        journey.asked[code] = ask(journey, code)


# -- the walk


def test_a_result_filed_at_any_desk_is_delivered_to_a_door_of_any_commune(journey: Journey) -> None:
    session, desk, home = journey.session, journey.desk, journey.home.office
    ask_in_three_ways(journey)
    journey.look("Hệ thống một cửa chưa xác nhận hồ sơ này, nên chưa nói được ai đang giữ")
    assert {session.get_one(Entitlement, one.dossiers[0].id).dossier.desk_id for one in journey.asked.values()} == {
        desk.id
    }

    confirm_all(journey, at(DAY, time(9)))
    journey.look(f"{desk.name} đang giữ hồ sơ")
    pack_all(journey, at(DAY, time(10)))
    journey.look(
        f"{desk.name} đang giữ kết quả, trong phong bì niêm phong {{parcel}}", Party(Holder.DESK, str(desk.id))
    )
    told_until = promised(journey)

    counter, second = journey.people[journey.first.id]
    journey.at(at(DAY, time(11)))
    there = f"desk:{desk.id}"
    journey.signed(counter, "/buu-cuc/giao-nhan", journey.clerk, direction="in", party=there, codes=journey.codes)
    journey.look(f"{journey.first.name} đang giữ phong bì niêm phong {{parcel}}", safe_of(journey.first))

    moment, before = at(DAY, time(13)), (journey.first, counter, second)
    for office in (*journey.hubs, home):
        moment = ride(journey, before, office, moment)
        before = (office, *journey.people[office.id])
    assert moment <= told_until  # the demonstration's timetable leaves room for this walk
    assert {one.state for one in errands_of(journey)} == {ErrandState.SCHEDULED}
    to_the_doors(journey, told_until + timedelta(days=1))


def confirm_all(journey: Journey, moment: datetime) -> None:
    journey.at(moment)
    for request in journey.asked.values():
        journey.post(journey.clerk, f"/mot-cua/nguoi-nhan/{request.dossiers[0].id}", verdict="confirm")


def pack_all(journey: Journey, moment: datetime) -> None:
    journey.at(moment)
    for code in journey.asked:
        sealed = {"dossier": code, "title": "Bản sao trích lục thử", "seal_number": next_seal()}
        journey.post(journey.clerk, "/mot-cua/ket-qua/quet", **sealed)


def promised(journey: Journey) -> datetime:
    """When the vans bring it, which the page says, too."""
    (one,) = {
        way_of(journey.session, parcel, errand, at(DAY, time(10))).arrives_at
        for parcel in journey.parcels
        for errand in errands_of(journey)
    }
    assert one is not None
    request = next(iter(journey.asked.values()))
    page = unescape(Tab(journey.app, journey.app.response_class).get(f"/theo-doi/{request.tracking_token}").text)
    assert f"Xe chở về {journey.home.office.name}" in page
    assert one.astimezone(LOCAL).strftime("%H:%M %d/%m/%Y") in page
    return one


def ride(journey: Journey, before: tuple[Office, StaffAccount, StaffAccount], to: Office, left: datetime) -> datetime:
    """One bag from safe to safe; returns when it was opened."""
    _origin, counter, second = before
    journey.at(left)
    target = f"office_safe:{to.id}"
    journey.signed(
        counter, "/buu-cuc/tui/moi", second, destination=target, codes=journey.codes, seal_number=next_seal()
    )
    bag = journey.session.scalars(select(Bag).where(Bag.opened_at.is_(None))).one()
    journey.look("Phong bì {parcel} đang trên đường, trong túi thư niêm phong", Party(Holder.BAG, bag.code))
    arrived = left + timedelta(hours=4)
    journey.at(arrived)
    opener, beside = journey.people[to.id]
    journey.signed(opener, f"/buu-cuc/tui/{bag.code}", beside, codes=journey.codes, seal="whole")
    journey.look(f"{to.name} đang giữ phong bì niêm phong {{parcel}}", safe_of(to))
    return arrived


def to_the_doors(journey: Journey, moment: datetime) -> None:
    counter, _second = journey.people[journey.home.office.id]
    courier: Courier = journey.home.courier
    bag = Party(Holder.COURIER, str(courier.id))
    account = journey.session.get_one(StaffAccount, courier.staff_account_id)
    journey.at(moment)
    side = f"courier:{courier.id}"
    journey.signed(counter, "/buu-cuc/giao-nhan", account, direction="out", party=side, codes=journey.codes)
    journey.look(f"Bưu tá của {journey.home.office.name} đang giữ phong bì niêm phong {{parcel}}", bag)
    road = make_road(journey.session, journey.home)
    for errand in errands_of(journey):
        errand.state = ErrandState.UNDER_WAY
        journey.session.flush()
        deliver(journey.session, delivering(road, errand_id=errand.id, now=moment, code=None), KEYS)
    journey.look("Kết quả đã ở trong tay ông/bà", Party(Holder.CITIZEN))
    assert {one.state for one in errands_of(journey)} == {ErrandState.DONE}


def errands_of(journey: Journey) -> list[Errand]:
    mine = [request.id for request in journey.asked.values()]
    return list(journey.session.scalars(select(Errand).where(Errand.request_id.in_(mine)).order_by(Errand.id)))
