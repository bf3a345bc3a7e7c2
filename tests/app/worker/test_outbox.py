"""One outbox message at a time of each subject, whatever fails: on transactions that really commit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
from tests.app.services.test_races import waits_for_a_lock
from tests.crash.servers import until
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

    def prepare(self, context: WorkerContext, session: Session, outbox_message: OutboxMessage) -> Any | None:
        del context, session
        return None if self.silent else outbox_message.body["n"]

    def send(self, context: WorkerContext, message: Any) -> Any:
        del context
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
def context(committed: Database, settings: Settings) -> WorkerContext:
    with committed.transaction() as session:
        forget_links(session)
        link_health.register(session, {LINK: None})
    return WorkerContext(settings, committed, Clock(fixed=NOW), KEYS)


def later(context: WorkerContext, by: timedelta) -> WorkerContext:
    return replace(context, clock=Clock(fixed=context.clock.now() + by))


def promise(context: WorkerContext, n: int, subject: str = "dossier") -> UUID:
    with context.database.transaction() as session:
        found = queue.promise(
            session, OutboxDraft(LINK, "step", subject, f"{subject}:{n}", {"n": n}), context.clock.now()
        )
    assert found is not None
    return found


def go(context: WorkerContext, outbox_message_id: UUID, handler: OutboxHandler) -> str | None:
    return tell(context, outbox_message_id, {"step": handler})


def row(context: WorkerContext, outbox_message_id: UUID) -> OutboxMessage:
    with context.database.transaction() as session:
        return session.get_one(OutboxMessage, outbox_message_id)


def link(context: WorkerContext) -> Link:
    with context.database.transaction() as session:
        return session.get_one(Link, LINK)


def waiting_jobs(context: WorkerContext) -> int:
    with context.database.transaction() as session:
        session.execute(text("delete from procrastinate_jobs where task_name <> 'tell_one_stop'"))
        return int(session.scalar(text("select count(*) from procrastinate_jobs where status = 'todo'")) or 0)


def put_off(context: WorkerContext) -> int:
    """All that is queued comes in an hour, as after failures; how many jobs."""
    with context.database.transaction() as session:
        session.execute(
            text("update procrastinate_jobs set scheduled_at = now() + interval '1 hour' where status = 'todo'")
        )
        failed = text("update outbox_message set next_at = :at where next_at is not null")
        session.execute(failed, {"at": NOW + timedelta(hours=9)})
    return jobs_for_later(context)


def jobs_for_later(context: WorkerContext) -> int:
    queued = "select id::text from outbox_message where state = 'queued'"
    later_ones = "select count(*) from procrastinate_jobs where status = 'todo' and scheduled_at > now()"
    with context.database.transaction() as session:
        return int(session.scalar(text(f"{later_ones} and args->>'dispatch_id' in ({queued})")) or 0)


def test_what_was_promised_once_is_told_once(context: WorkerContext) -> None:
    handler, first = Fake(), promise(context, 1)
    with context.database.transaction() as session:
        again = queue.promise(session, OutboxDraft(LINK, "step", "dossier", "dossier:1", {"n": 1}), NOW)
    assert again is None
    assert go(context, first, handler) == "sent"
    assert go(context, first, handler) is None
    assert handler.said == [1]
    assert row(context, first).settled_at == NOW


def test_a_promise_that_is_rolled_back_is_none(context: WorkerContext) -> None:
    with context.database.transaction() as session:
        queue.promise(session, OutboxDraft(LINK, "step", "dossier", "dossier:9", {"n": 9}), NOW)
        session.rollback()
    with context.database.transaction() as session:
        assert session.scalars(select(OutboxMessage)).all() == []


def test_the_second_of_a_subject_waits_for_the_first_and_is_then_called(context: WorkerContext) -> None:
    handler, first, second = Fake(), promise(context, 1), promise(context, 2)
    assert go(context, second, handler) is None
    before = waiting_jobs(context)
    assert go(context, first, handler) == "sent"
    assert waiting_jobs(context) == before + 1
    assert go(context, second, handler) == "sent"
    assert handler.said == [1, 2]


def test_when_a_link_is_back_after_it_was_away_what_waits_long_goes_at_once(context: WorkerContext) -> None:
    away = Fake([Unavailable(LINK, "no connection") for _ in range(FAILURES_TO_OPEN)])
    waiting = [promise(context, n, f"dossier {n}") for n in range(FAILURES_TO_OPEN)]
    for outbox_message_id in waiting:
        with pytest.raises(NotYet):
            go(context, outbox_message_id, away)
    before = waiting_jobs(context)
    assert put_off(context) == FAILURES_TO_OPEN
    back = later(context, timedelta(seconds=1.1 * (open_for_s(FAILURES_TO_OPEN) or 0)))
    assert go(back, waiting[0], away) == "sent"
    assert jobs_for_later(context) == 0
    assert waiting_jobs(context) == before, "the same jobs come earlier: more of them would send twice"


def test_a_failure_now_and_then_wakes_nobody(context: WorkerContext) -> None:
    handler, waits, other = (
        Fake([Unavailable(LINK, "no connection")]),
        promise(context, 1),
        promise(context, 2, "other"),
    )
    with pytest.raises(NotYet):
        go(context, waits, handler)
    assert put_off(context) == len({waits, other})
    assert go(context, other, handler) == "sent"
    assert jobs_for_later(context) == len({waits})
    assert row(context, waits).next_at is not None


def test_another_subject_does_not_wait(context: WorkerContext) -> None:
    handler = Fake([Rejected(LINK, "no", code="5", said="Sai mã")])
    assert go(context, promise(context, 1), handler) == "refused"
    assert go(context, promise(context, 1, "other"), handler) == "sent"


def test_a_refusal_is_a_persons_task_with_their_sentence(context: WorkerContext) -> None:
    handler, first = Fake([Rejected(LINK, "answered 5", code="5", said="Sai mã thủ tục")]), promise(context, 1)
    assert go(context, first, handler) == "refused"
    found = row(context, first)
    assert (found.fault, found.reason, found.said) == ("Rejected", "answered 5", "Sai mã thủ tục")
    assert handler.failed == ["Rejected"]
    assert go(context, promise(context, 2), handler) is None


def test_an_answer_that_breaks_the_contract_is_kept_as_it_came(context: WorkerContext) -> None:
    handler, first = Fake([BadAnswer(LINK, "not JSON", raw=b"<html>")]), promise(context, 1)
    assert go(context, first, handler) == "parked"
    assert row(context, first).raw == b"<html>"


def test_an_admin_sends_it_again_under_the_same_id(context: WorkerContext) -> None:
    handler, first = Fake([Rejected(LINK, "no")]), promise(context, 1)
    go(context, first, handler)
    with context.database.transaction() as session:
        queue.replay(session, first, "staff:1", NOW)
    assert go(context, first, handler) == "sent"
    with context.database.transaction() as session:
        acts = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == str(first))).all()
    assert acts == ["outbox_message.replayed"]


def test_what_an_admin_withdraws_lets_the_next_go(context: WorkerContext) -> None:
    handler, first, second = Fake([Rejected(LINK, "no")]), promise(context, 1), promise(context, 2)
    go(context, first, handler)
    with context.database.transaction() as session:
        queue.withdraw(session, first, "staff:1", NOW)
    assert go(context, second, handler) == "sent"
    assert handler.said == [1, 2]


def test_only_what_waits_for_a_person_is_replayed(context: WorkerContext) -> None:
    first = promise(context, 1)
    with pytest.raises(DomainError, match="message_not_waiting"), context.database.transaction() as session:
        queue.replay(session, first, "staff:1", NOW)


def test_a_partner_that_is_away_is_asked_again_later(context: WorkerContext) -> None:
    handler, first = Fake([Unavailable(LINK, "no connection", retry_after_s=120)]), promise(context, 1)
    with pytest.raises(NotYet) as put_off:
        go(context, first, handler)
    assert put_off.value.wait_s >= 120
    assert row(context, first).state == "queued"
    assert row(context, first).next_at is not None
    assert go(later(context, timedelta(minutes=3)), first, handler) == "sent"


def test_two_days_of_silence_make_it_a_persons_task(context: WorkerContext) -> None:
    handler, first = Fake([Unavailable(LINK, "no connection")]), promise(context, 1)
    assert go(later(context, PATIENCE + timedelta(seconds=1)), first, handler) == "late"
    assert row(context, first).fault == "Unavailable"


def test_after_a_few_failures_nobody_calls_until_one_has_tried(context: WorkerContext) -> None:
    handler = Fake([Unavailable(LINK, "no connection")] * FAILURES_TO_OPEN)
    for n in range(FAILURES_TO_OPEN):
        with pytest.raises(NotYet):
            go(context, promise(context, 1, f"s{n}"), handler)
    other = promise(context, 1, "other")
    with pytest.raises(NotYet):
        go(context, other, handler)
    assert len(handler.said) == FAILURES_TO_OPEN
    afterwards = later(context, timedelta(minutes=1))

    def others_still_wait() -> None:
        with pytest.raises(NotYet):
            go(afterwards, promise(context, 1, "third"), Fake())

    handler.before_send = others_still_wait
    assert go(afterwards, other, handler) == "sent"
    assert (link(context).failures, link(context).open_until) == (0, None)


def test_a_link_with_a_rate_is_asked_no_faster(context: WorkerContext) -> None:
    with context.database.transaction() as session:
        link_health.register(session, {LINK: 60})
    handler = Fake()
    sent = [go(context, promise(context, 1, f"s{n}"), handler) for n in range(2)]
    assert sent == ["sent", "sent"]
    third = promise(context, 1, "s3")
    with pytest.raises(NotYet):
        go(context, third, handler)
    assert go(later(context, timedelta(seconds=1)), third, handler) == "sent"


def test_a_link_that_is_switched_off_keeps_its_messages(context: WorkerContext) -> None:
    first = promise(context, 1)
    with context.database.transaction() as session:
        link_health.switch(session, LINK, "staff:1", NOW, on=False)
    with pytest.raises(NotYet):
        go(context, first, Fake())
    with context.database.transaction() as session:
        link_health.switch(session, LINK, "staff:1", NOW, on=True)
    assert go(context, first, Fake()) == "sent"


def test_a_link_that_is_configured_no_longer_is_switched_off_and_keeps_its_row(context: WorkerContext) -> None:
    with context.database.transaction() as session:
        link_health.register(session, {"vnpost": 30})
    assert not link(context).enabled


def test_where_there_is_nothing_to_say_any_more_it_is_withdrawn(context: WorkerContext) -> None:
    first, second = promise(context, 1), promise(context, 2)
    assert go(context, first, Fake(silent=True)) is None
    assert row(context, first).state == "withdrawn"
    assert go(context, second, Fake()) == "sent"


def test_killed_between_call_and_settlement_it_is_said_again_and_settled_once(context: WorkerContext) -> None:
    handler, first = Fake(), promise(context, 1)

    class Killed(BaseException):
        """As kill -9: nothing after the call happens."""

    def die() -> None:
        handler.said.append("killed")
        raise Killed

    handler.before_send = die
    with pytest.raises(Killed):
        go(context, first, handler)
    handler.before_send = lambda: None
    assert go(context, first, handler) == "sent"
    assert handler.settled == [(1, "fine")]
    assert row(context, first).tries == 2


def test_what_was_settled_while_the_partner_was_asked_stays_as_it_is(context: WorkerContext) -> None:
    handler, first = Fake(), promise(context, 1)

    def somebody_settles() -> None:
        with context.database.transaction() as session:
            session.execute(text("update outbox_message set state = 'withdrawn'"))

    handler.before_send = somebody_settles
    assert go(context, first, handler) is None
    assert handler.settled == []


def test_a_slow_partner_takes_no_more_than_its_share_of_the_threads(
    context: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("app.worker.outbox", fromlist=["x"]).MOST_OF_ONE_LINK, "tell_one_stop", 1)
    first, second = promise(context, 1), promise(context, 1, "other")
    handler = Fake()

    def crowded() -> None:
        with pytest.raises(NotYet):
            go(context, second, Fake())

    handler.before_send = crowded
    assert go(context, first, handler) == "sent"
    assert go(context, second, Fake()) == "sent"


def test_no_transaction_is_open_while_the_partner_is_asked(context: WorkerContext) -> None:
    handler, first = Fake(), promise(context, 1)

    def look() -> None:
        with context.database.transaction() as session:
            idle = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'"
            assert session.scalar(text(idle)) == 0

    handler.before_send = look
    assert go(context, first, handler) == "sent"


def test_waits_grow_to_an_hour_and_are_spread() -> None:
    waits = [wait_s(tries, 0.5) for tries in range(1, 14)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (5.0, 3600.0)
    assert wait_s(1, 0.0) < wait_s(1, 1.0)
    assert [open_for_s(n) for n in (4, 5, 6, 50)] == [None, 10.0, 20.0, 300.0]


@pytest.mark.parametrize("answers", [[], [Rejected(LINK, "no")]], ids=["sent", "refused"])
def test_who_settles_holds_the_message_before_the_link(context: WorkerContext, answers: list[Exception]) -> None:
    """Whoever claims holds the message and wants the link: the other way round the two would wait for each other."""
    first = promise(context, 1)
    with ThreadPoolExecutor(1) as other, context.database.transaction() as holding:
        handler = Fake(answers, before_send=lambda: holding.get_one(OutboxMessage, first, with_for_update=True))
        told = other.submit(go, context, first, handler)
        until(lambda: waits_for_a_lock(context.database))
        holding.get_one(Link, LINK, with_for_update={"nowait": True})
        holding.commit()
        assert told.result(timeout=20) in {"sent", "refused"}
