"""Days that were driven teach the speed and the detour they were driven with, whatever the coffee in between."""

import json
import random

import numpy as np
import pytest

from routing.calibrate import BANDS, Leg, TravelCalibration, band_of, fit, from_json, is_ride, to_json
from routing.matrix import Geodesic, distance_m

PACES = (0.30, 0.22, 0.17, 0.14, 0.12)
"""Seconds a straight metre, by band: short legs are slow."""
DETOURS = (1.6, 1.5, 1.4, 1.3, 1.25)
HILLS, PLAIN = (108.0, 14.0), (109.0, 13.8)


def driven(unit: str, count: int, seed: int, slower: float = 1.0, coffee: float = 0.2) -> list[Leg]:
    """Legs of every length; a fifth of them with up to an hour of something else in them."""
    rng = random.Random(seed)
    legs = []
    for _ in range(count):
        straight = rng.choice((300.0, 1_200.0, 3_500.0, 8_000.0, 15_000.0)) * rng.uniform(0.8, 1.2)
        band = band_of(straight)
        seconds = straight * PACES[band] * slower * rng.uniform(0.9, 1.1)
        seconds += rng.uniform(300, 3_600) if rng.random() < coffee else 0.0
        legs.append(Leg(unit, straight, seconds, straight * DETOURS[band] * rng.uniform(0.97, 1.03)))
    return legs


def test_known_paces_and_detours_are_recovered_by_band() -> None:
    found = fit(driven("A", 1_500, 1))
    for band, pace, detour in zip(found.province, PACES, DETOURS, strict=True):
        assert band is not None
        assert band.detour is not None
        assert band.pace == pytest.approx(pace, rel=0.1)
        assert band.detour == pytest.approx(detour, rel=0.02)


def test_a_unit_with_many_legs_is_itself_and_one_with_few_is_the_provinces() -> None:
    legs = [
        *driven("plain", 2_000, 1),
        *driven("hills", 600, 2, slower=2.0),
        *driven("new", 5, 3, slower=2.0, coffee=0),
    ]
    found = fit(legs)
    for number, whole in enumerate(found.province):
        hills, new = found.units["hills"][number], found.units["new"][number]
        assert whole is not None
        assert hills is not None
        assert hills.pace > 1.5 * whole.pace
        if new is not None:
            assert new.pace < 1.4 * whole.pace


def test_what_cannot_be_a_ride_teaches_nothing() -> None:
    assert not is_ride(Leg("A", 5_000.0, 10.0))  # a clock jumped
    assert not is_ride(Leg("A", 5_000.0, 20_000.0))  # somebody waited
    assert not is_ride(Leg("A", 10.0, 30.0))  # the next door
    assert is_ride(Leg("A", 5_000.0, 700.0))
    assert fit([Leg("A", 5_000.0, 10.0)] * 50).province == (None,) * (len(BANDS) + 1)


def test_a_handful_of_legs_leaves_the_assumption_alone() -> None:
    travel_times = Geodesic(learned={"motorbike": fit(driven("A", 3, 1))})
    places = [HILLS, (108.05, 14.02)]
    assert np.array_equal(
        travel_times.block("motorbike", places, places)[0], Geodesic().block("motorbike", places, places)[0]
    )


def test_without_ridden_metres_the_time_is_learned_and_the_detour_stays() -> None:
    legs = [Leg(leg.unit, leg.straight, leg.seconds) for leg in driven("A", 1_000, 4, coffee=0)]
    travel_times = Geodesic(learned={"motorbike": fit(legs)})
    places = [HILLS, (108.05, 14.02)]
    seconds, metres = travel_times.block("motorbike", places, places)
    straight = distance_m(*places)
    assert metres[0, 1] == pytest.approx(straight * 1.35, rel=0.001)
    assert seconds[0, 1] == pytest.approx(straight * PACES[band_of(straight)], rel=0.05)


def test_a_place_takes_after_the_unit_it_lies_in() -> None:
    legs = [*driven("plain", 1_000, 1, coffee=0), *driven("hills", 1_000, 2, slower=2.0, coffee=0)]
    travel_times = Geodesic(learned={"motorbike": fit(legs, {"hills": HILLS, "plain": PLAIN})})

    def seconds(seat: tuple[float, float]) -> int:
        return int(travel_times.block("motorbike", [seat], [(seat[0] + 0.02, seat[1])])[0][0, 0])

    assert seconds(HILLS) == pytest.approx(2 * seconds(PLAIN), rel=0.1)
    assert travel_times.block("car", [HILLS], [PLAIN])[0] == Geodesic().block("car", [HILLS], [PLAIN])[0]


def test_what_was_learned_survives_being_written_down() -> None:
    found = fit(driven("A", 400, 5), {"A": HILLS})
    assert from_json(json.loads(json.dumps(to_json(found)))) == found
    assert isinstance(found, TravelCalibration)


def test_days_planned_with_what_was_learned_come_nearer_to_how_they_are_driven() -> None:
    learned, fresh = fit(driven("A", 1_500, 6)), driven("A", 300, 7, coffee=0)
    assumed = Geodesic()
    pace = assumed.detour * 3.6 / assumed.speeds["motorbike"]
    paces, _ = learned.factors("A", pace, assumed.detour)
    off = [abs(leg.straight * pace - leg.seconds) for leg in fresh]
    nearer = [abs(leg.straight * paces[band_of(leg.straight)] - leg.seconds) for leg in fresh]
    assert sum(nearer) < sum(off) / 2
