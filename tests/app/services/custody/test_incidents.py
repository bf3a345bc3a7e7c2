"""An incident is written once, a loss moves the envelope, and only a written word closes it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain.custody import EventKind, Holder, Party
from app.domain.errors import DomainError
from app.domain.incident import IncidentKind, Verdict
from app.models import AuditEvent, Incident, Parcel
from app.queries.custody.state import chain_of
from app.services.custody.incidents import close_incident, open_incident
from app.unit_of_work import UnitOfWork
from tests.factories.custody import AT_THE_DOOR, Road, collected, make_road

NOW = AT_THE_DOOR + timedelta(hours=2)


def opened(session: UnitOfWork, road: Road, parcel: Parcel, **given: object) -> Incident:
    fact = {"kind": IncidentKind.DAMAGED, "office_id": road.world.office.id, "by": road.by_courier, "now": NOW}
    return open_incident(session, parcel_code=parcel.code, **{**fact, **given})  # type: ignore[arg-type]  # a test's mix


def holder(parcel: Parcel) -> Party:
    return Party(parcel.holder, parcel.holder_id)


def test_an_operation_that_comes_twice_opens_one_incident(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)

    first = opened(session, road, parcel, operation_id="op-1")

    assert opened(session, road, parcel, operation_id="op-1") is first
    assert session.scalar(select(func.count()).select_from(Incident)) == 1


def test_damage_moves_nothing(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)

    opened(session, road, parcel, note="  ướt một góc  ")

    assert holder(parcel) == road.courier
    assert session.scalars(select(Incident.note)).one() == "ướt một góc"


def test_a_lost_envelope_is_with_nobody_and_its_chain_says_so(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)

    opened(session, road, parcel, kind=IncidentKind.LOST)

    assert (holder(parcel), parcel.gap) == (Party(Holder.LOST), False)
    assert [event.kind for event in chain_of(session, parcel.id)] == [EventKind.SEALED, EventKind.REPORTED_LOST]


def test_an_envelope_nobody_knows_can_be_reported_too(session: UnitOfWork) -> None:
    road = make_road(session)

    incident = open_incident(
        session,
        kind="lost",
        parcel_code="RT123456785VN",
        office_id=road.world.office.id,
        by=road.by_courier,
        now=NOW,
    )

    assert incident.closed_at is None


def test_a_found_envelope_goes_to_the_safe(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    incident = opened(session, road, parcel, kind=IncidentKind.LOST)

    close_incident(session, incident.id, Verdict.FOUND, "Rơi sau yên xe", road.by_counter, NOW)

    assert (holder(parcel), parcel.gap) == (road.safe, False)
    assert (incident.closed_by, incident.resolution) == (road.by_counter, "Rơi sau yên xe")
    assert session.scalars(select(AuditEvent.action)).all()[-1] == "close_incident"


def test_an_incident_is_closed_once(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    incident = opened(session, road, parcel)
    close_incident(session, incident.id, Verdict.STAYS, "Đã thay phong bì ngoài", road.by_counter, NOW)

    close_incident(session, incident.id, Verdict.LOST, "khác", "staff:0", NOW + timedelta(hours=1))

    assert (incident.closed_by, holder(parcel)) == (road.by_counter, road.courier)


def test_nothing_is_closed_without_a_word(session: UnitOfWork) -> None:
    road = make_road(session)
    incident = opened(session, road, collected(session, road))

    with pytest.raises(DomainError, match="resolution_missing"):
        close_incident(session, incident.id, Verdict.STAYS, "  ", road.by_counter, NOW)

    assert incident.closed_at is None


def test_an_incident_nobody_opened_is_unknown(session: UnitOfWork) -> None:
    with pytest.raises(DomainError, match="incident_unknown"):
        close_incident(session, 0, Verdict.STAYS, "x", "staff:1", NOW)
