"""A hard road takes longer and is no longer in metres."""

import pickle

import numpy as np

from routing.matrix import Geodesic
from routing.slowed import SlowedTravelTimes

TOWN, MUD, MIRE = (108.0, 13.9), (108.1, 13.9), (108.2, 13.9)


def test_rides_in_into_and_out_of_a_slow_place_take_longer_and_the_slower_end_counts() -> None:
    plain, slowed = Geodesic(), SlowedTravelTimes(Geodesic(), {MUD: 1.5, MIRE: 2.0})
    places = [TOWN, MUD, MIRE]
    usual, metres = plain.block("motorbike", places, places)
    seconds, same = slowed.block("motorbike", places, places)
    assert np.array_equal(metres, same)
    assert seconds.dtype == usual.dtype
    for source, target, factor in ((0, 1, 1.5), (1, 0, 1.5), (1, 2, 2.0), (0, 2, 2.0), (0, 0, 1.0)):
        assert abs(int(seconds[source, target]) - factor * int(usual[source, target])) <= 1


def test_a_child_of_the_solver_gets_it() -> None:
    slowed = SlowedTravelTimes(Geodesic(), {MUD: 1.5})
    assert pickle.loads(pickle.dumps(slowed)) == slowed
