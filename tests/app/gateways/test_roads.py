"""Travel times by road where a server answers, by straight line where it does not."""

from __future__ import annotations

import pickle

import numpy as np

from app.gateways.roads import travel_times
from routing.matrix import Geodesic
from tests.fakes.partner import Partner, Reply, Sent, told

HERE, THERE = (108.0, 14.0), (108.1, 14.1)


def road(sent: Sent) -> Reply:
    del sent
    snapped = [{"distance": 3.0}]
    return told(
        {"code": "Ok", "durations": [[777.0]], "distances": [[9_000.0]], "sources": snapped, "destinations": snapped}
    )


def test_the_road_server_is_asked_for_every_way_of_moving() -> None:
    with Partner(road) as server:
        ways = travel_times(server.url, Geodesic())
        assert [int(ways.block(profile, [HERE], [THERE])[0][0, 0]) for profile in ("motorbike", "truck")] == [777, 777]


def test_a_day_is_planned_while_the_road_server_is_away() -> None:
    with Partner(lambda _: Reply(503)) as server:
        ways = travel_times(server.url, Geodesic())
        found = ways.block("motorbike", [HERE], [THERE])
    straight = Geodesic().block("motorbike", [HERE], [THERE])
    assert all(np.array_equal(one, other) for one, other in zip(found, straight, strict=True))


def test_the_ways_travel_into_a_solvers_child() -> None:
    ways = travel_times("http://127.0.0.1:1", Geodesic())
    assert pickle.loads(pickle.dumps(ways)).straight == ways.straight
