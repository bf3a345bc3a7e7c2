"""One telephone and one door have their measure; staff and partners answer for theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import CancelErrand
from app.domain.errand import ErrandKind, ErrandState, RequestKind
from app.domain.errors import DomainError
from app.domain.identity import Channel, PhoneProof, parse_phone
from app.domain.wording import tidy
from app.models import AuditEvent, Errand, ServiceRequest
from app.services.booking import crowding, errands
from app.services.booking.book import book
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW, World, make_partner, make_world, wish

PHONE = parse_phone("0900000777")
HELPER = {"channel": Channel.HELPER, "helper_name": tidy("Siu Thử"), "helper_phone": PHONE}


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def booked(session: UnitOfWork, world: World, **given: Any) -> ServiceRequest:
    return book(session, wish(world, **{"again": True, **given}), KEYS)


def refusal(session: UnitOfWork, world: World, **given: Any) -> str:
    with pytest.raises(DomainError) as found:
        booked(session, world, **given)
    assert explain(found.value)
    return found.value.code


def test_three_open_visits_of_a_telephone_are_enough(session: UnitOfWork, world: World) -> None:
    first, *_ = [booked(session, world, phone=PHONE) for _ in range(crowding.OF_A_TELEPHONE)]
    assert refusal(session, world, phone=PHONE) == "phone_has_visits"
    errand = session.scalars(select(Errand).where(Errand.request_id == first.id).order_by(Errand.kind)).first()
    assert errand is not None
    errands.cancel(session, CancelErrand(errand.id, "citizen", NOW))
    booked(session, world, phone=PHONE)


def test_a_return_that_waits_for_its_result_leaves_room_for_another_visit(session: UnitOfWork, world: World) -> None:
    made = [
        booked(session, world, phone=PHONE, kind=RequestKind.SEND_AND_RECEIVE) for _ in range(crowding.OF_A_TELEPHONE)
    ]
    assert refusal(session, world, phone=PHONE) == "phone_has_visits"
    mine = select(Errand).where(Errand.request_id == made[0].id, Errand.kind == ErrandKind.COLLECT)
    session.scalars(mine).one().state = ErrandState.DONE
    booked(session, world, phone=PHONE)


def test_a_helper_s_telephone_has_the_same_measure(session: UnitOfWork, world: World) -> None:
    for _ in range(crowding.OF_A_TELEPHONE):
        booked(session, world, **HELPER)
    assert refusal(session, world, **HELPER) == "phone_has_visits"


@pytest.mark.parametrize("pinned", [True, False])
def test_four_open_visits_of_a_door_are_enough(session: UnitOfWork, world: World, *, pinned: bool) -> None:
    here = {"address": tidy("Thôn 2"), "landmark": tidy("cổng xanh")}
    pin = {"lon": world.unit.lon + 0.01, "lat": world.unit.lat + 0.01, "pin_confirmed": True} if pinned else {}
    for _ in range(crowding.OF_A_DOOR):
        booked(session, world, place=here | pin)
    assert refusal(session, world, place=here | pin) == "door_has_visits"
    elsewhere = {"lon": world.unit.lon + 0.02} if pinned else {"landmark": tidy("cổng đỏ")}
    booked(session, world, place=here | pin | elsewhere)


def test_staff_and_partners_book_beyond_it_and_the_audit_says_so(session: UnitOfWork, world: World) -> None:
    for _ in range(crowding.OF_A_TELEPHONE):
        booked(session, world, phone=PHONE)
    by_staff = booked(session, world, phone=PHONE, staff_id=world.counter.id, phone_proof=PhoneProof.CALL_BACK)
    by_partner = booked(session, world, phone=PHONE, partner_id=make_partner(session, "a key of crowding").id)
    assert (by_staff.phone_proof, by_partner.phone_proof) == (PhoneProof.CALL_BACK, PhoneProof.PARTNER)
    detail = session.scalars(
        select(AuditEvent.detail).where(AuditEvent.object_id == str(by_staff.id), AuditEvent.action == "book")
    ).one()
    assert (detail["proof"], detail["before"]) == ("call_back", 3)


@pytest.mark.parametrize("proof", [PhoneProof.NONE, PhoneProof.COUNTER, PhoneProof.PARTNER])
def test_nobody_books_for_themselves_with_a_telephone_that_was_not_proved(
    session: UnitOfWork, world: World, proof: PhoneProof
) -> None:
    assert refusal(session, world, phone=PHONE, phone_proof=proof) == "phone_unproved"


def test_staff_cannot_say_that_a_code_was_typed(session: UnitOfWork, world: World) -> None:
    row = booked(session, world, phone=PHONE, staff_id=world.counter.id, phone_proof=PhoneProof.CODE)
    assert row.phone_proof is PhoneProof.COUNTER


def test_the_same_visit_twice_names_the_one_that_stands(session: UnitOfWork, world: World) -> None:
    first = booked(session, world, phone=PHONE)
    with pytest.raises(DomainError, match="visit_twice") as found:
        booked(session, world, phone=PHONE, again=False)
    assert first.reference in explain(found.value)
    other = make_world(session)
    booked(session, other, phone=PHONE, again=False)  # for the parents, who live elsewhere


def test_a_landline_gets_calls(session: UnitOfWork, world: World) -> None:
    row = booked(session, world, phone=parse_phone("0269 382 0000"), staff_id=world.counter.id)
    assert row.channel is Channel.VOICE


def test_a_name_of_dots_is_none(session: UnitOfWork, world: World) -> None:
    person = replace(wish(world).applicant, name=tidy("12345."))
    assert refusal(session, world, applicant=person) == "name_unreadable"
