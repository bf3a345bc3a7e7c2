"""The way between a courier's doors on the phone's map: along roads where they are known, once a change, and small."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Device, Plan, Stop
from app.queries.visits.ridden_way import RiddenWay
from app.services.staff.devices import token_hash
from app.web.session import WebContext, init_context
from app.web.way_lines import way_json
from tests.factories import TODAY
from tests.factories.phone import make_device, make_phone_day
from tests.fakes.partner import Partner, Reply, Sent, told

WAY = "/api/v1/courier/way"
PHONE = {"Authorization": "Bearer ta", "Accept-Encoding": "identity"}
NOTHING = {"unit": 0.00001, "legs": []}


@pytest.fixture
def device(session: Session) -> Device:
    world = make_phone_day(session, day=TODAY)
    for number, stop in enumerate(session.scalars(select(Stop).order_by(Stop.sequence)), start=1):
        stop.place.lon, stop.place.lat = 108.0 + number / 100, 13.9
    session.flush()
    return make_device(session, world.courier, access_hash=token_hash("ta"), upload_hash=token_hash("tu"))


def roads(sent: Sent) -> Reply:
    """Between each place and the next there is a corner farther north."""
    places = [[float(part) for part in place.split(",")] for place in sent.path.rsplit("/", 1)[1].split(";")]
    corners = [places[0]]
    for (lon, lat), end in pairwise(places):
        corners += [[(lon + end[0]) / 2, lat + 0.01], end]
    return told(
        {
            "code": "Ok",
            "routes": [{"geometry": {"coordinates": corners}}],
            "waypoints": [{"location": place} for place in places],
        }
    )


def use(client: FlaskClient, url: str) -> None:
    context: WebContext = client.application.extensions["tannha"]
    init_context(client.application, replace(context, settings=replace(context.settings, roads=url)))


def stops_of(session: Session) -> list[int]:
    return list(session.scalars(select(Stop.id).order_by(Stop.sequence)))


def test_a_phone_gets_the_line_between_its_doors_once_a_change(
    client: FlaskClient, session: Session, device: Device
) -> None:
    with Partner(roads) as server:
        use(client, server.url)
        answer = client.get(WAY, headers=PHONE)
        again = client.get(WAY, headers={**PHONE, "If-None-Match": answer.headers["ETag"]})
        asked = len(server.sent)
        first = session.scalars(select(Stop).order_by(Stop.sequence)).first()
        assert first is not None
        first.place.lat = 13.95
        session.flush()
        moved = client.get(WAY, headers={**PHONE, "If-None-Match": answer.headers["ETag"]})
    told_ = json.loads(answer.data)
    ends = [None, *stops_of(session), None]
    assert [(leg["from"], leg["to"]) for leg in told_["legs"]] == list(pairwise(ends))
    assert told_["legs"][1]["line"] == [10801000, 1390000, 500, 1000, 500, -1000]
    assert answer.headers["Cache-Control"] == "no-store"
    assert (again.status_code, asked) == (304, 1)  # what has not changed asks no road server
    assert moved.status_code == 200


@pytest.mark.parametrize("ways", [{"roads_away": True}, {"roads_elsewhere": True}])
def test_a_plan_on_straight_lines_has_no_line_along_roads(
    client: FlaskClient, session: Session, device: Device, ways: dict[str, bool]
) -> None:
    session.scalars(select(Plan)).one().ways = ways
    session.flush()
    with Partner(roads) as server:
        use(client, server.url)
        assert client.get(WAY, headers=PHONE).json == NOTHING
    assert not server.sent


def test_an_office_without_roads_says_so_once(client: FlaskClient, device: Device) -> None:
    answer = client.get(WAY, headers=PHONE)
    assert answer.json == NOTHING
    assert client.get(WAY, headers={**PHONE, "If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(WAY).status_code == 401


def test_roads_that_are_away_are_asked_again_next_time(client: FlaskClient, device: Device) -> None:
    with Partner(lambda _: Reply(503)) as server:
        use(client, server.url)
        answer = client.get(WAY, headers=PHONE)
    assert answer.json == NOTHING
    assert "ETag" not in answer.headers


def test_the_line_of_a_long_route_stays_below_20_kilobytes() -> None:
    ends = [None, *range(1_000_001, 1_000_060), None]
    way = RiddenWay(ends, [(108.0, 13.9)] * len(ends))
    legs = [
        [(108.0 + ((number * 7 + at) % 5) / 10, 13.5 + ((number + at * 3) % 7) / 10) for at in range(200)]
        for number in range(len(ends) - 1)
    ]
    drawn = way_json(way, legs)
    assert len(json.dumps(drawn, separators=(",", ":"))) <= 20_000
    assert len(drawn["legs"]) == len(legs)
    for leg, line in zip(drawn["legs"], legs, strict=True):
        steps = leg["line"]
        end = (sum(steps[0::2]), sum(steps[1::2]))
        assert end == (round(line[-1][0] * 100_000), round(line[-1][1] * 100_000))
    assert all(len(leg["line"]) >= 4 for leg in drawn["legs"])
