"""The units' ground out of an operator's GeoJSON: what is wrong is named by file, feature and field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon, union_all
from sqlalchemy.orm import Session

from app.models import UnitShape
from app.queries.reference.shapes import ground
from app.services.reference.files import BadReference
from app.services.reference.load import load_reference
from app.services.reference.shapes import read_shapes
from integrations.geocoding import former_units, units
from tests.factories import NOW

POINTS = {"1": (108.05, 13.95), "2": (108.15, 13.95)}
Ring = list[list[float]]


def square(west: float, south: float, side: float = 0.1) -> Ring:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: object, *rings: Ring, kind: str = "Polygon") -> dict[str, Any]:
    coordinates = list(rings) if kind == "Polygon" else [[ring] for ring in rings]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": kind, "coordinates": coordinates}}


def write(folder: Path, *features: dict[str, Any]) -> Path:
    path = folder / "shapes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


CROSSED = [[108.0, 13.9], [108.1, 14.0], [108.1, 13.9], [108.0, 14.0], [108.0, 13.9]]
POINT = {"geometry": {"type": "Point", "coordinates": [108, 14]}, "properties": {"code": "1"}}
WEST, EAST = square(108.0, 13.9), square(108.1, 13.9)


def test_polygons_and_multipolygons_are_read_with_their_sides(tmp_path: Path) -> None:
    island = square(108.3, 13.9, 0.05)
    one, two = read_shapes(write(tmp_path, feature("1", WEST), feature("2", EAST, island, kind="MultiPolygon")), POINTS)
    assert (one.unit_code, one.west, one.south, one.east, one.north) == ("1", 108.0, 13.9, 108.1, 14.0)
    assert ground(two.shape).area == pytest.approx(0.0125)
    assert len(two.drawn) == 2


def test_a_code_may_be_a_number_as_many_programs_write_it(tmp_path: Path) -> None:
    assert [row.unit_code for row in read_shapes(write(tmp_path, feature(1, WEST), feature(2, EAST)), POINTS)] == [
        "1",
        "2",
    ]


def test_neighbours_made_light_still_share_their_border(tmp_path: Path) -> None:
    winding = [[108.1 + (n % 3 - 1) * 0.0004, 13.9 + n * 0.0005] for n in range(201)]
    west = [[108.0, 13.9], *winding, [108.0, 14.0], [108.0, 13.9]]
    east = [[108.2, 13.9], [108.2, 14.0], *reversed(winding), [108.2, 13.9]]
    rows = read_shapes(write(tmp_path, feature("1", west), feature("2", east)), POINTS)
    drawn = [ground(row.drawn) for row in rows]
    assert len(rows[0].drawn[0][0]) < len(west) / 4
    assert union_all(drawn).area == pytest.approx(sum(one.area for one in drawn))
    assert isinstance(union_all(drawn), Polygon)  # no gap between them


@pytest.mark.parametrize(
    ("features", "where", "field", "said"),
    [
        ([feature("1", WEST)], "the whole file", "code", r"1 unit\(s\) have no shape: 2"),
        ([feature("9", WEST)], "feature 1", "code", "no such code: 9"),
        ([feature("1", WEST), feature("1", EAST)], "feature 2", "code", "1 has a shape already"),
        ([feature("1", [[y, x] for x, y in WEST])], "feature 1", "geometry", "in degrees is expected"),
        ([feature("1", square(108.5, 13.9))], "feature 1", "geometry", "is the code another unit's"),
        ([feature("1", [[108.0, 13.9]])], "feature 1", "geometry", r"no rings of \[lon, lat\]"),
        ([feature("1", [["a", "b"], ["c", "d"]])], "feature 1", "geometry", r"no rings of \[lon, lat\]"),  # type: ignore[list-item]  # what a file may hold
        ([feature("1", CROSSED)], "feature 1", "geometry", "crosses itself"),
        ([POINT], "feature 1", "geometry", "not a Point"),
        ([{"geometry": None, "properties": {"code": "1"}}], "feature 1", "code", "with the property code"),
        ([7], "feature 1", "code", "with the property code"),
        ([], "the whole file", "features", "with features is expected"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, features: list[Any], where: str, field: str, said: str) -> None:
    with pytest.raises(BadReference, match=said) as fault:
        read_shapes(write(tmp_path, *features), POINTS)
    assert (fault.value.file, fault.value.where, fault.value.field) == ("shapes.geojson", where, field)


def test_shapes_come_with_the_reference_data_and_stay_without_their_file(session: Session, tmp_path: Path) -> None:
    def whole(**files: Path) -> tuple[int, int]:
        counts = load_reference(session, units(), former_units(), now=NOW, replacements=files)
        return counts.shapes, counts.changed

    drawn = [feature(unit.code, square(unit.lon - 0.001, unit.lat - 0.001, 0.002)) for unit in units()]
    whole()
    assert whole(shapes=write(tmp_path, *drawn)) == (135, 135)
    assert whole(shapes=tmp_path / "shapes.geojson") == (135, 0)
    assert whole() == (135, 0)
    assert session.get(UnitShape, units()[0].code)
