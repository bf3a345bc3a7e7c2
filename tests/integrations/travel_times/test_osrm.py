"""Travel times by road: a real OSRM server, and one whose answers a test writes."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable
from integrations.http import OutsideService
from integrations.travel_times import UNREACHABLE, Osrm
from routing.matrix import Geodesic
from routing.problem import UNREACHABLE as NO_WAY
from tests.fakes.partner import BROKEN, Partner, Reply, Sent, told
from tests.integrations.travel_times.roads import Roads

HERE, THERE, FAR_OFF = (108.0, 14.0), (108.1, 14.1), (108.2, 14.2)


def test_both_rooms_call_the_same_number_unreachable() -> None:
    assert UNREACHABLE == NO_WAY


def test_a_road_is_never_shorter_than_the_straight_line(osrm_url: str, roads: Roads) -> None:
    seconds, metres = Osrm({"car": osrm_url}).block("car", roads.villages, roads.villages)
    straight = Geodesic(detour=1.0).block("car", roads.villages, roads.villages)[1]
    assert (metres >= straight * 0.99).all()
    assert (metres < UNREACHABLE).all()
    assert (np.diag(seconds) == 0).all()


def test_a_block_asked_in_parts_is_the_block_asked_at_once(osrm_url: str, roads: Roads) -> None:
    few, many = roads.villages[:7], roads.villages
    whole = Osrm({"car": osrm_url}, most_places=100).block("car", few, many)
    parts = Osrm({"car": osrm_url}, most_places=6).block("car", few, many)
    assert all(np.array_equal(one, other) for one, other in zip(whole, parts, strict=True))


def test_an_island_without_a_road_is_reached_by_nobody(osrm_url: str, roads: Roads) -> None:
    places = (*roads.villages[:2], roads.island)
    seconds, metres = Osrm({"car": osrm_url}).block("car", places, places)
    apart = [[0, 0, 1], [0, 0, 1], [1, 1, 0]]
    assert ((seconds == UNREACHABLE) == np.array(apart, dtype=bool)).all()
    assert ((metres == UNREACHABLE) == np.array(apart, dtype=bool)).all()


def test_more_places_than_the_server_takes_say_what_to_change(osrm_url: str, roads: Roads) -> None:
    places = [(lon + 0.0001 * n, lat) for n in range(4) for lon, lat in roads.villages]
    with pytest.raises(Rejected, match="max-table-size") as refused:
        Osrm({"car": osrm_url}, most_places=1000).block("car", places, places)
    assert refused.value.code == "TooBig"


def test_the_client_travels_into_a_solvers_child(osrm_url: str, roads: Roads) -> None:
    travelled: Osrm = pickle.loads(pickle.dumps(Osrm({"car": osrm_url})))
    assert travelled.block("car", roads.villages[:2], roads.villages[:2])[0].shape == (2, 2)


def test_nobody_to_go_to_is_an_empty_block() -> None:
    seconds, metres = Osrm({"car": "http://127.0.0.1:1"}).block("car", [], [HERE])
    assert seconds.shape == metres.shape == (0, 1)


def test_a_profile_without_a_server_is_named() -> None:
    with pytest.raises(ValueError, match="'boat': known are car"):
        Osrm({"car": "http://127.0.0.1:1"}).block("boat", [HERE], [THERE])


@pytest.mark.parametrize("given", [{"urls": {}}, {"urls": {"car": "http://127.0.0.1:1"}, "most_places": 1}])
def test_settings_that_can_never_work_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"urls|most_places"):
        Osrm(**given)


# -- answers that a test writes


def table(sent: Sent) -> Reply:
    places = sent.path.rsplit("/", 1)[1].split(";")
    rows, columns = len(sent.query["sources"].split(";")), len(sent.query["destinations"].split(";"))
    cells = [[60.4 + row + column for column in range(columns)] for row in range(rows)]
    snapped = [{"distance": 12.5} for _ in places]
    return told({"code": "Ok", "durations": cells, "distances": cells,
                 "sources": snapped[:rows], "destinations": snapped[rows:]})  # fmt: skip


def answer(**changed: Any) -> Reply:
    good: Mapping[str, Any] = {
        "code": "Ok",
        "durations": [[60.4]],
        "distances": [[900.6]],
        "sources": [{"distance": 3.0}],
        "destinations": [{"distance": 3.0}],
    }
    return told({**good, **changed})


def test_seconds_and_metres_are_rounded_to_whole_ones() -> None:
    with Partner(lambda _: answer()) as server:
        seconds, metres = Osrm({"car": server.url}).block("car", [HERE], [THERE])
    assert (seconds[0, 0], metres[0, 0]) == (60, 901)


def test_a_pair_without_a_way_has_neither_time_nor_distance() -> None:
    with Partner(lambda _: answer(durations=[[None]])) as server:
        seconds, metres = Osrm({"car": server.url}).block("car", [HERE], [THERE])
    assert seconds[0, 0] == metres[0, 0] == UNREACHABLE


@pytest.mark.parametrize("end", ["sources", "destinations"])
def test_a_place_beyond_five_hundred_metres_of_any_road_is_not_reached(end: str) -> None:
    with Partner(lambda _: answer(**{end: [{"distance": 500.1}]})) as server:
        seconds, _ = Osrm({"car": server.url}).block("car", [HERE], [THERE])
    assert seconds[0, 0] == UNREACHABLE


def test_the_same_question_is_asked_once_and_new_road_data_anew(tmp_path: Path) -> None:
    with Partner(table) as server:
        for data in ("2026-11", "2026-11", "2026-12"):
            Osrm({"car": server.url}, folder=tmp_path, data=data).block("car", [HERE, THERE], [FAR_OFF])
    assert len(server.sent) == 2


def test_an_answer_cut_off_on_the_disk_is_asked_again(tmp_path: Path) -> None:
    with Partner(table) as server:
        ways = Osrm({"car": server.url}, folder=tmp_path)
        first = ways.block("car", [HERE], [THERE])[0]
        (kept,) = tmp_path.rglob("*.npy")
        kept.write_bytes(kept.read_bytes()[:-4])
        again = ways.block("car", [HERE], [THERE])[0]
    assert np.array_equal(first, again)
    assert len(server.sent) == 2


def test_a_line_follows_the_roads_past_every_place(osrm_url: str, roads: Roads) -> None:
    places = roads.villages[:4]
    line = Osrm({"car": osrm_url}).line("car", places)
    assert len(line) > len(places)
    on_roads = {(round(lon, 3), round(lat, 3)) for way in roads.ways for lon, lat in way}
    assert sum((round(lon, 3), round(lat, 3)) in on_roads for lon, lat in line) > len(line) * 0.9


@pytest.mark.parametrize("line", [[], [[108.0, 14.0]], [[108.0, 14.0], ["x", 14.0]], [[108.0, 14.0], None], {"a": 1}])
def test_a_line_that_is_none_is_told(line: object) -> None:
    def strange(sent: Sent) -> Reply:
        del sent
        return told({"code": "Ok", "routes": [{"geometry": {"coordinates": line}}]})

    with Partner(strange) as server, pytest.raises(BadAnswer, match="routes"):
        Osrm({"car": server.url}).line("car", [HERE, THERE])


def test_a_line_in_parts_joins_each_place_with_the_next(osrm_url: str, roads: Roads) -> None:
    places = [*roads.villages[:4], roads.villages[0]]
    osrm = Osrm({"car": osrm_url})
    legs = osrm.legs("car", places)
    whole = osrm.line("car", places)
    assert len(legs) == 4
    assert [leg[-1] for leg in legs[:-1]] == [leg[0] for leg in legs[1:]]
    assert [legs[0][0], *(corner for leg in legs for corner in leg[1:])] == whole
    for leg, (start, end) in zip(legs, pairwise(places), strict=True):
        assert leg[0] == pytest.approx(start, abs=0.005)
        assert leg[-1] == pytest.approx(end, abs=0.005)


SPOTS = [{"location": [108.0, 14.0]}, {"location": [108.1, 14.0]}, {"location": [108.2, 14.0]}]
CORNERS = [[108.0, 14.0], [108.05, 14.1], [108.1, 14.0], [108.2, 14.0]]


@pytest.mark.parametrize(
    ("corners", "spots"),
    [
        (CORNERS, SPOTS[:2]),
        (CORNERS, [SPOTS[0], {"location": [109.0, 14.0]}, SPOTS[2]]),
        (CORNERS, [SPOTS[0], {"location": ["x"]}, SPOTS[2]]),
        (CORNERS, [SPOTS[0], None, SPOTS[2]]),
        (CORNERS, None),
        ([], SPOTS),
    ],
)
def test_parts_that_join_no_places_are_told(corners: object, spots: object) -> None:
    def strange(sent: Sent) -> Reply:
        del sent
        return told({"code": "Ok", "routes": [{"geometry": {"coordinates": corners}}], "waypoints": spots})

    with Partner(strange) as server, pytest.raises(BadAnswer):
        Osrm({"car": server.url}).legs("car", [HERE, THERE, HERE])


def test_places_at_one_spot_of_the_road_are_joined_by_no_part() -> None:
    def answer(sent: Sent) -> Reply:
        del sent
        spots = [SPOTS[0], SPOTS[1], SPOTS[1], SPOTS[2]]
        return told({"code": "Ok", "routes": [{"geometry": {"coordinates": CORNERS}}], "waypoints": spots})

    with Partner(answer) as server:
        legs = Osrm({"car": server.url}).legs("car", [HERE, THERE, THERE, HERE])
    assert [len(leg) for leg in legs] == [3, 1, 2]


def without_segment(sent: Sent) -> Reply:
    """OSRM's answer where `FAR_OFF` can be put on no road: the whole table is refused."""
    places = sent.path.rsplit("/", 1)[1].split(";")
    written = f"{FAR_OFF[0]:.6f},{FAR_OFF[1]:.6f}"
    if written in places:
        message = f"Could not find a matching segment for coordinate {places.index(written)}"
        return told({"code": "NoSegment", "message": message}, 400)
    return table(sent)


def test_a_place_that_no_segment_matches_is_unreachable_alone() -> None:
    places = (HERE, FAR_OFF, THERE)
    with Partner(without_segment) as server:
        seconds, metres = Osrm({"car": server.url}).block("car", places, places)
    apart = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=bool)
    assert ((seconds == UNREACHABLE) == apart).all()
    assert ((metres == UNREACHABLE) == apart).all()
    assert seconds[0, 2] == 61


def test_a_place_that_no_segment_matches_is_found_in_a_few_questions() -> None:
    many = [(HERE[0] + n / 1000, HERE[1]) for n in range(97)]
    with Partner(without_segment) as server:
        off = Osrm({"car": server.url}).off_roads("car", [*many[:40], FAR_OFF, *many[40:], FAR_OFF])
    assert [n for n, is_off in enumerate(off) if is_off] == [40, 98]
    assert len(server.sent) <= 15


def test_places_that_no_segment_matches_are_no_table_of_errors() -> None:
    with Partner(without_segment) as server:
        seconds, _ = Osrm({"car": server.url}).block("car", [FAR_OFF], [HERE, THERE])
    assert (seconds == UNREACHABLE).all()


def test_who_lies_off_the_roads_is_told_of_every_place(osrm_url: str, roads: Roads) -> None:
    places = (*roads.villages[:3], roads.island, roads.villages[0])
    assert Osrm({"car": osrm_url}, most_places=4).off_roads("car", places) == [False, False, False, True, False]


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_an_answer_that_breaks_the_contract_is_believed_in_nothing(name: str) -> None:
    with Partner(lambda _: BROKEN[name]) as server, pytest.raises(BadAnswer):
        Osrm({"car": server.url}).block("car", [HERE], [THERE])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"durations": [[60.0, 61.0]]}, "durations"),
        ({"durations": [60.0]}, "durations"),
        ({"durations": []}, "durations"),
        ({"distances": [[-1.0]]}, "distances"),
        ({"distances": [["900"]]}, "distances"),
        ({"distances": [[True]]}, "distances"),
        ({"distances": [[1e12]]}, "distances"),
        ({"sources": []}, "sources"),
        ({"destinations": [{"distance": "near"}]}, "destinations"),
        ({"code": "NoTable"}, "code"),
    ],
)
def test_a_wrong_field_is_named(changed: dict[str, Any], field: str) -> None:
    with Partner(lambda _: answer(**changed)) as server, pytest.raises(BadAnswer, match=field):
        Osrm({"car": server.url}).block("car", [HERE], [THERE])


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(503), Unavailable),
        (Reply(reset=True), IntegrationError),
        (told({"code": "InvalidQuery", "message": "Query string malformed"}, 400), Rejected),
    ],
)
def test_a_refusal_is_one_of_three_and_names_no_place(reply: Reply, error: type[IntegrationError]) -> None:
    with Partner(lambda _: reply) as server, pytest.raises(error) as failed:
        Osrm({"car": server.url}, caller=OutsideService("OSRM", read_s=2.0)).block("car", [HERE], [THERE])
    assert "108" not in str(failed.value)
