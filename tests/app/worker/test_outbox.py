"""One outbox message at a time of each subject, whatever fails: on transactions that really commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.clock import Clock
from app.config import Settings
from app.database import Database
from app.domain.breaker import FAILURES_TO_OPEN, PATIENCE, open_for_s, wait_s
from app.domain.errors import DomainError
from app.models import AuditEvent, Link, OutboxMessage
from app.services.outbox import link_health, queue
from app.services.outbox.queue import OutboxDraft
from app.worker.context import WorkerContext
from app.worker.outbox import NotYet, OutboxHandler, tell
from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable
from tests.factories import KEYS, NOW
from tests.factories.links import forget_links

LINK = "one_stop"


@dataclass
class Fake:
    """Says the body; answers from `answers`, then "fine"."""

    answers: list[Exception] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)
    settled: list[Any] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    before_send: Callable[[], object] = lambda: None
    silent: bool = False

    def prepare(self, work: WorkerContext, session: Session, outbox_message: OutboxMessage) -> Any | None:
        del work, session
        return None if self.silent else outbox_message.body["n"]

    def send(self, work: WorkerContext, message: Any) -> Any:
        del work
        self.before_send()
        self.said.append(message)
        if self.answers:
            raise self.answers.pop(0)
        return "fine"

    def settle(self, session: Session, outbox_message: OutboxMessage, answer: Any, now: datetime) -> None:
        del session, now
        self.settled.append((outbox_message.body["n"], answer))

    def fail(self, session: Session, outbox_message: OutboxMessage, error: IntegrationError, now: datetime) -> None:
        del session, outbox_message, now
        self.failed.append(type(error).__name__)


@pytest.fixture
def work(committed: Database, settings: Settings) -> WorkerContext:
    with committed.transaction() as session:
        forget_links(session)
        link_health.register(session, {LINK: None})
    return WorkerContext(settings, committed, Clock(fixed=NOW), KEYS)


def later(work: WorkerContext, by: timedelta) -> WorkerContext:
    return replace(work, clock=Clock(fixed=work.clock.now() + by))


def promise(work: WorkerContext, n: int, subject: str = "dossier") -> UUID:
    with work.database.transaction() as session:
        found = queue.promise(session, OutboxDraft(LINK, "step", subject, f"{subject}:{n}", {"n": n}), work.clock.now())
    assert found is not None
    return found


def go(work: WorkerContext, outbox_message_id: UUID, handler: OutboxHandler) -> str | None:
    return tell(work, outbox_message_id, {"step": handler})


def row(work: WorkerContext, outbox_message_id: UUID) -> OutboxMessage:
    with work.database.transaction() as session:
        return session.get_one(OutboxMessage, outbox_message_id)


def link(work: WorkerContext) -> Link:
    with work.database.transaction() as session:
        return session.get_one(Link, LINK)


def waiting_jobs(work: WorkerContext) -> int:
    with work.database.transaction() as session:
        session.execute(text("delete from procrastinate_jobs where task_name <> 'tell_one_stop'"))
        return int(session.scalar(text("select count(*) from procrastinate_jobs where status = 'todo'")) or 0)


def put_off(work: WorkerContext) -> int:
    """All that is queued comes in an hour, as after failures; how many jobs."""
    with work.database.transaction() as session:
        session.execute(
            text("update procrastinate_jobs set scheduled_at = now() + interval '1 hour' where status = 'todo'")
        )
        failed = text("update outbox_message set next_at = :at where next_at is not null")
        session.execute(failed, {"at": NOW + timedelta(hours=9)})
    return jobs_for_later(work)


def jobs_for_later(work: WorkerContext) -> int:
    queued = "select id::text from outbox_message where state = 'queued'"
    later_ones = "select count(*) from procrastinate_jobs where status = 'todo' and scheduled_at > now()"
    with work.database.transaction() as session:
        return int(session.scalar(text(f"{later_ones} and args->>'dispatch_id' in ({queued})")) or 0)


def test_what_was_promised_once_is_told_once(work: WorkerContext) -> None:
    handler, first = Fake(), promise(work, 1)
    with work.database.transaction() as session:
        again = queue.promise(session, OutboxDraft(LINK, "step", "dossier", "dossier:1", {"n": 1}), NOW)
    assert again is None
    assert go(work, first, handler) == "sent"
    assert go(work, first, handler) is None
    assert handler.said == [1]
    assert row(work, first).settled_at == NOW


def test_a_promise_that_is_rolled_back_is_none(work: WorkerContext) -> None:
    with work.database.transaction() as session:
        queue.promise(session, OutboxDraft(LINK, "step", "dossier", "dossier:9", {"n": 9}), NOW)
        session.rollback()
    with work.database.transaction() as session:
        assert session.scalars(select(OutboxMessage)).all() == []


def test_the_second_of_a_subject_waits_for_the_first_and_is_then_called(work: WorkerContext) -> None:
    handler, first, second = Fake(), promise(work, 1), promise(work, 2)
    assert go(work, second, handler) is None
    before = waiting_jobs(work)
    assert go(work, first, handler) == "sent"
    assert waiting_jobs(work) == before + 1
    assert go(work, second, handler) == "sent"
    assert handler.said == [1, 2]


def test_when_a_link_is_back_after_it_was_away_what_waits_long_goes_at_once(work: WorkerContext) -> None:
    away = Fake([Unavailable(LINK, "no connection") for _ in range(FAILURES_TO_OPEN)])
    waiting = [promise(work, n, f"dossier {n}") for n in range(FAILURES_TO_OPEN)]
    for outbox_message_id in waiting:
        with pytest.raises(NotYet):
            go(work, outbox_message_id, away)
    before = waiting_jobs(work)
    assert put_off(work) == FAILURES_TO_OPEN
    back = later(work, timedelta(seconds=1.1 * (open_for_s(FAILURES_TO_OPEN) or 0)))
    assert go(back, waiting[0], away) == "sent"
    assert jobs_for_later(work) == 0
    assert waiting_jobs(work) == before, "the same jobs come earlier: more of them would send twice"


def test_a_failure_now_and_then_wakes_nobody(work: WorkerContext) -> None:
    handler, waits, other = Fake([Unavailable(LINK, "no connection")]), promise(work, 1), promise(work, 2, "other")
    with pytest.raises(NotYet):
        go(work, waits, handler)
    assert put_off(work) == len({waits, other})
    assert go(work, other, handler) == "sent"
    assert jobs_for_later(work) == len({waits})
    assert row(work, waits).next_at is not None


def test_another_subject_does_not_wait(work: WorkerContext) -> None:
    handler = Fake([Rejected(LINK, "no", code="5", said="Sai mã")])
    assert go(work, promise(work, 1), handler) == "refused"
    assert go(work, promise(work, 1, "other"), handler) == "sent"


def test_a_refusal_is_a_persons_task_with_their_sentence(work: WorkerContext) -> None:
    handler, first = Fake([Rejected(LINK, "answered 5", code="5", said="Sai mã thủ tục")]), promise(work, 1)
    assert go(work, first, handler) == "refused"
    found = row(work, first)
    assert (found.fault, found.reason, found.said) == ("Rejected", "answered 5", "Sai mã thủ tục")
    assert handler.failed == ["Rejected"]
    assert go(work, promise(work, 2), handler) is None


def test_an_answer_that_breaks_the_contract_is_kept_as_it_came(work: WorkerContext) -> None:
    handler, first = Fake([BadAnswer(LINK, "not JSON", raw=b"<html>")]), promise(work, 1)
    assert go(work, first, handler) == "parked"
    assert row(work, first).raw == b"<html>"


def test_an_admin_sends_it_again_under_the_same_id(work: WorkerContext) -> None:
    handler, first = Fake([Rejected(LINK, "no")]), promise(work, 1)
    go(work, first, handler)
    with work.database.transaction() as session:
        queue.replay(session, first, "staff:1", NOW)
    assert go(work, first, handler) == "sent"
    with work.database.transaction() as session:
        acts = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == str(first))).all()
    assert acts == ["outbox_message.replayed"]


def test_what_an_admin_withdraws_lets_the_next_go(work: WorkerContext) -> None:
    handler, first, second = Fake([Rejected(LINK, "no")]), promise(work, 1), promise(work, 2)
    go(work, first, handler)
    with work.database.transaction() as session:
        queue.withdraw(session, first, "staff:1", NOW)
    assert go(work, second, handler) == "sent"
    assert handler.said == [1, 2]


def test_only_what_waits_for_a_person_is_replayed(work: WorkerContext) -> None:
    first = promise(work, 1)
    with pytest.raises(DomainError, match="message_not_waiting"), work.database.transaction() as session:
        queue.replay(session, first, "staff:1", NOW)


def test_a_partner_that_is_away_is_asked_again_later(work: WorkerContext) -> None:
    handler, first = Fake([Unavailable(LINK, "no connection", retry_after_s=120)]), promise(work, 1)
    with pytest.raises(NotYet) as put_off:
        go(work, first, handler)
    assert put_off.value.wait_s >= 120
    assert row(work, first).state == "queued"
    assert row(work, first).next_at is not None
    assert go(later(work, timedelta(minutes=3)), first, handler) == "sent"


def test_two_days_of_silence_make_it_a_persons_task(work: WorkerContext) -> None:
    handler, first = Fake([Unavailable(LINK, "no connection")]), promise(work, 1)
    assert go(later(work, PATIENCE + timedelta(seconds=1)), first, handler) == "late"
    assert row(work, first).fault == "Unavailable"


def test_after_a_few_failures_nobody_calls_until_one_has_tried(work: WorkerContext) -> None:
    handler = Fake([Unavailable(LINK, "no connection")] * FAILURES_TO_OPEN)
    for n in range(FAILURES_TO_OPEN):
        with pytest.raises(NotYet):
            go(work, promise(work, 1, f"s{n}"), handler)
    other = promise(work, 1, "other")
    with pytest.raises(NotYet):
        go(work, other, handler)
    assert len(handler.said) == FAILURES_TO_OPEN
    afterwards = later(work, timedelta(minutes=1))

    def others_still_wait() -> None:
        with pytest.raises(NotYet):
            go(afterwards, promise(work, 1, "third"), Fake())

    handler.before_send = others_still_wait
    assert go(afterwards, other, handler) == "sent"
    assert (link(work).failures, link(work).open_until) == (0, None)


def test_a_link_with_a_rate_is_asked_no_faster(work: WorkerContext) -> None:
    with work.database.transaction() as session:
        link_health.register(session, {LINK: 60})
    handler = Fake()
    sent = [go(work, promise(work, 1, f"s{n}"), handler) for n in range(2)]
    assert sent == ["sent", "sent"]
    third = promise(work, 1, "s3")
    with pytest.raises(NotYet):
        go(work, third, handler)
    assert go(later(work, timedelta(seconds=1)), third, handler) == "sent"


def test_a_link_that_is_switched_off_keeps_its_messages(work: WorkerContext) -> None:
    first = promise(work, 1)
    with work.database.transaction() as session:
        link_health.switch(session, LINK, "staff:1", NOW, on=False)
    with pytest.raises(NotYet):
        go(work, first, Fake())
    with work.database.transaction() as session:
        link_health.switch(session, LINK, "staff:1", NOW, on=True)
    assert go(work, first, Fake()) == "sent"


def test_a_link_that_is_configured_no_longer_is_switched_off_and_keeps_its_row(work: WorkerContext) -> None:
    with work.database.transaction() as session:
        link_health.register(session, {"vnpost": 30})
    assert not link(work).enabled


def test_where_there_is_nothing_to_say_any_more_it_is_withdrawn(work: WorkerContext) -> None:
    first, second = promise(work, 1), promise(work, 2)
    assert go(work, first, Fake(silent=True)) is None
    assert row(work, first).state == "withdrawn"
    assert go(work, second, Fake()) == "sent"


def test_killed_between_call_and_settlement_it_is_said_again_and_settled_once(work: WorkerContext) -> None:
    handler, first = Fake(), promise(work, 1)

    class Killed(BaseException):
        """As kill -9: nothing after the call happens."""

    def die() -> None:
        handler.said.append("killed")
        raise Killed

    handler.before_send = die
    with pytest.raises(Killed):
        go(work, first, handler)
    handler.before_send = lambda: None
    assert go(work, first, handler) == "sent"
    assert handler.settled == [(1, "fine")]
    assert row(work, first).tries == 2


def test_what_was_settled_while_the_partner_was_asked_stays_as_it_is(work: WorkerContext) -> None:
    handler, first = Fake(), promise(work, 1)

    def somebody_settles() -> None:
        with work.database.transaction() as session:
            session.execute(text("update outbox_message set state = 'withdrawn'"))

    handler.before_send = somebody_settles
    assert go(work, first, handler) is None
    assert handler.settled == []


def test_a_slow_partner_takes_no_more_than_its_share_of_the_threads(
    work: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("app.worker.outbox", fromlist=["x"]).MOST_OF_ONE_LINK, "tell_one_stop", 1)
    first, second = promise(work, 1), promise(work, 1, "other")
    handler = Fake()

    def crowded() -> None:
        with pytest.raises(NotYet):
            go(work, second, Fake())

    handler.before_send = crowded
    assert go(work, first, handler) == "sent"
    assert go(work, second, Fake()) == "sent"


def test_no_transaction_is_open_while_the_partner_is_asked(work: WorkerContext) -> None:
    handler, first = Fake(), promise(work, 1)

    def look() -> None:
        with work.database.transaction() as session:
            idle = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'"
            assert session.scalar(text(idle)) == 0

    handler.before_send = look
    assert go(work, first, handler) == "sent"


def test_waits_grow_to_an_hour_and_are_spread() -> None:
    waits = [wait_s(tries, 0.5) for tries in range(1, 14)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (5.0, 3600.0)
    assert wait_s(1, 0.0) < wait_s(1, 1.0)
    assert [open_for_s(n) for n in (4, 5, 6, 50)] == [None, 10.0, 20.0, 300.0]
