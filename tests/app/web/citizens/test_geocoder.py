"""An operator's own geocoder: asked only where the gazetteer is not sure, told the address alone, missed by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Settings
from app.gateways import geocoding
from app.gateways.geocoding import door, read_address
from app.models import Landmark
from app.queries.reference.units import unit_of
from app.unit_of_work import UnitOfWork
from app.web.session import WebContext, init_context
from integrations.geocoding import units
from tests.app.web.citizens.walk import walk_to_address
from tests.factories import DAY, World
from tests.fakes.partner import Partner, Reply, Sent, told

UNKNOWN = "12 đường Không Có Trong Bảng"
UNIT = next(unit for unit in units() if unit.code == "23776")


@contextmanager
def nominatim(*places: tuple[float, float]) -> Iterator[Partner]:
    def answer(sent: Sent) -> Reply:
        del sent
        return told([{"lat": str(lat), "lon": str(lon), "display_name": "x"} for lon, lat in places])

    with Partner(answer) as server:
        yield server


def with_geocoder(app: Flask, url: str) -> None:
    context: WebContext = app.extensions["tannha"]
    init_context(app, replace(context, settings=replace(context.settings, geocoder="nominatim", geocoder_url=url)))


def asking(url: str) -> Settings:
    return Settings(geocoder="nominatim", geocoder_url=url)


def test_a_sure_name_asks_nobody() -> None:
    with nominatim((UNIT.lon, UNIT.lat)) as server:
        assert read_address(asking(server.url), "xã Ia Tô, huyện Ia Grai, Gia Lai").candidates
        assert server.sent == []


def test_words_that_the_gazetteer_does_not_know_are_asked_for_and_never_certain() -> None:
    with nominatim((UNIT.lon, UNIT.lat)) as server:
        read = read_address(asking(server.url), UNKNOWN)
        asked = server.sent[0].query["q"]
    assert (read.candidates[-1].unit_code, read.candidates[-1].via, read.certain) == (UNIT.code, "point", False)
    assert asked == UNKNOWN


def test_without_a_setting_nothing_is_asked() -> None:
    assert read_address(Settings(), UNKNOWN).candidates == ()
    assert door(Settings(), UNKNOWN, UNIT.name, (UNIT.lon, UNIT.lat)) is None


def test_what_a_program_asks_of_the_api_is_told_to_nobody(
    flask_app: Flask, client: FlaskClient, reference: UnitOfWork
) -> None:
    """The notice speaks to who books on the page: a partner's program has shown it to nobody."""
    with nominatim((UNIT.lon, UNIT.lat)) as server:
        with_geocoder(flask_app, server.url)
        answer = client.get("/api/v1/units", query_string={"q": UNKNOWN})
        assert (answer.status_code, answer.get_json()["units"]) == (200, [])
        assert server.sent == []


def test_a_place_in_another_province_is_none_of_ours() -> None:
    with nominatim((105.85, 21.03)) as server:
        assert read_address(asking(server.url), UNKNOWN).candidates == ()
        assert door(asking(server.url), UNKNOWN, UNIT.name, (UNIT.lon, UNIT.lat)) is None


def test_a_geocoder_that_is_away_is_left_alone_for_a_while() -> None:
    asked: list[Sent] = []

    def away(sent: Sent) -> Reply:
        asked.append(sent)
        return Reply(503)

    with Partner(away) as server:
        for _ in range(5):
            assert read_address(asking(server.url), UNKNOWN).candidates == ()
    assert len(asked) == 1


@pytest.mark.parametrize("odd", [{}, [1], {"features": [{}]}])
def test_an_odd_answer_is_no_answer(
    flask_app: Flask, client: FlaskClient, reference: UnitOfWork, odd: dict[str, object] | list[object]
) -> None:
    with Partner(lambda _: told(odd)) as server:
        assert read_address(asking(server.url), UNKNOWN).candidates == ()
        with_geocoder(flask_app, server.url)
        assert client.post("/xa-phuong", data={"q": UNKNOWN}).status_code == 200
        assert server.sent


def test_a_geocoder_that_is_slow_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocoding, "SLOW_S", 0.0)
    with nominatim((UNIT.lon, UNIT.lat)) as server:
        assert read_address(asking(server.url), UNKNOWN).candidates
        assert read_address(asking(server.url), UNKNOWN).candidates == ()
        assert len(server.sent) == 1


def test_what_stands_in_an_address_of_ours_asks_nobody(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    walk_to_address(client, world)
    with nominatim((UNIT.lon, UNIT.lat)) as server:
        with_geocoder(flask_app, server.url)
        for path in ("/xa-phuong", "/dat-lich/xa-phuong"):
            assert client.get(path, query_string={"q": UNKNOWN}).status_code == 200
            assert server.sent == []
        client.post("/dat-lich/xa-phuong", data={"q": UNKNOWN, "find": "1"})
        assert len(server.sent) == 1


@pytest.mark.parametrize("path", ["/", "/xa-phuong"])
def test_a_search_is_posted(client: FlaskClient, path: str) -> None:
    form = next(form for form in client.get(path).text.split("<form")[1:] if 'name="q"' in form)
    assert 'method="post"' in form
    assert 'name="csrf_token"' in form


@pytest.mark.parametrize("path", ["/xa-phuong", "/dat-lich/xa-phuong"])
def test_who_searches_without_end_is_stopped(client: FlaskClient, path: str) -> None:
    answers = [client.get(path).status_code for _ in range(301)]
    assert 429 not in answers[:-1]
    assert answers[-1] == 429


def test_the_home_page_s_search_shows_what_it_found(
    flask_app: Flask, client: FlaskClient, reference: UnitOfWork
) -> None:
    with nominatim((UNIT.lon, UNIT.lat)) as server:
        with_geocoder(flask_app, server.url)
        page = client.post("/xa-phuong", data={"q": UNKNOWN}).text
    assert unit_of(reference, UNIT.code).name in page


def test_the_pin_is_put_where_it_thinks_and_the_address_is_in_no_url_of_ours(
    flask_app: Flask, client: FlaskClient, reference: UnitOfWork, caplog: pytest.LogCaptureFixture
) -> None:
    near = (round(UNIT.lon + 0.01, 5), round(UNIT.lat + 0.01, 5))
    with nominatim(near) as server:
        with_geocoder(flask_app, server.url)
        answer = client.post(f"/xa-phuong/{UNIT.code}/tim-cho.json", data={"address": UNKNOWN})
        asked = server.sent[0].query["q"]
    assert answer.json == {"lon": near[0], "lat": near[1]}
    assert asked == f"{UNKNOWN}, {UNIT.name}, Gia Lai"
    assert UNKNOWN not in caplog.text


def test_a_door_that_it_does_not_know_is_no_fault(flask_app: Flask, client: FlaskClient, reference: UnitOfWork) -> None:
    with nominatim() as server:
        with_geocoder(flask_app, server.url)
        assert client.post(f"/xa-phuong/{UNIT.code}/tim-cho.json", data={"address": UNKNOWN}).json == {}


def test_the_notice_names_it_where_it_is_asked(flask_app: Flask, client: FlaskClient) -> None:
    said = "máy chủ bản đồ của đơn vị vận hành"
    assert said not in client.get("/du-lieu-ca-nhan").text
    with_geocoder(flask_app, "http://127.0.0.1:9")
    assert said in client.get("/du-lieu-ca-nhan").text


def test_a_landmark_that_several_doors_named_is_offered_and_nobody_outside_is_asked(
    client: FlaskClient, flask_app: Flask, session: UnitOfWork, world: World
) -> None:
    known = Landmark(
        unit_code=world.unit.code, words="cho moi", said="chợ mới", lon=107.7, lat=13.9, doors=3, seen_on=DAY
    )
    session.add(known)
    session.flush()
    walk_to_address(client, world)
    assert f"/xa-phuong/{world.unit.code}/tim-cho.json" in client.get("/dat-lich/dia-chi").text
    with nominatim((107.0, 13.0)) as server:
        with_geocoder(flask_app, server.url)
        asked = {"address": "Thôn 2", "landmark": "sau Chợ Mới, nhà ông Tư"}
        found = client.post(f"/xa-phuong/{world.unit.code}/tim-cho.json", data=asked).get_json()
        assert server.sent == []
    assert (found["lon"], found["lat"]) == (107.7, 13.9)
    assert "gần chợ mới" in found["said"]


def test_without_geocoder_and_landmark_no_button_looks_for_anything(client: FlaskClient, world: World) -> None:
    walk_to_address(client, world)
    assert "tim-cho.json" not in client.get("/dat-lich/dia-chi").text
    found = client.post(f"/xa-phuong/{world.unit.code}/tim-cho.json", data={"address": "gần chợ mới"})
    assert found.get_json() == {}
