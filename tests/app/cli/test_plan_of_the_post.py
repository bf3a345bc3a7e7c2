"""A day as the post rides it, planned from the command line, saved, and read on its page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.cli import main
from app.clock import Clock
from app.config import Settings
from app.database import Database, connect
from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.factory import create_app
from app.models import Plan, Procedure, Route
from app.services.staff.sessions import SignInPlace, begin_staff
from app.web.session import WebContext
from app.web.signed_in import STAFF
from tests.factories import make_staff
from tests.factories.office import make_vehicle_kind
from tests.factories.planning import make_day, make_delivery
from tests.factories.request import make_attempt, make_errand, make_request
from tests.factories.times import DAY, NOW


@pytest.fixture
def database(new_installation: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    assert new_installation.database_url is not None
    assert new_installation.now is not None
    monkeypatch.setenv("DATABASE_URL", new_installation.database_url)
    monkeypatch.setenv("TANNHA_VAR", str(new_installation.var))
    monkeypatch.setenv("TANNHA_NOW", new_installation.now)
    found = connect(new_installation)
    yield found
    found.engine.dispose()


def furnish(database: Database) -> None:
    """Two offices: one rides a van and knows a hamlet, the other has a motorbike whose bag holds two results of three."""
    with database.transaction() as session:
        day = make_day(session, offices=2, errands=3)
        session.execute(update(Procedure).values(boundary_free=True))
        for errand in day.errands[3:]:
            make_delivery(session, errand)
        make_vehicle_kind(session, "van", speed=0.9)
        day.shifts[0].vehicle, day.shifts[0].capacity = "van", 300
        day.shifts[1].capacity, day.shifts[1].trips = 2, 2
        for back in (8, 9, 10):
            again = make_request(session, place=day.errands[0].place)
            visit = make_errand(session, again, office=day.offices[0], state=ErrandState.DONE)
            make_attempt(session, visit, courier=day.couriers[0], occurred_at=NOW - timedelta(days=back))


def coordinator(settings: Settings, database: Database) -> FlaskClient:
    app = create_app(settings, database=database, clock=Clock(fixed=NOW))
    client, web = app.test_client(), app.extensions["tannha"]
    assert isinstance(web, WebContext)
    with client.session_transaction() as cookie, database.transaction() as session:
        account = make_staff(session, Role.COORDINATOR)
        cookie[STAFF] = begin_staff(session, account, SignInPlace("Chrome", NOW), web.keys)
    return client


def test_second_trips_two_vehicles_and_a_usual_courier_are_planned_saved_and_read(
    new_installation: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    furnish(database)
    assert main(["plan", "--day", DAY.isoformat(), "--seconds", "1", "--compare", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["served"], told["violations"]) == (6, 0)
    assert told["usual"] == {"doors": 1, "kept": 1}
    assert told["free_saves"]["movable"] == 3
    assert told["free_saves"]["why"]
    with database.transaction() as session:
        plan = session.get_one(Plan, told["plan"])
        van, motorbike = session.scalars(select(Route).where(Route.plan_id == plan.id).order_by(Route.office_id)).all()
        assert (van.shift.vehicle, motorbike.shift.vehicle) == ("van", "motorbike")
        assert sorted({stop.trip for stop in motorbike.stops}) == [1, 2]
        van_id, motorbike_id = van.id, motorbike.id
    client = coordinator(new_installation, database)
    page = client.get(f"/dieu-phoi/ke-hoach/{told['plan']}").text
    assert "Máy đã tìm" in page
    assert "Bưu tá quen đến 1 trên 1 điểm đã có bưu tá quen." in page
    assert "3 điểm được để bưu cục khác đến" in page
    assert "Về bưu cục lấy chuyến hai" in client.get(f"/dieu-phoi/tuyen/{motorbike_id}").text
    route = client.get(f"/dieu-phoi/tuyen/{van_id}").text
    assert "Xe tải nhỏ" in route
    assert "bưu tá quen" in route
