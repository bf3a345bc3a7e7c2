"""A person has a message sent again: a new promise, which nothing that was asked before can end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.sending import OperatorWord, SendingState
from app.models import Message, Sending
from app.services.messaging import sendings
from integrations.messages import Never
from tests.app.worker.told import LOST, Told, reporting
from tests.factories import NOW
from tests.fakes import FakeSms


def test_sent_again_by_a_person_it_is_a_new_message_for_the_operator(told: Told) -> None:
    operator = FakeSms(answers=[Never("146")], drops_repeats=True)
    assert told.deliver(operator) == "failed"
    told.resend(timedelta(minutes=1))
    assert told.deliver(operator, after=timedelta(minutes=1)) == "sent"
    assert len({one.id for one in told.sendings}) == 2


def test_what_was_unclear_before_a_person_sent_it_again_ends_without_ending_the_new_one(told: Told) -> None:
    operator = reporting(LOST, LOST)
    told.put_off(operator)
    told.put_off(operator, after=timedelta(minutes=5))
    told.deliver(operator, after=timedelta(minutes=11))
    told.resend(timedelta(hours=1))
    told.close_unclear(NOW + timedelta(hours=2))
    assert {one.state for one in told.sendings} == {SendingState.FAILED}
    assert told.row.state == "queued"
    assert told.deliver(operator, after=timedelta(hours=1)) == "taken"


@pytest.mark.parametrize("late", [SendingState.TAKEN, SendingState.SENT, SendingState.FAILED])
def test_an_old_word_does_not_stop_what_a_person_sends_again(told: Told, late: SendingState) -> None:
    operator = reporting()
    told.deliver(operator)
    (old,) = told.sendings
    with told.database.transaction() as session:
        session.get_one(Sending, old.id).state = SendingState.UNCLEAR
    told.resend(timedelta(hours=1))
    assert told.hear_of("fake", OperatorWord(late, reference=str(old.id)))
    assert told.row.state == "queued"
    assert told.deliver(operator, after=timedelta(hours=1)) == "taken"


def test_what_arrived_after_all_is_not_sent_again(told: Told) -> None:
    operator = reporting()
    told.deliver(operator)
    told.resend(timedelta(hours=1))
    told.hear("fake", SendingState.DELIVERED)
    assert told.deliver(operator, after=timedelta(hours=1)) == "delivered"
    assert len(operator.sent) == 1


@pytest.mark.parametrize("state", [SendingState.BEGUN, SendingState.WAITING])
def test_a_failure_beside_a_sending_that_a_job_holds_promises_no_second_job(told: Told, state: SendingState) -> None:
    """The first is told to have failed while a job asks the next operator, or will ask it again."""
    with told.database.transaction() as session:
        message = session.get_one(Message, told.id)
        first = sendings.begin(session, message, "zns", NOW, reports=True, is_repeat=False)
        sendings.begin(session, message, "sms", NOW, reports=True, is_repeat=True).state = state
    before = told.jobs
    assert told.hear_of("zns", OperatorWord(SendingState.FAILED, reference=str(first.id)))
    assert (told.row.state, told.jobs) == ("queued", before)


def test_a_sending_that_waits_and_has_no_job_any_more_keeps_nothing_from_going_on(told: Told) -> None:
    """A quick report ended the message's wait; then the operator says that it failed after all."""
    with told.database.transaction() as session:
        message = session.get_one(Message, told.id)
        first = sendings.begin(session, message, "zns", NOW, reports=True, is_repeat=False)
        sendings.begin(session, message, "sms", NOW, reports=True, is_repeat=True).state = SendingState.WAITING
    told.hear_of("zns", OperatorWord(SendingState.SENT, reference=str(first.id)))
    assert told.deliver(reporting(name="sms")) == "sent"  # the job looked, and went
    before = told.jobs
    told.hear_of("zns", OperatorWord(SendingState.FAILED, reference=str(first.id)))
    assert (told.row.state, told.jobs) == ("queued", before + 1)
