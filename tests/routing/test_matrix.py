import pickle
import random
from collections.abc import Sequence

import numpy as np
import pytest

from routing.matrix import Geodesic, PartlyStraight, distance_m
from routing.problem import Ints


def points(seed: int, count: int) -> list[tuple[float, float]]:
    rng = random.Random(seed)
    return [(107.4 + rng.random() * 1.9, 12.9 + rng.random() * 1.8) for _ in range(count)]


def test_blocks_agree_with_geopy_within_a_thousandth() -> None:
    sources, targets = points(1, 12), points(2, 9)
    times = Geodesic(detour=1.35)
    seconds, metres = times.block("motorbike", sources, targets)
    assert seconds.shape == metres.shape == (12, 9)
    for row, source in enumerate(sources):
        for column, target in enumerate(targets):
            expected = distance_m(source, target) * 1.35
            assert metres[row, column] == pytest.approx(expected, rel=1e-3, abs=1)
            assert seconds[row, column] == pytest.approx(expected * 3.6 / 30, rel=1e-3, abs=1)


def test_an_empty_side_gives_an_empty_block() -> None:
    seconds, metres = Geodesic().block("car", [], points(1, 3))
    assert seconds.shape == metres.shape == (0, 3)


def test_a_profile_without_a_speed_is_named() -> None:
    with pytest.raises(ValueError, match="no speed for profile 'sledge': known are bike, car"):
        Geodesic().block("sledge", points(1, 1), points(1, 1))


class Detours:
    """Roads four times as long as straight lines; `asked`: for which places they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, float]] = []

    def block(
        self, profile: str, sources: Sequence[tuple[float, float]], targets: Sequence[tuple[float, float]]
    ) -> tuple[Ints, Ints]:
        self.asked += [*sources, *targets]
        seconds, metres = Geodesic().block(profile, sources, targets)
        return 4 * seconds, 4 * metres


def test_only_ways_from_and_to_a_place_off_the_roads_are_straight() -> None:
    seat, *homes = points(1, 4)
    roads = Detours()
    ways = PartlyStraight(roads, Geodesic(), frozenset([seat]))
    straight = np.stack(Geodesic().block("motorbike", [*homes, seat], [seat, *homes]))
    times = np.full((4, 4), 4)
    times[3, :] = times[:, 0] = 1
    assert np.array_equal(ways.block("motorbike", [*homes, seat], [seat, *homes]), straight * times)
    assert ways.block("motorbike", [seat], homes)[1].shape == (1, 3)
    assert roads.asked == [*homes, *homes]


def test_travel_times_travel_to_a_child() -> None:
    assert pickle.loads(pickle.dumps(Geodesic(detour=1.5))) == Geodesic(detour=1.5)
