"""A week at an office where one person is courier, counter and everything: one account, no lent password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.clock import at
from app.domain.cash import Cash
from app.domain.cash import Signed as CashSigned
from app.domain.commands import OpenBag
from app.domain.countersigning import SignedBy
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.incident import IncidentKind
from app.models import (
    AuditEvent,
    Bag,
    CashHandIn,
    Countersignature,
    DayClose,
    OnePerson,
    Parcel,
    SigningInvitation,
    StaffAccount,
)
from app.queries.custody.confirmations import unanswered
from app.queries.custody.one_person import uncovered
from app.queries.custody.verification import verify
from app.queries.desks.day_book import signed
from app.queries.desks.signed_alone import not_looked_at
from app.services.custody import chains, day_signing
from app.services.custody.incidents import open_incident
from app.services.custody.one_person import end_one_person, name_one_person
from app.services.desks.bags import open_bag
from app.services.desks.handover import hand_over
from app.services.staff.devices import token_hash
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn, lent
from tests.app.web.desks.conftest import TODAY, Place
from tests.app.web.desks.test_bags import in_the_safe
from tests.app.web.desks.test_two_hands import UPLOAD, answer_online
from tests.factories import DAY, KEYS, make_courier, make_office, make_staff, make_world
from tests.factories.cash import make_receipt
from tests.factories.custody import AT_THE_DOOR, Road, collected, handing, make_road, next_operation
from tests.factories.phone import make_device

WEEK = [DAY + timedelta(days=day) for day in range(5)]


@pytest.fixture
def alone(place: Place, session: UnitOfWork, sign_in: SignIn) -> Place:
    """The courier's account is the only one of the office."""
    name_one_person(session, place.road.world.courier.id, "staff:1", at(DAY, time(6)))
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
    told_by_phone(session, parcel, road.courier, road.safe)
    assert unanswered(session, road.safe) == []
    assert codes_uncovered(session, alone) == [parcel.code]


def told_by_phone(session: UnitOfWork, parcel: Parcel, giver: Party, taker: Party) -> None:
    told_at = AT_THE_DOOR + timedelta(hours=1)
    told = Act(
        EventKind.HANDED_OVER, giver, taker, occurred_at=told_at, now=told_at, by=f"courier:{giver.id}",
        operation_id=next_operation(), late=True,
    )  # fmt: skip
    chains.append(session, parcel, told)
    session.flush()


def test_what_was_told_alone_waits_for_nobody_when_two_work_there_again(alone: Place, session: UnitOfWork) -> None:
    road = alone.road
    told_by_phone(session, collected(session, road), road.courier, road.safe)
    end_one_person(session, road.world.office.id, "staff:1", at(TODAY, time(8)))
    assert unanswered(session, road.safe) == []


@pytest.fixture
def second(alone: Place, session: UnitOfWork) -> Road:
    """Another courier of the same office."""
    world = replace(alone.road.world, courier=make_courier(session, office=alone.road.world.office))
    return make_road(session, world)


def test_the_second_courier_there_opens_no_counter(
    alone: Place, second: Road, session: Session, sign_in: SignIn
) -> None:
    sign_in(session.get_one(StaffAccount, second.world.courier.staff_account_id))
    assert alone.client.get("/buu-cuc/").status_code == 403


def test_nobody_signs_alone_for_the_second_courier_s_bag(alone: Place, second: Road, session: UnitOfWork) -> None:
    parcel = collected(session, second)
    assert takes_in(alone, parcel, party=f"courier:{second.world.courier.id}") == 422
    assert session.get_one(Parcel, parcel.id).holder is Holder.COURIER


def test_the_second_courier_s_own_phone_signs(alone: Place, second: Road, session: UnitOfWork) -> None:
    parcel = collected(session, second)
    device = make_device(session, second.world.courier, upload_hash=token_hash(UPLOAD))
    takes_in(alone, parcel, party=f"courier:{second.world.courier.id}", sign="own")
    answer_online(alone.client, session.scalars(select(SigningInvitation)).one(), device)
    assert session.get_one(Parcel, parcel.id).holder is Holder.OFFICE_SAFE
    assert codes_uncovered(session, alone) == []


def test_what_the_second_courier_told_waits_until_the_one_person_has_seen_it(
    alone: Place, second: Road, session: UnitOfWork
) -> None:
    told_by_phone(session, collected(session, second), second.courier, second.safe)
    (line,) = unanswered(session, second.safe)
    assert alone.client.post("/buu-cuc/xac-nhan", data={"events": line.event_id}).status_code == 303
    assert unanswered(session, second.safe) == []


def test_the_one_person_signs_for_the_safe_what_the_desk_asks(
    alone: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    parcel = collected(session, alone.road)
    takes_in(alone, parcel)
    sign_in(alone.clerk)
    safe = f"office_safe:{alone.road.safe.id}"
    alone.hand_over("/mot-cua", [parcel], alone.courier, party=safe, sign="own", operation="op-mot-cua")
    invitation = session.scalars(select(SigningInvitation)).one()
    sign_in(alone.courier)
    assert alone.client.post(f"/buu-cuc/ky/{invitation.id}/dong-y").status_code == 303
    assert session.get_one(Parcel, parcel.id).holder is Holder.DESK


def test_a_bag_that_one_person_closed_is_listed_until_somebody_else_opens_it(alone: Place, session: UnitOfWork) -> None:
    parcel = in_the_safe(session, alone)[0]
    given = {"destination": f"desk:{alone.road.desk.id}", "codes": parcel.code, "seal_number": "TUI0077"}
    closed = alone.client.post("/buu-cuc/tui/moi", data={**given, "operation": next_operation(), "sign": "alone"})
    assert closed.status_code == 303
    assert codes_uncovered(session, alone) == [parcel.code]
    bag = session.scalars(select(Bag)).one()
    seen = OpenBag(
        bag_code=bag.code, here=alone.road.desk, found=(parcel.code,), seal_whole=True, operation_id="op-mo-tui",
        now=at(TODAY, time(14)), by="staff:1", confirmed_by="staff:2",
    )  # fmt: skip
    open_bag(session, seen)
    assert codes_uncovered(session, alone) == []


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


BOOK = "/dieu-phoi/so-ngay"
YESTERDAY = TODAY - timedelta(days=1)


def sign_from_afar(place: Place, day: date, **given: str) -> TestResponse:
    office = place.road.world.office.id
    data = {"office_id": office, "party": f"office_safe:{office}", "ngay": day.isoformat(), **given}
    return place.client.post(BOOK, data=data)


@pytest.mark.parametrize("day", [YESTERDAY, TODAY])
def test_the_coordinator_reads_the_book_and_signs_it_from_afar(
    alone: Place, session: UnitOfWork, sign_in: SignIn, day: date
) -> None:
    office = alone.road.world.office
    coordinator = make_staff(session, Role.COORDINATOR)
    sign_in(coordinator)
    where = f"{BOOK}?office_id={office.id}&ngay={day.isoformat()}"
    assert where.replace("&", "&amp;") in alone.client.get("/dieu-phoi/mot-nguoi").text
    assert "Ký sổ" in alone.client.get(where).text
    assert sign_from_afar(alone, day).status_code == 303
    signed = session.scalars(select(DayClose)).one()
    assert (signed.holder_id, signed.day, signed.signed_by) == (str(office.id), day, f"staff:{coordinator.id}")


def test_from_afar_a_day_with_something_open_is_signed_with_a_reason(
    alone: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    office = alone.road.world.office
    code = collected(session, make_road(session, alone.road.world)).code
    fact = {"kind": IncidentKind.DAMAGED, "office_id": office.id, "by": f"staff:{alone.courier.id}"}
    open_incident(session, parcel_code=code, now=at(TODAY - timedelta(days=1), time(15)), **fact)  # type: ignore[arg-type]  # a test's mix
    sign_in(make_staff(session, Role.COORDINATOR))
    page = sign_from_afar(alone, YESTERDAY)
    assert (page.status_code, "Cần nêu lý do" in page.text) == (409, True)
    assert sign_from_afar(alone, YESTERDAY, close_reason="looked_into").status_code == 303
    assert session.scalars(select(DayClose.reason)).one() == "looked_into"


def test_a_book_signed_from_afar_is_opened_again_from_afar(alone: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    office = alone.road.world.office.id
    sign_in(make_staff(session, Role.COORDINATOR))
    sign_from_afar(alone, TODAY)
    again = {"office_id": office, "party": f"office_safe:{office}", "ngay": TODAY, "reopen_reason": "late_facts"}
    assert alone.client.post(f"{BOOK}/mo-lai", data=again).status_code == 303
    assert signed(session, alone.road.safe, TODAY) is None


def test_a_coordinator_reads_every_book_and_signs_none_where_a_counter_works(
    place: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    sign_in(make_staff(session, Role.COORDINATOR))
    page = place.client.get(f"{BOOK}?office_id={place.road.world.office.id}")
    assert (page.status_code, "Ký sổ" in page.text) == (200, False)
    assert sign_from_afar(place, TODAY).status_code == 409


def test_another_office_s_manager_reads_no_book_of_this_one(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_office(session)))
    assert place.client.get(f"{BOOK}?office_id={place.road.world.office.id}").status_code == 404
    assert place.client.get(BOOK).status_code == 404


def hands_in_alone(alone: Place, session: UnitOfWork) -> None:
    courier = alone.road.world.courier
    make_receipt(session, make_device(session, courier), at(TODAY, time(7, 30)), 26_000, 50_000)
    typed = {"postage": "26000", "state_fee": "50000", "ngay": TODAY.isoformat()}
    counted = alone.client.post(f"/buu-cuc/tien-thu/dem/{courier.id}", data=typed)
    assert "Tôi làm một mình" in alone.client.get(counted.location).text
    assert alone.client.post(counted.location, data={"sign": "alone"}).status_code == 303


def test_one_person_hands_the_own_money_in(alone: Place, session: UnitOfWork) -> None:
    hands_in_alone(alone, session)
    row = session.scalars(select(CashHandIn)).one()
    assert (row.signed, row.cash) == (CashSigned.ONE_PERSON, Cash(26_000, 50_000))
    assert "Một người ký" in alone.client.get("/buu-cuc/tien-thu").text


def test_the_own_money_is_open_until_the_day_is_signed_from_afar(
    alone: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    office = alone.road.world.office.id
    hands_in_alone(alone, session)
    sign_in(make_staff(session, Role.COORDINATOR))
    assert "Tiền tự nộp, chưa ai xem lại" in alone.client.get("/dieu-phoi/mot-nguoi").text
    assert "Tiền một người tự nộp" in alone.client.get(f"{BOOK}?office_id={office}&ngay={TODAY}").text
    sign_from_afar(alone, YESTERDAY)
    assert [row.cash for row in not_looked_at(session, {office})] == [Cash(26_000, 50_000)]
    sign_from_afar(alone, TODAY)
    assert not_looked_at(session, {office}) == []


def test_money_handed_in_after_the_signature_is_open_again(
    alone: Place, session: UnitOfWork, sign_in: SignIn, flask_app: Flask
) -> None:
    sign_in(make_staff(session, Role.COORDINATOR))
    sign_from_afar(alone, TODAY)
    with lent(flask_app, session, at(TODAY, time(9, 30))):
        sign_in(alone.courier)
        hands_in_alone(alone, session)
    assert len(not_looked_at(session, {alone.road.world.office.id})) == 1


def test_a_coordinator_does_not_sign_where_a_counter_works(session: UnitOfWork) -> None:
    office, coordinator = make_world(session).office, make_staff(session, Role.COORDINATOR)
    safe = Party(Holder.OFFICE_SAFE, str(office.id))
    with pytest.raises(DomainError, match="not_your_side"):
        day_signing.close(session, safe, DAY, f"staff:{coordinator.id}", at(DAY, time(18)))


def test_marking_an_office_stands_in_the_audit(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    office = place.road.world.office
    sign_in(make_staff(session, Role.COORDINATOR))
    for data, ended in (({"courier_id": place.road.world.courier.id}, False), ({"office_id": office.id}, True)):
        answer = place.client.post("/dieu-phoi/mot-nguoi", data=data)
        assert (answer.status_code, office.one_person is None) == (303, ended)
    marked = session.scalars(select(AuditEvent).where(AuditEvent.action == "office.one_person")).all()
    assert [one.detail["alone"] for one in marked] == [True, False]


def test_nobody_of_the_office_says_that_it_signs_alone(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    office = place.road.world.office
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    data = {"courier_id": place.road.world.courier.id}
    assert place.client.post("/dieu-phoi/mot-nguoi", data=data).status_code == 403
    assert 'name="courier_id"' not in place.client.get("/dieu-phoi/mot-nguoi").text
    session.expire_all()
    assert office.one_person is None


def test_an_office_has_one_person_at_a_time(alone: Place, second: Road, session: UnitOfWork) -> None:
    name_one_person(session, second.world.courier.id, "staff:1", at(TODAY, time(8)))
    rows = session.scalars(select(OnePerson).order_by(OnePerson.since)).all()
    assert [(one.courier_id, one.until) for one in rows] == [
        (alone.road.world.courier.id, at(TODAY, time(8))),
        (second.world.courier.id, None),
    ]


def test_who_has_left_is_not_named(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    place.road.world.courier.active = False
    sign_in(make_staff(session, Role.COORDINATOR))
    data = {"courier_id": place.road.world.courier.id}
    assert place.client.post("/dieu-phoi/mot-nguoi", data=data).status_code == 404


def test_a_manager_who_is_the_one_person_does_not_sign_the_own_book(place: Place, session: UnitOfWork) -> None:
    place.courier.role = Role.OFFICE_MANAGER
    name_one_person(session, place.road.world.courier.id, "staff:1", at(DAY, time(6)))
    session.flush()
    session.refresh(place.courier)  # as another request reads it
    with pytest.raises(DomainError, match="not_your_side"):
        day_signing.close(session, place.road.safe, DAY, f"staff:{place.courier.id}", at(DAY, time(18)))


@pytest.fixture
def flask_app(one_app: Flask, session: UnitOfWork) -> Iterator[Flask]:
    with lent(one_app, session, at(TODAY, time(8, 30))) as app:
        yield app
