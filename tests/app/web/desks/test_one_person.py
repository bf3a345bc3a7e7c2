"""A week at an office where one person is courier, counter and everything: one account, no lent password."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.countersigning import SignedBy
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.incident import IncidentKind
from app.models import AuditEvent, Countersignature, DayClose, Parcel
from app.queries.custody.confirmations import unanswered
from app.queries.custody.one_person import uncovered
from app.queries.custody.verification import verify
from app.services.custody import chains, day_signing
from app.services.custody.incidents import open_incident
from app.services.custody.one_person import mark_one_person
from app.services.desks.handover import hand_over
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn, lent
from tests.app.web.desks.conftest import TODAY, Place
from tests.factories import DAY, KEYS, make_staff, make_world
from tests.factories.custody import AT_THE_DOOR, collected, handing, make_road, next_operation

WEEK = [DAY + timedelta(days=day) for day in range(5)]


@pytest.fixture
def alone(place: Place, session: UnitOfWork, sign_in: SignIn) -> Place:
    """The courier's account is the only one of the office."""
    mark_one_person(session, place.road.world.office.id, "staff:1", at(DAY, time(6)), alone=True)
    place.counter.active = False
    session.flush()
    sign_in(place.courier)
    return place


def takes_in(place: Place, parcel: Parcel, **given: str) -> int:
    chosen = f"courier:{place.road.world.courier.id}"
    given = {"sign": "alone", "party": chosen, "operation": next_operation(), **given}
    return place.hand_over("/buu-cuc", [parcel], place.courier, other_name="", other_password="", **given).status_code


def codes_uncovered(session: Session, place: Place) -> list[str]:
    return [line.code for line in uncovered(session, {place.road.world.office.id})]


def test_one_account_does_a_week_by_itself(
    alone: Place, session: UnitOfWork, flask_app: Flask, sign_in: SignIn
) -> None:
    for day in WEEK:
        road = make_road(session, alone.road.world)
        morning = at(day, time(8))
        parcel = collected(session, road, occurred_at=morning, now=morning)
        with lent(flask_app, session, at(day, time(11))):
            sign_in(alone.courier)
            assert alone.client.get("/buu-cuc/").status_code == 200
            assert takes_in(alone, parcel) == 303
        to_desk = {"now": at(day, time(12)), "occurred_at": at(day, time(12)), "by": f"staff:{alone.courier.id}"}
        hand_over(session, handing(road, [parcel], road.safe, road.desk, **to_desk))
    hands = session.scalars(select(Countersignature.signed_by)).all()
    assert hands == [SignedBy.ONE_PERSON] * len(WEEK)
    assert codes_uncovered(session, alone) == []
    assert verify(session, KEYS).broken == []


def test_an_envelope_is_listed_until_another_hand_has_had_it(alone: Place, session: UnitOfWork) -> None:
    road = alone.road
    parcel = collected(session, road)
    takes_in(alone, parcel)
    assert codes_uncovered(session, alone) == [parcel.code]
    hand_over(session, handing(road, [parcel], road.safe, road.desk, now=at(TODAY, time(15))))
    assert codes_uncovered(session, alone) == []


def test_what_the_phone_alone_told_waits_for_nobody_but_is_listed(alone: Place, session: UnitOfWork) -> None:
    road = alone.road
    parcel = collected(session, road)
    told_at = AT_THE_DOOR + timedelta(hours=1)
    told = Act(
        EventKind.HANDED_OVER, road.courier, road.safe, occurred_at=told_at, now=told_at, by=road.by_courier,
        operation_id=next_operation(), late=True,
    )  # fmt: skip
    chains.append(session, parcel, told)
    session.flush()
    assert unanswered(session, road.safe) == []
    assert codes_uncovered(session, alone) == [parcel.code]


def test_where_two_work_nobody_signs_alone(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    parcel = collected(session, place.road)
    sign_in(place.counter)
    assert takes_in(place, parcel) == 422
    assert session.get_one(Parcel, parcel.id).holder is Holder.COURIER


def test_a_courier_of_an_office_with_a_counter_does_not_open_its_pages(place: Place, sign_in: SignIn) -> None:
    sign_in(place.courier)
    assert place.client.get("/buu-cuc/").status_code == 403


def test_no_envelope_is_opened_by_one_person(alone: Place) -> None:
    assert alone.client.get("/mot-cua/").status_code == 403


def test_the_one_person_does_not_sign_the_own_day(alone: Place, session: UnitOfWork) -> None:
    office = alone.road.world.office
    with pytest.raises(DomainError, match="not_your_side"):
        day_signing.close(session, alone.road.safe, DAY, f"staff:{alone.courier.id}", at(DAY, time(18)))
    answer = alone.client.post("/buu-cuc/so-ngay", data={"ngay": DAY.isoformat(), "party": f"office_safe:{office.id}"})
    assert 400 <= answer.status_code < 500
    assert session.scalars(select(DayClose)).all() == []


def test_the_coordinator_signs_the_day_from_afar(alone: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    office = alone.road.world.office
    coordinator = make_staff(session, Role.COORDINATOR)
    sign_in(coordinator)
    assert "từ xa" in alone.client.get("/dieu-phoi/mot-nguoi").text
    assert alone.client.post("/dieu-phoi/mot-nguoi/ky-so", data={"office_id": office.id}).status_code == 303
    signed = session.scalars(select(DayClose)).one()
    assert (signed.holder_id, signed.signed_by) == (str(office.id), f"staff:{coordinator.id}")


def test_from_afar_a_day_with_something_open_is_signed_with_a_reason(
    alone: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    office = alone.road.world.office
    code = collected(session, make_road(session, alone.road.world)).code
    fact = {"kind": IncidentKind.DAMAGED, "office_id": office.id, "by": f"staff:{alone.courier.id}"}
    open_incident(session, parcel_code=code, now=at(TODAY - timedelta(days=1), time(15)), **fact)  # type: ignore[arg-type]  # a test's mix
    sign_in(make_staff(session, Role.COORDINATOR))
    page = alone.client.post("/dieu-phoi/mot-nguoi/ky-so", data={"office_id": office.id})
    assert (page.status_code, "Cần nêu lý do" in page.text) == (409, True)
    told = {"office_id": office.id, "close_reason": "looked_into"}
    assert alone.client.post("/dieu-phoi/mot-nguoi/ky-so", data=told).status_code == 303
    assert session.scalars(select(DayClose.reason)).one() == "looked_into"


def test_a_coordinator_does_not_sign_where_a_counter_works(session: UnitOfWork) -> None:
    office, coordinator = make_world(session).office, make_staff(session, Role.COORDINATOR)
    safe = Party(Holder.OFFICE_SAFE, str(office.id))
    with pytest.raises(DomainError, match="not_your_side"):
        day_signing.close(session, safe, DAY, f"staff:{coordinator.id}", at(DAY, time(18)))


def test_marking_an_office_stands_in_the_audit(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    office = place.road.world.office
    sign_in(make_staff(session, Role.COORDINATOR))
    for alone, since in (("1", False), ("0", True)):
        answer = place.client.post("/dieu-phoi/mot-nguoi", data={"office_id": office.id, "alone": alone})
        assert (answer.status_code, office.one_person_since is None) == (303, since)
    marked = session.scalars(select(AuditEvent).where(AuditEvent.action == "office.one_person")).all()
    assert [one.detail["alone"] for one in marked] == [True, False]


def test_nobody_of_the_office_says_that_it_signs_alone(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    office = place.road.world.office
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    assert place.client.post("/dieu-phoi/mot-nguoi", data={"office_id": office.id, "alone": "1"}).status_code == 403
    assert 'name="alone"' not in place.client.get("/dieu-phoi/mot-nguoi").text
    session.expire_all()
    assert office.one_person_since is None


@pytest.fixture
def flask_app(one_app: Flask, session: UnitOfWork) -> Iterator[Flask]:
    with lent(one_app, session, at(TODAY, time(8, 30))) as app:
        yield app
