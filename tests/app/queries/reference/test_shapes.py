"""In which unit a pin lies, and whose borders a map draws."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.queries.reference.areas import areas_of, neighbourhood
from app.queries.reference.shapes import elsewhere
from tests.factories import make_office, make_shape, make_unit


def test_a_unit_without_a_shape_is_never_doubted(session: Session) -> None:
    unit = make_unit(session)
    make_shape(session, make_unit(session, lon=unit.lon, lat=unit.lat))
    assert elsewhere(session, unit, unit.lon + 1, unit.lat) is None


@pytest.mark.parametrize(("degrees", "asks"), [(0.0, False), (0.0195, False), (0.0215, False), (0.0225, True)])
def test_at_the_border_nobody_asks(session: Session, degrees: float, *, asks: bool) -> None:
    unit = make_unit(session)
    make_shape(session, unit, half=0.02)
    assert (elsewhere(session, unit, unit.lon + degrees, unit.lat) is not None) is asks


def test_the_other_unit_is_named_and_how_far_outside(session: Session) -> None:
    unit = make_unit(session)
    other = make_unit(session, lon=unit.lon + 0.04, lat=unit.lat)
    make_shape(session, unit)
    make_shape(session, other)
    found = elsewhere(session, unit, other.lon, other.lat)
    assert found is not None
    assert (found.unit, found.outside_m) == (other, 2224)
    nowhere = elsewhere(session, unit, unit.lon, unit.lat + 0.1)
    assert nowhere is not None
    assert nowhere.unit is None


def test_the_ground_around_a_hole_is_not_in_the_hole(session: Session) -> None:
    unit = make_unit(session)
    inner = make_unit(session, lon=unit.lon, lat=unit.lat)
    hole = make_shape(session, inner, half=0.01).shape[0][0]
    outer = make_shape(session, unit, half=0.03)
    outer.shape = [[outer.shape[0][0], hole]]
    session.flush()
    found = elsewhere(session, unit, unit.lon, unit.lat)
    assert found is not None
    assert found.unit == inner


def test_borders_are_drawn_only_when_every_unit_has_one(session: Session) -> None:
    one, two = (make_office(session) for _ in range(2))
    stands = [(str(office.id), office.unit_code, office.lon, office.lat) for office in (one, two)]
    shape = make_shape(session, one.unit)
    assert not areas_of(session, stands).boundaries
    make_shape(session, two.unit)
    drawn = areas_of(session, stands)
    assert drawn.boundaries
    assert drawn.rings[0] == {"office": str(one.id), "ring": shape.drawn[0][0]}


def test_a_phone_gets_its_own_unit_and_those_beside_it(session: Session) -> None:
    own = make_office(session)
    beside = make_office(session, unit=make_unit(session, lon=own.lon + 0.04, lat=own.lat))
    far = make_office(session, unit=make_unit(session, lon=own.lon + 0.5, lat=own.lat))
    for office in (own, beside, far):
        make_shape(session, office.unit)
    features = neighbourhood(session, own)
    assert [(one["properties"]["office"], one["properties"]["own"]) for one in features] == [
        (str(own.id), True), (str(beside.id), False),
    ]  # fmt: skip
    assert {one["geometry"]["type"] for one in features} == {"MultiPolygon"}


def test_a_phone_without_shapes_gets_the_areas_nearest_to_each_office(session: Session) -> None:
    own = make_office(session)
    make_office(session)
    assert {one["geometry"]["type"] for one in neighbourhood(session, own)} == {"Polygon"}
