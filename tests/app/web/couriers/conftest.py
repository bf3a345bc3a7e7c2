"""A courier on the road: the day is `VISIT`, after everything that the factories let happen before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.clock import Clock, at
from app.config import Settings, load_keys
from app.domain.errand import ErrandState, ProofKind
from app.factory import create_app
from app.models import Errand, Parcel, Route, StaffAccount
from app.services.handover_codes import issue
from tests.app.web.conftest import OuterTransaction, SignIn
from tests.factories import DAY
from tests.factories.custody import Road, make_road, result_out
from tests.factories.route import make_route

VISIT = DAY + timedelta(days=3)
NOW = at(VISIT, time(8, 30))


@dataclass(frozen=True)
class Ride:
    """A courier's day in a browser."""

    client: FlaskClient
    road: Road
    route: Route
    parcel: Parcel | None = None
    code: str = ""

    def start(self) -> None:
        assert self.client.post(f"/buu-ta/chuyen/{self.route.id}/bat-dau").status_code == 303

    @property
    def stop(self) -> str:
        return f"/buu-ta/diem/{self.route.stops[0].id}"

    @property
    def collecting(self) -> str:
        return f"/buu-ta/yeu-cau/{self.road.collection.id}/ho-so/{self.road.dossier.id}/nhan"

    @property
    def delivering(self) -> str:
        return f"/buu-ta/yeu-cau/{self.road.delivery.id}/tra"

    def failing(self, errand: Errand) -> str:
        return f"/buu-ta/yeu-cau/{errand.id}/khong-xong"


@pytest.fixture
def flask_app(settings: Settings, session: Session) -> Flask:
    return create_app(settings, database=OuterTransaction(session), clock=Clock(fixed=NOW))


@pytest.fixture
def road(session: Session) -> Road:
    return make_road(session)


@pytest.fixture
def ride(client: FlaskClient, session: Session, road: Road, sign_in: SignIn) -> Ride:
    """Signed in as the courier whose route has the collection of the road."""
    route = make_route(session, road.world.courier, VISIT, [[road.collection]])
    sign_in(session.get_one(StaffAccount, road.world.courier.staff_account_id))
    return Ride(client, road, route)


@pytest.fixture
def bringing(client: FlaskClient, session: Session, road: Road, settings: Settings, sign_in: SignIn) -> Ride:
    """The result lies in the bag, the code was sent, the run has begun."""
    parcel = result_out(session, road)
    road.delivery.state, road.delivery.proof = ErrandState.PLANNED, ProofKind.SLIP
    session.flush()
    code = issue(session, road.delivery, ProofKind.SLIP, NOW, load_keys(settings))
    route = make_route(session, road.world.courier, VISIT, [[road.delivery]])
    sign_in(session.get_one(StaffAccount, road.world.courier.staff_account_id))
    ride = Ride(client, road, route, parcel, code)
    ride.start()
    return ride
