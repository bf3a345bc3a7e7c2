"""What of a household's words is everybody's, and how many have to say it."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vn_text import fold

from app.domain.landmarks import FEWEST_DOORS, KINDS, LandmarkSaid, Point, SpokenLandmark, spoken_in, together

TODAY = date(2026, 12, 1)


def words(text: str) -> list[str]:
    return [spoken.words for spoken in spoken_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gần nhà văn hóa thôn", ["nha van hoa thon"]),
        ("Sau chợ Mới, cổng xanh, qua cầu rẽ trái", ["cho moi", "cau"]),
        ("doi dien truong tieu hoc Le Loi", ["truong tieu hoc le loi"]),
        ("CẠNH NHÀ RÔNG LÀNG BI, nhà có cây mít", ["nha rong lang bi"]),
        ("nhà văn hóa thôn 3, đi thẳng 200 m", ["nha van hoa thon 3"]),
        ("ngã ba quốc lộ 19", ["nga ba quoc lo 19"]),
        ("trụ sở UBND xã", ["tru so ubnd"]),
    ],
)
def test_a_place_that_everybody_knows_is_heard_however_it_is_typed(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "gần nhà ông Tư, cổng xanh",
        "nha ba Siu, 0900 000 123",
        "hỏi nhà anh Trường",
        "hoi nha anh Truong",
        "gần nhà Hồ Văn Tám",
        "cạnh Hồ Văn Tám",
        "gia đình đông con",
        "số 12/3, hẻm 45",
        "chợ ông Tư",
        "căn cước 064200000123",
        "",
    ],
)
def test_a_household_is_no_landmark(text: str) -> None:
    assert words(text) == []


@given(st.sampled_from(KINDS), st.text(alphabet="0123456789 .-/", min_size=3, max_size=20))
def test_no_long_number_is_ever_kept(kind: str, number: str) -> None:
    """House numbers, telephones and identity numbers: a number of two digits behind "thôn" is all there is."""
    assert all(len(run) <= 2 for said in words(f"{kind} {number}") for run in re.findall(r"[0-9]+", said))


# -- several doors


def metres(a: Point, b: Point) -> float:
    """Flat, a thousandth of a degree a hundred metres."""
    return dist(a, b) * 100_000


def share(number: int, lon: float, telephone: str = "", said: str = "chợ mới") -> LandmarkSaid:
    return LandmarkSaid(
        SpokenLandmark(fold(said), said),
        telephone or f"0900000{number:03d}",
        (lon, 13.9),
        TODAY + timedelta(days=number),
    )


def test_three_doors_by_three_telephones_make_a_landmark_rounded_to_a_hundred_metres() -> None:
    (learnt,) = together([share(n, 107.70012 + n / 1000) for n in range(3)], metres)
    assert (learnt.words, learnt.said, learnt.doors) == ("cho moi", "chợ mới", 3)
    assert (learnt.at, learnt.day) == ((107.701, 13.9), TODAY + timedelta(days=2))


@pytest.mark.parametrize(
    "shares",
    [
        [share(n, 107.7 + n / 1000) for n in range(FEWEST_DOORS - 1)],
        [share(n, 107.7 + n / 1000, "0900000001") for n in range(9)],  # one telephone nine times
        [share(n, 107.7) for n in range(9)],  # nine telephones of one door
        [share(n, 107.7 + n / 100) for n in range(3)],  # a kilometre apart each
        [share(n, 107.7 + n / 1000, said=f"chợ {'abc'[n]}") for n in range(3)],
    ],
)
def test_what_fewer_say_is_nobodys_to_read(shares: list[LandmarkSaid]) -> None:
    assert together(shares, metres) == []


def test_a_spelling_that_one_household_has_is_not_shown() -> None:
    spelled = [share(n, 107.7 + n / 1000, said=said) for n, said in enumerate(("chợ mới", "cho moi", "chợ mơi"))]
    assert [one.said for one in together(spelled, metres)] == ["cho moi"]
    again = [*spelled, share(3, 107.703, said="chợ mới")]
    assert [one.said for one in together(again, metres)] == ["chợ mới"]


def test_two_markets_of_a_commune_are_two() -> None:
    near, far = [share(n, 107.7 + n / 1000) for n in range(3)], [share(n, 107.8 + n / 1000) for n in range(4, 8)]
    assert [one.doors for one in together(near + far, metres)] == [4, 3]


# -- typed in other ways


def test_a_landmark_is_known_again_as_people_type_it() -> None:
    dice = random.Random(2)
    said = [f"{kind} {dice.choice(('Lê Lợi', 'thôn 2', 'trung tâm', ''))}".strip() for kind in KINDS]
    for text in said:
        (known,) = words(text)
        for typed in (text.upper(), fold(text), f"ngay sau {text}, rẽ trái", f"gan {fold(text)} di thang"):
            assert words(typed)[:1] == [known], typed
