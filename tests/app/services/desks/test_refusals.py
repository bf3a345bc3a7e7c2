"""Where a carrier drives, a refusal waits for its answer, and the answer settles it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.agency import AskRefusal, Caller
from app.domain.dossier import DossierState, RefusalState
from app.domain.errand import ErrandState
from app.domain.wording import tidy
from app.models import CarrierOrder, Link, Message, OutboxMessage, Refusal
from app.services.desks import refusals
from app.services.messaging import messages
from app.services.outbox import links, orders
from app.services.visits.collection import collect
from app.unit_of_work import UnitOfWork
from integrations.messages import OutgoingMessage
from integrations.messages.mail import letter_of
from tests.factories import NOW
from tests.factories.agency import make_agency
from tests.factories.custody import Road, collecting, make_road, next_dossier_code

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def road(session: UnitOfWork) -> Road:
    """A household whose papers the carrier fetches; its order is placed."""
    session.add(Link(name="vnpost", enabled=True))
    session.flush()
    links.forget(session)
    on = make_road(session, code=next_dossier_code())
    on.collection.executed_by, on.collection.state = "carrier", ErrandState.SCHEDULED
    session.flush()
    orders.follow(session, on.collection, NOW)
    session.flush()
    orders.placed(session, order_of(session), None, None, NOW)
    session.flush()
    return on


@pytest.fixture
def caller(session: Session, road: Road) -> Caller:
    return make_agency(session, road.world.desk)


def order_of(session: Session) -> CarrierOrder:
    return session.scalars(select(CarrierOrder)).one()


def ask(session: UnitOfWork, road: Road, caller: Caller) -> Refusal:
    command = AskRefusal(road.dossier.code or "", tidy("Không thuộc thẩm quyền"), tidy("Cán bộ Thử"), caller)
    refusal = refusals.ask(session, command)
    session.flush()
    return refusal


def decide(session: UnitOfWork, road: Road) -> str:
    session.flush()
    refusal = refusals.decide(session, road.dossier.id, LATER)
    assert refusal is not None
    return refusal.state


def test_the_carrier_is_asked_first_and_nothing_is_refused_meanwhile(
    session: UnitOfWork, road: Road, caller: Caller
) -> None:
    refusal = ask(session, road, caller)
    assert (refusal.state, refusal.decided_at) == (RefusalState.REQUESTED, None)
    assert (road.dossier.state, road.collection.state) == (DossierState.REGISTERED, ErrandState.SCHEDULED)
    kinds = select(OutboxMessage.kind).where(OutboxMessage.kind == "cancel_order")
    assert session.scalars(kinds).all() == ["cancel_order"]


def test_asked_twice_it_waits_for_one_answer(session: UnitOfWork, road: Road, caller: Caller) -> None:
    first = ask(session, road, caller)
    assert ask(session, road, replace(caller, key="another call")) is first


def test_called_off_the_dossier_is_refused(session: UnitOfWork, road: Road, caller: Caller) -> None:
    ask(session, road, caller)
    orders.called_off(order_of(session), LATER, done=True)
    assert decide(session, road) == RefusalState.REFUSED
    assert (road.dossier.state, road.collection.state) == (DossierState.REFUSED, ErrandState.CANCELLED)


def test_a_refused_dossiers_visit_leaves_the_citizens_calendar(session: UnitOfWork, road: Road, caller: Caller) -> None:
    road.request.applicant.email = "ba.thu@vidu.example"
    slot = messages.label(road.collection)
    messages.tell(session, road.request, road.collection, "scheduled", NOW, "scheduled", slot=slot)
    ask(session, road, caller)
    orders.called_off(order_of(session), LATER, done=True)
    decide(session, road)
    put, refused, taken_back = letters(session)
    assert (put["METHOD"], taken_back["METHOD"], refused) == ("PUBLISH", "CANCEL", None)
    assert taken_back.events[0]["UID"] == put.events[0]["UID"]
    assert taken_back.events[0]["SEQUENCE"] > put.events[0]["SEQUENCE"]


def letters(session: UnitOfWork) -> list[Any]:
    """The entries for the calendar as they are sent; None for a letter without one."""
    told = session.scalars(select(Message).where(Message.recipient.contains("@")).order_by(Message.created_at))
    by_template = {one.template: one for one in told}
    sent = []
    for name in ("scheduled", "refused", "visit_off"):
        one = by_template.pop(name)
        outgoing = OutgoingMessage(str(one.id), one.recipient or "", one.body, one.template, one.params or {})
        parts = letter_of(outgoing, "bot@vidu.example", NOW).walk()
        entries = [
            Calendar.from_ical(part.get_content()) for part in parts if part.get_content_type() == "text/calendar"
        ]
        sent.append(entries[0] if entries else None)
    assert not by_template
    return sent


def test_an_office_of_theirs_that_must_agree_is_waited_for(session: UnitOfWork, road: Road, caller: Caller) -> None:
    ask(session, road, caller)
    orders.called_off(order_of(session), LATER, done=False)
    assert decide(session, road) == RefusalState.REQUESTED


def test_a_carrier_that_carries_on_blocks_the_refusal(session: UnitOfWork, road: Road, caller: Caller) -> None:
    refusal = ask(session, road, caller)
    orders.not_called_off(order_of(session), LATER)
    assert decide(session, road) == RefusalState.BLOCKED
    assert refusal.blocked_by == "carrier_refused"
    assert road.dossier.state == DossierState.REGISTERED


def test_papers_that_a_phone_brings_meanwhile_block_the_refusal(
    session: UnitOfWork, road: Road, caller: Caller
) -> None:
    refusal = ask(session, road, caller)
    collect(session, collecting(road))
    orders.called_off(order_of(session), LATER, done=True)
    assert decide(session, road) == RefusalState.BLOCKED
    assert refusal.blocked_by == "courier_holds_papers"


def test_nothing_is_decided_that_nobody_asked(session: UnitOfWork, road: Road) -> None:
    assert refusals.decide(session, road.dossier.id, LATER) is None


def test_a_decision_is_taken_once(session: UnitOfWork, road: Road, caller: Caller) -> None:
    refusal = ask(session, road, caller)
    orders.called_off(order_of(session), LATER, done=True)
    assert [decide(session, road) for _ in range(2)] == [RefusalState.REFUSED] * 2
    assert refusal.decided_at == LATER
