import pytest
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.queries.reference.units import desks_of, office_of, unit_of
from app.texts import explain
from tests.factories import make_desk, make_office, make_procedure, make_unit


def test_an_unknown_unit_is_refused_at_its_field(session: Session) -> None:
    with pytest.raises(DomainError, match="unit_unknown") as refusal:
        unit_of(session, "00000")
    assert refusal.value.field == "place.unit_code"


def test_a_hub_is_not_the_post_office_of_its_commune(session: Session) -> None:
    unit = make_unit(session)
    make_office(session, unit=unit, kind="hub")
    office = make_office(session, unit=unit)
    assert office_of(session, unit.code) is office


def test_a_unit_without_a_post_office_says_so(session: Session) -> None:
    with pytest.raises(DomainError, match="no_office") as refusal:
        office_of(session, make_unit(session).code)
    assert explain(refusal.value)


def test_a_commune_procedure_is_decided_at_home(session: Session) -> None:
    unit = make_unit(session)
    own = make_desk(session, unit=unit)
    make_desk(session, level="province")
    assert desks_of(session, unit.code).competent(make_procedure(session)) is own


def test_a_provincial_procedure_is_decided_at_the_centre(session: Session) -> None:
    unit = make_unit(session)
    make_desk(session, unit=unit)
    centre = make_desk(session, level="province")
    procedure = make_procedure(session, level="province")
    assert desks_of(session, unit.code).competent(procedure) is centre
    assert desks_of(session, unit.code).receiving(procedure) is centre


def test_any_desk_receives_where_boundaries_do_not_matter(session: Session) -> None:
    unit = make_unit(session)
    own, centre = make_desk(session, unit=unit), make_desk(session, level="province")
    procedure = make_procedure(session, level="province", boundary_free=True)
    found = desks_of(session, unit.code)
    assert (found.receiving(procedure), found.competent(procedure)) == (own, centre)


def test_without_any_desk_the_way_out_is_named(session: Session) -> None:
    with pytest.raises(DomainError, match="no_desk") as refusal:
        desks_of(session, make_unit(session).code).competent(make_procedure(session))
    assert explain(refusal.value)


def test_while_a_commune_waits_people_go_to_its_desk_or_to_the_centre(session: Session) -> None:
    unit, bare = make_unit(session), make_unit(session)
    own, centre = make_desk(session, unit=unit), make_desk(session, level="province")
    assert (desks_of(session, unit.code).instead, desks_of(session, bare.code).instead) == (own, centre)
