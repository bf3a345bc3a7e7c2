import math

from hypothesis import given
from hypothesis import strategies as st

from app.services.reference.places import beside, zones
from integrations.geocoding import former_units, units

ZONES = zones(units(), former_units())
BY_NAME = {unit.short_name: ZONES[unit.code] for unit in units()}


def test_a_zone_is_the_old_district_of_most_old_communes() -> None:
    assert BY_NAME["Ia Krái"] == "Huyện Ia Grai"
    assert BY_NAME["Diên Hồng"] == "Thành phố Pleiku"
    assert BY_NAME["Mang Yang"] == "Huyện Mang Yang"  # three of four; one came from Đak Đoa
    assert BY_NAME["Gào"] == "Thành phố Pleiku"  # two of three


def test_every_unit_has_a_zone_and_every_old_district_is_one() -> None:
    assert len(ZONES) == 135
    assert set(ZONES.values()) == {former.district for former in former_units()}


@given(st.floats(107, 110), st.floats(12.5, 15), st.text(min_size=1, max_size=20))
def test_an_office_stands_beside_the_point_and_always_at_the_same_place(lon: float, lat: float, key: str) -> None:
    place = beside(lon, lat, key)
    metres = 111_195 * math.hypot(place.lat - lat, (place.lon - lon) * math.cos(math.radians(lat)))
    assert 145 <= metres <= 655
    assert place == beside(lon, lat, key)


def test_office_and_desk_of_a_commune_do_not_stand_on_one_spot() -> None:
    assert beside(108, 14, "BC23776") != beside(108, 14, "MC23776")
