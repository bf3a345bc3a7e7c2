"""One evening by a clock that stands still, end to end: the notice of 17:00, the calls of 17:30, the quiet from 21:00 to 07:00."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.clock import Clock, at
from app.config import Settings
from app.database import Database
from app.domain.identity import Role
from app.domain.sending import OperatorWord, SendingState
from app.models import Errand
from app.queries.attention import tasks
from app.services.messaging import messages, sendings
from app.worker.context import WorkerContext
from app.worker.deliver_message import Senders, deliver_message
from app.worker.outbox import NotYet
from app.worker.timers import look_at_the_clock
from integrations.messages import Later
from tests.factories import KEYS, make_staff
from tests.factories.planning import make_day
from tests.factories.times import DAY, TODAY
from tests.fakes import FakeSms


@dataclass
class Evening:
    """An office with three visits of tomorrow, and what its clock makes of them."""

    settings: Settings
    database: Database
    sms: FakeSms

    def look(self, now: datetime) -> None:
        """As the worker does every half minute."""
        context = WorkerContext.of(self.settings)
        look_at_the_clock(replace(context, clock=Clock(fixed=now)))
        context.close()

    def promised(self) -> list[tuple[UUID, datetime | None]]:
        """The messages in the order of their promises, each with the time for which its job waits."""
        jobs = "select args->>'message_id', scheduled_at from procrastinate_jobs where task_name = 'deliver_message' order by id"
        with self.database.transaction() as session:
            return [(UUID(one), when) for one, when in session.execute(text(jobs))]

    def deliver(self, message_id: UUID, now: datetime) -> str:
        return deliver_message(self.database, Senders((self.sms,), KEYS, "http://localhost:8000"), message_id, now)

    def report(self, nth: int, now: datetime) -> None:
        """The operator tells that the message it was given as the `nth` reached its telephone."""
        word = OperatorWord(SendingState.DELIVERED, reference=self.sms.sent[nth].reference)
        with self.database.transaction() as session:
            assert sendings.hear(session, self.sms.name, word, now)

    def calls(self, now: datetime) -> set[tuple[UUID | None, str | None]]:
        with self.database.transaction() as session:
            return {(one.message_id, one.caller) for one in tasks(session, DAY, now) if one.kind == "not_arrived"}


@pytest.fixture
def evening(new_installation: Settings, database: Database) -> Evening:
    with database.transaction() as session:
        office = make_day(session, errands=3).offices[0]
        make_staff(session, Role.OFFICE_MANAGER, office=office, name="Trưởng bưu cục Thử")
    return Evening(new_installation, database, FakeSms(reports=True))


def test_one_evening_by_a_clock_that_stands_still(evening: Evening) -> None:
    """In one installation, which costs more than all that is asked of it."""
    the_notice_goes_out_at_five_and_who_is_not_known_to_have_it_is_called_from_half_past(evening)
    telephones_ring_at_once_until_nine_and_again_from_seven_on(evening)


def the_notice_goes_out_at_five_and_who_is_not_known_to_have_it_is_called_from_half_past(evening: Evening) -> None:
    five = at(TODAY, time(17, 0))
    evening.look(five - timedelta(minutes=1))
    assert evening.promised() == []
    evening.look(five)
    evening.look(five + timedelta(minutes=1))
    (arrived, silent, waiting) = (message_id for message_id, when in evening.promised() if when is None)
    assert [evening.deliver(one, five) for one in (arrived, silent)] == ["taken", "taken"]
    evening.sms.answers.append(Later("away"))
    with pytest.raises(NotYet):
        evening.deliver(waiting, five)
    evening.report(0, five)
    assert evening.calls(at(TODAY, time(17, 29))) == set()
    manager = "Trưởng bưu cục Thử"
    assert evening.calls(at(TODAY, time(17, 30))) == {(silent, manager), (waiting, manager)}
    evening.report(1, at(TODAY, time(17, 40)))
    assert evening.calls(at(TODAY, time(17, 41))) == {(waiting, manager)}


SEVEN = at(DAY, time(7, 0))
RINGS = {  # when a message is promised, and when its telephone rings
    at(TODAY, time(20, 59)): at(TODAY, time(20, 59)),
    at(TODAY, time(21, 0)): SEVEN,
    at(DAY, time(6, 59)): SEVEN,
    SEVEN: SEVEN,
}


def telephones_ring_at_once_until_nine_and_again_from_seven_on(evening: Evening) -> None:
    sent_before = len(evening.sms.sent)
    for now, rings in RINGS.items():
        with evening.database.transaction() as session:
            errand = session.scalars(select(Errand).limit(1)).one()
            messages.tell(session, errand.request, errand, "courier_on_way", now, f"way:{now}")
        message_id, when = evening.promised()[-1]
        assert when == (None if rings == now else rings)
        if rings != now:
            with pytest.raises(NotYet) as put_off:  # its job may come too early
                evening.deliver(message_id, now)
            assert put_off.value.wait_s == (rings - now).total_seconds()
        assert evening.deliver(message_id, rings) == "taken"
    assert len(evening.sms.sent) - sent_before == len(RINGS)
