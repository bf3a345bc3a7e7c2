from contextlib import suppress

import pytest
from geopy.geocoders import Nominatim, Pelias
from geopy.geocoders.base import Geocoder
from geopy.point import Point

from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable
from integrations.geocoding import Gazetteer, geocoder, locate, units
from integrations.geocoding.units import AdminUnit
from tests.integrations.conftest import Answer, Serve

GAZETTEER: Geocoder = Gazetteer()
PLEIKU = next(unit for unit in units() if unit.name == "Phường Pleiku")
NOMINATIM = b'[{"lat": "13.9833", "lon": "108.0", "display_name": "Pleiku", "place_id": 1}]'
PELIAS = (
    b'{"features": [{"geometry": {"coordinates": [108.0, 13.9833]}, "properties": {"name": "Pleiku", "label": "P"}}]}'
)


def test_a_certain_address_has_the_point_of_its_unit() -> None:
    place = GAZETTEER.geocode("Phường Pleiku, tỉnh Gia Lai")
    assert (place.longitude, place.latitude) == (PLEIKU.lon, PLEIKU.lat)
    assert place.raw["unit_code"] == PLEIKU.code
    assert place.address == "Phường Pleiku, tỉnh Gia Lai"


def test_a_doubtful_address_has_no_single_answer_but_choices() -> None:
    assert GAZETTEER.geocode("xã Canh Hiệp, huyện Vân Canh, Bình Định") is None
    places = GAZETTEER.geocode("xã Canh Hiệp, huyện Vân Canh, Bình Định", exactly_one=False)
    assert [place.raw["certain"] for place in places[:2]] == [False, False]


@pytest.mark.parametrize("unit", units(), ids=lambda unit: unit.code)
def test_the_point_of_each_unit_leads_back_to_it(unit: AdminUnit) -> None:
    place = GAZETTEER.reverse(Point(unit.lat, unit.lon))
    assert place.raw["unit_code"] == unit.code


def test_a_pin_in_the_sea_lies_in_no_unit() -> None:
    assert GAZETTEER.reverse((13.0, 112.0)) is None


def test_five_nearest_units_are_offered() -> None:
    places = GAZETTEER.reverse((PLEIKU.lat, PLEIKU.lon), exactly_one=False)
    assert len(places) == 5
    assert places[0].raw["unit_code"] == PLEIKU.code


@pytest.mark.parametrize(
    ("name", "url", "kind"),
    [
        ("gazetteer", None, Gazetteer),
        ("nominatim", "https://geo.example.vn", Nominatim),
        ("pelias", "http://localhost:4000/pelias", Pelias),
    ],
)
def test_a_setting_picks_the_geocoder(name: str, url: str | None, kind: type[Geocoder]) -> None:
    assert isinstance(geocoder(name, url), kind)


@pytest.mark.parametrize(
    ("name", "url"), [("google", None), ("nominatim", None), ("pelias", "geo.example.vn"), ("", "")]
)
def test_a_setting_without_an_address_sends_no_address_anywhere(name: str, url: str | None) -> None:
    with pytest.raises(ValueError, match=r"^geocoder: "):
        geocoder(name, url)


@pytest.mark.parametrize(("name", "body"), [("nominatim", NOMINATIM), ("pelias", PELIAS)])
def test_another_geocoder_answers_the_same_question(serve: Serve, name: str, body: bytes) -> None:
    server = serve(Answer(body=body, headers={"Content-Type": "application/json"}))
    places = locate(geocoder(name, server.url), "Pleiku")
    assert [(place.longitude, place.latitude) for place in places] == [(108.0, 13.9833)]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(429, headers={"Retry-After": "60"}), Unavailable),
        (Answer(503), Unavailable),
        (Answer(400), Rejected),
        (Answer(403), Rejected),
        (Answer(body=b"<html>"), IntegrationError),
    ],
)
def test_a_geocoder_that_fails_says_later_or_never(serve: Serve, answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        locate(geocoder("nominatim", serve(answer).url), "12 Hùng Vương")
    assert "Hùng" not in str(caught.value)


ODD = [
    "{}",
    "[1]",
    "[{}]",
    '[{"lat": 1}]',
    "1",
    '"x"',
    "true",
    '[{"lat": "x", "lon": "y"}]',
    '{"features": [{}]}',
    "[null]",
]
ODD += ['{"features": 1}', '{"features": [1]}', '{"features": [{"geometry": {"coordinates": [1]}, "properties": {}}]}']


@pytest.mark.parametrize("name", ["nominatim", "pelias"])
@pytest.mark.parametrize("body", ODD)
def test_an_odd_answer_finds_nothing_or_is_a_bad_one(serve: Serve, name: str, body: str) -> None:
    server = serve(Answer(body=body.encode(), headers={"Content-Type": "application/json"}))
    with suppress(BadAnswer):
        assert locate(geocoder(name, server.url), "12 Hùng Vương") == ()


def test_nothing_found_is_an_empty_list() -> None:
    assert locate(GAZETTEER, "nơi không có thật") == ()
