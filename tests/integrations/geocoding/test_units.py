import subprocess
import sys
from collections import Counter
from pathlib import Path

from integrations.geocoding.faults import AREAS_KM2, PROVINCE_AREA_KM2
from integrations.geocoding.units import AdminUnit, FormerAdminUnit, former_units, units

ROOT = Path(__file__).parents[3]


def test_the_province_has_110_communes_and_25_wards() -> None:
    assert Counter(unit.kind for unit in units()) == {"commune": 110, "ward": 25}


def test_77_units_look_to_pleiku_and_58_to_quy_nhon_as_the_old_provinces_did() -> None:
    assert Counter(unit.hub for unit in units()) == {"pleiku": 77, "quy-nhon": 58}
    west = {code for former in former_units() if former.province == "Gia Lai" for code in former.unit_codes}
    assert {unit.code for unit in units() if unit.hub == "pleiku"} == west


def test_every_unit_was_made_of_old_ones_and_every_old_one_lies_somewhere() -> None:
    assert len(former_units()) == 373
    assert {code for former in former_units() for code in former.unit_codes} == {unit.code for unit in units()}


def test_codes_are_unique() -> None:
    assert len({unit.code for unit in units()}) == 135
    assert len({former.code for former in former_units()}) == 373


def test_three_communes_were_split() -> None:
    split = {former.short_name: len(former.unit_codes) for former in former_units() if former.split}
    assert split == {"An Nghĩa": 2, "Canh Hiệp": 2, "Canh Liên": 2}


def test_the_corrected_areas_add_up_to_the_province() -> None:
    assert abs(sum(unit.area_km2 for unit in units()) - PROVINCE_AREA_KM2) < 0.001 * PROVINCE_AREA_KM2


def test_an_area_that_stands_in_is_marked() -> None:
    assert {unit.code for unit in units() if not unit.area_certain} == set(AREAS_KM2)


def test_every_point_lies_in_the_province() -> None:
    places: list[AdminUnit | FormerAdminUnit] = [*units(), *former_units()]
    assert all(107.3 < place.lon < 109.5 and 12.9 < place.lat < 14.8 for place in places)


def test_no_old_commune_lies_farther_than_25_km_from_its_unit() -> None:
    points = {unit.code: unit for unit in units()}
    for former in former_units():
        unit = points[former.unit_codes[0]]
        assert abs(former.lat - unit.lat) * 111 < 25, former.name
        assert abs(former.lon - unit.lon) * 108 < 25, former.name


def test_a_point_of_a_whole_district_is_not_taken_for_a_commune() -> None:
    vague = {former.name for former in former_units() if not former.position_certain}
    assert vague == {"Thị trấn An Lão", "Xã Kông HTok", "Xã Ia Pal"}


def test_the_library_that_would_ask_outside_is_never_run() -> None:
    script = (
        "import sys\n"
        "def refuse(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto'): raise SystemExit(event)\n"
        "sys.addaudithook(refuse)\n"
        "from integrations.geocoding import Gazetteer, former_units, resolve, units\n"
        "assert len(units()) == 135 and len(former_units()) == 373\n"
        "resolve('12 Lê Lợi, xã Canh Hiệp, huyện Vân Canh, Bình Định')\n"
        "Gazetteer().geocode('12 Lê Lợi, xã Canh Liên, huyện Vân Canh, Bình Định', exactly_one=False)\n"
        "assert 'vietnamadminunits' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_is_read_before_the_first_question() -> None:
    script = "import integrations.geocoding as g; assert g.units.cache_info().currsize == 0"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
