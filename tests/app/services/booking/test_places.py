import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import AuditEvent
from app.services.booking.places import check_pin, correct_pin
from app.texts import explain
from tests.factories import NOW, make_errand, make_unit


def test_a_courier_puts_the_pin_where_the_door_is(session: Session) -> None:
    errand = make_errand(session)
    place, unit = errand.place, errand.place.unit
    correct_pin(session, errand, unit.lon + 0.03, unit.lat, "courier:3", NOW)
    assert (place.lon, place.pin_source, place.confirmed_by) == (unit.lon + 0.03, "courier", "courier:3")
    assert place.confirmed_at == NOW
    assert errand.revision == 2


def test_where_somebody_lives_is_not_in_the_audit(session: Session) -> None:
    errand = make_errand(session)
    correct_pin(session, errand, errand.place.lon, errand.place.lat, "citizen:x", NOW)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "correct_pin")).one()
    assert event.detail == {"errand": str(errand.id)}


def test_half_a_pin_is_refused(session: Session) -> None:
    with pytest.raises(DomainError, match="pin_halved") as refusal:
        check_pin(make_unit(session), 108.0, None)
    assert explain(refusal.value)


def test_a_pin_at_sea_is_refused_by_name(session: Session) -> None:
    unit = make_unit(session)
    with pytest.raises(DomainError, match="pin_too_far") as refusal:
        check_pin(unit, 110.5, 13.0)
    assert unit.name in explain(refusal.value)
