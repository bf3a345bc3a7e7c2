"""Calls as acts: each press of the call button comes home by itself and proves what it proves, whatever becomes of the form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.domain.acts import WhomCalled
from app.models import Attempt, PhoneCall
from app.queries.visits.bundle import bundle
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, codes, looked, make_street
from tests.factories import make_courier
from tests.factories import operations as say
from tests.factories.custody import make_outcome


@pytest.fixture
def street(session: UnitOfWork) -> Street:
    make_outcome(session, "NO_CONTACT", "two_calls", counts=True)
    return make_street(session)


def call(street: Street, whom: str = "applicant") -> Any:
    return street.record(K.CALLED, say.called(whom), street.road.collection)


def not_reached(street: Street, **evidence: Any) -> Any:
    return street.record(K.NOT_DONE, say.not_done("NO_CONTACT", evidence), street.road.collection)


def kept(street: Street) -> list[PhoneCall]:
    return list(street.session.scalars(select(PhoneCall).order_by(PhoneCall.occurred_at)))


def counted(street: Street) -> list[bool]:
    return list(street.session.scalars(select(Attempt.counts)))


@pytest.mark.parametrize("whom", ["applicant", "helper"])
def test_a_call_is_kept_by_its_visit_courier_and_time(street: Street, whom: str) -> None:
    call(street, whom)
    assert street.one()["result"] == "applied"
    (row,) = kept(street)
    facts = (row.errand_id, row.courier_id, row.whom, row.occurred_at)
    assert facts == (street.road.collection.id, street.road.world.courier.id, WhomCalled(whom), street.now)


def test_a_call_that_is_told_twice_is_kept_once(street: Street) -> None:
    told = call(street)
    street.send([told])
    (again,) = street.send([told])
    assert (again["result"], len(kept(street))) == ("duplicate", 1)


def test_a_call_with_words_of_its_own_is_rejected_alone(street: Street) -> None:
    street.record(K.CALLED, {**say.called(), "number": "0900000001"}, street.road.collection)
    call(street)
    assert [one["result"] for one in street.send()] == ["rejected", "applied"]


def test_a_call_at_a_visit_that_nobody_knows_is_looked_at(street: Street) -> None:
    street.phone.record(K.CALLED, say.called(), (uuid4(), 1))
    assert looked(street) == ["not_your_errand"]


@pytest.mark.parametrize(("minutes", "counts"), [(9, False), (10, True)])
def test_two_calls_ten_minutes_apart_prove_that_nobody_answered(
    street: Street,
    minutes: int,
    counts: bool,
) -> None:
    call(street)
    street.later(minutes=minutes)
    call(street)
    not_reached(street)
    answers = street.send()
    assert [codes(one) for one in answers] == [[], [], [] if counts else ["evidence_missing"]]
    assert counted(street) == [counts]


def test_calls_that_came_home_before_count_for_a_form_that_was_lost(street: Street) -> None:
    call(street)
    street.send()
    street.later(minutes=12)
    call(street)
    street.send()
    not_reached(street)
    assert (street.one()["result"], counted(street)) == ("applied", [True])


def test_calls_of_another_day_prove_nothing_today(street: Street) -> None:
    call(street)
    street.later(days=1)
    call(street)
    not_reached(street)
    assert "evidence_missing" in codes(street.send()[-1])


def colleague_calls(street: Street) -> None:
    other = make_courier(street.session, office=street.road.world.office)
    for minutes in (0, 11):
        given = {"errand_id": street.road.collection.id, "courier_id": other.id, "whom": WhomCalled.APPLICANT}
        at = street.now + timedelta(minutes=minutes)
        street.session.add(PhoneCall(**given, operation_id=str(uuid4()), occurred_at=at, received_at=at))
    street.session.flush()


def test_a_colleagues_calls_prove_nothing_for_this_courier(street: Street) -> None:
    colleague_calls(street)
    street.later(minutes=20)
    not_reached(street)
    assert looked(street) == ["evidence_missing"]


def test_a_colleagues_calls_are_not_brought_to_this_couriers_phone(street: Street) -> None:
    colleague_calls(street)
    day = bundle(street.session, street.road.world.courier.id, street.now.date(), street.now)
    assert day.doors.calls == {}


def test_the_calls_that_were_kept_count_before_those_that_the_act_tells(street: Street) -> None:
    call(street)
    first, second = street.now - timedelta(minutes=15), street.now
    not_reached(street, two_calls="08:15, 08:30", calls=[first.isoformat(), second.isoformat()])
    assert ["evidence_missing"] in [codes(one) for one in street.send()]
    assert counted(street) == [False]


def test_calls_are_written_beside_an_outcome_only_where_it_demands_them(street: Street) -> None:
    call(street)
    street.record(K.NOT_DONE, say.not_done("WEATHER"), street.road.collection)
    street.send()
    assert [one["given"] for one in street.session.scalars(select(Attempt.evidence))] == [[]]


def test_a_phone_of_before_tells_its_calls_with_the_act(street: Street) -> None:
    first, second = street.now - timedelta(minutes=15), street.now
    not_reached(street, two_calls="08:15, 08:30", calls=[first.isoformat(), second.isoformat()])
    assert (street.one()["result"], counted(street)) == ("applied", [True])


def test_the_bundle_brings_the_days_calls_back_to_a_phone_that_signed_in_anew(street: Street) -> None:
    told = call(street)
    street.send()
    day = bundle(street.session, street.road.world.courier.id, street.now.date(), street.now)
    (row,) = day.doors.calls[street.road.collection.id]
    assert (row.operation_id, row.occurred_at) == (told.op_id, street.now)
