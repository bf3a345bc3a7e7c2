"""Travel times by road while the server answers; given up for good when it does not."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import pytest

from app.gateways.roads import FAILURES_TO_GIVE_UP, RoadsAway, legs_by_road, lines_by_road, travel_times
from tests.fakes.partner import Partner, Reply, Sent, told

HERE, THERE = (108.0, 14.0), (108.1, 14.1)


def road(sent: Sent) -> Reply:
    del sent
    snapped = [{"distance": 3.0}]
    return told(
        {"code": "Ok", "durations": [[777.0]], "distances": [[9_000.0]], "sources": snapped, "destinations": snapped}
    )


@contextmanager
def hanging() -> Iterator[Partner]:
    """Takes questions and answers none."""
    over = Event()

    def answer(sent: Sent) -> Reply:
        over.wait(30)
        return road(sent)

    with Partner(answer) as server:
        try:
            yield server
        finally:
            over.set()


def test_the_road_server_is_asked_for_every_way_of_moving() -> None:
    with Partner(road) as server:
        ways = travel_times(server.url)
        assert [int(ways.block(profile, [HERE], [THERE])[0][0, 0]) for profile in ("motorbike", "truck")] == [777, 777]


def test_a_server_that_fails_again_and_again_is_given_up_and_not_asked_any_more() -> None:
    asked = []

    def away(sent: Sent) -> Reply:
        asked.append(sent)
        return Reply(503)

    with Partner(away) as server:
        ways = travel_times(server.url)
        for _ in range(20):
            with pytest.raises(RoadsAway):
                ways.block("motorbike", [HERE], [THERE])
    assert len(asked) == FAILURES_TO_GIVE_UP


def test_a_server_that_takes_questions_and_answers_none_is_given_up_in_seconds() -> None:
    began = time.monotonic()
    with hanging() as server, pytest.raises(RoadsAway):
        travel_times(server.url, one_table_s=0.2).block("motorbike", [HERE], [THERE])
    assert time.monotonic() - began < 10


def test_one_failure_among_answers_is_forgiven() -> None:
    answers = iter([Reply(503), None, Reply(503), None, Reply(503), None])

    def moody(sent: Sent) -> Reply:
        return next(answers) or road(sent)

    with Partner(moody) as server:
        ways = travel_times(server.url)
        assert [int(ways.block("motorbike", [HERE], [THERE])[0][0, 0]) for _ in range(3)] == [777] * 3


def test_the_roads_of_one_plan_have_an_end_however_slowly_they_come() -> None:
    with Partner(road) as server:
        ways = replace(travel_times(server.url), whole_plan_s=0.0)
        with pytest.raises(RoadsAway):
            ways.block("motorbike", [HERE], [THERE])


def test_the_ways_travel_into_a_solvers_child() -> None:
    ways = travel_times("http://127.0.0.1:1")
    assert pickle.loads(pickle.dumps(ways)) == ways


CORNER = (108.05, 14.0)


def line(sent: Sent) -> Reply:
    if "108.9" in sent.path:
        return told({"code": "NoRoute", "message": "Impossible route between points"}, 400)
    places = [[float(part) for part in place.split(",")] for place in sent.path.rsplit("/", 1)[1].split(";")]
    return told({"code": "Ok", "routes": [{"geometry": {"coordinates": [places[0], CORNER, *places[1:]]}}]})


def test_ways_are_drawn_along_the_roads_and_straight_where_none_leads() -> None:
    with Partner(line) as server:
        lines = lines_by_road(server.url, [(HERE, THERE), (HERE, (108.9, 14.0)), (THERE, HERE)])
    assert lines == [[HERE, CORNER, THERE], None, [THERE, CORNER, HERE]]


def test_a_map_waits_for_its_lines_a_moment_only() -> None:
    began = time.monotonic()
    with hanging() as server:
        assert lines_by_road(server.url, [(HERE, THERE)] * 100, within_s=0.3) == [None] * 100
    assert time.monotonic() - began < 10
    assert len(server.sent) == 1


def test_a_way_in_parts_is_none_where_the_roads_are_away_or_lead_nowhere() -> None:
    with Partner(line) as server:
        assert legs_by_road(server.url, [HERE, (108.9, 14.0)]) is None
    assert legs_by_road("http://127.0.0.1:1", [HERE, THERE], within_s=0.5) is None
