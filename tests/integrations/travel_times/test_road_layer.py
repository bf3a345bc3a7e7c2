"""A province's extract as light layers, one a commune: what a phone's map draws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shapely import box

from integrations.travel_times import ExtractUnreadable, road_layers
from tests.fakes.osrm import write_extract
from tests.integrations.travel_times.roads import SIDE, SOUTH, WEST, make_roads

HERE, THERE, ELSEWHERE = box(108.0, 13.9, 108.1, 14.0), box(108.1, 13.9, 108.2, 14.0), box(105, 10, 105.1, 10.1)


def layer(content: bytes) -> list[list[int]]:
    told: dict[str, Any] = json.loads(content)
    assert told["unit"] == 0.00001
    lines: list[list[int]] = told["lines"]
    return lines


def extract(folder: Path, *ways: tuple[str, list[tuple[float, float]]]) -> Path:
    path = folder / "roads.osm.pbf"
    write_extract(path, ways)
    return path


def test_each_commune_gets_its_roads_by_rank_and_those_that_lead_out(tmp_path: Path) -> None:
    file = extract(
        tmp_path,
        ("secondary_link", [(108.05, 13.95), (108.15, 13.95)]),
        ("residential", [(108.02, 13.92), (108.03, 13.92)]),
        ("path", [(108.16, 13.92), (108.17, 13.93)]),
        ("footway", [(108.05, 13.95), (108.06, 13.95)]),
    )
    layers = road_layers(file, {"here": HERE, "there": THERE, "elsewhere": ELSEWHERE})
    assert layer(layers["here"]) == [[0, 10805000, 1395000, 10000, 0], [1, 10802000, 1392000, 1000, 0]]
    assert [line[0] for line in layer(layers["there"])] == [0, 2]
    assert set(layers) == {"here", "there"}


def test_a_layer_that_would_be_too_big_leaves_out_the_least_roads(tmp_path: Path) -> None:
    ways = [(kind, [(108.02, 13.92), (108.03, 13.93)]) for kind in ("primary", "service", "track")]
    file = extract(tmp_path, *ways)
    whole = len(road_layers(file, {"here": HERE})["here"])
    ranks = [
        [line[0] for line in layer(road_layers(file, {"here": HERE}, most_bytes=most)["here"])]
        for most in (whole, whole - 1, whole - 40, 10)
    ]
    assert ranks == [[0, 1, 2], [0, 1], [0], []]


def test_a_provinces_roads_are_light(tmp_path: Path) -> None:
    roads = make_roads(villages=60, seed=1)
    file = extract(tmp_path, *(("tertiary", list(way)) for way in roads.ways))
    third = SIDE / 3
    grounds = {
        f"{x}{y}": box(WEST + x * third, SOUTH + y * third, WEST + (x + 1) * third, SOUTH + (y + 1) * third)
        for x in range(3) for y in range(3)
    }  # fmt: skip
    layers = road_layers(file, grounds)
    assert set(layers) == set(grounds)
    assert max(map(len, layers.values())) < 200_000


def test_what_is_no_extract_is_named(tmp_path: Path) -> None:
    file = tmp_path / "roads.osm.pbf"
    file.write_bytes(b"not a map")
    with pytest.raises(ExtractUnreadable, match=r"roads\.osm\.pbf is no extract"):
        road_layers(file, {"here": HERE})
    with pytest.raises(FileNotFoundError):
        road_layers(tmp_path / "none.osm.pbf", {"here": HERE})
