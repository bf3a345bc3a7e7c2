"""Who is asked next, and when: no operator that is away keeps a message, and no evening's crowd keeps a code."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from app.clock import at, start_of_day
from app.database import Database
from app.domain.identity import parse_phone
from app.jobs import QUEUES, defer_all
from app.models import Link, Message
from app.services.messaging import messages, sendings
from app.services.outbox import link_health
from app.services.staff import access
from app.worker import tasks
from app.worker.deliver_message import LONGEST_CROWD_S, SOON_S, Senders, deliver_message
from app.worker.outbox import NotYet
from integrations.messages import Balance, Later, MessageTaken, OutgoingMessage
from tests.app.services.test_races import waits_for_a_lock
from tests.app.worker.joined import joined
from tests.app.worker.told import BASE, LOST, Told, reporting
from tests.crash.servers import until
from tests.factories import DAY, KEYS, NOW, TODAY
from tests.factories.counter import number
from tests.fakes import FakeSms

MINUTE = timedelta(minutes=1)


@pytest.fixture
def joined_links(committed: Database) -> Iterator[Database]:
    """Rows of two operators, without a rate."""
    names = ("message:zns", "message:sms")
    with committed.transaction() as session:
        for name in names:
            link_health.join(session, name, None)
    yield committed
    with committed.transaction() as session:
        session.execute(delete(Link).where(Link.name.in_(names)))


@pytest.fixture
def sign_in(committed: Database) -> Told:
    """A code that somebody waits for."""
    phone = parse_phone(f"0988{number():06d}")
    with committed.transaction() as session:
        access.send_sign_in_code(session, phone, NOW, KEYS)
        return Told(committed, session.scalars(select(Message.id).where(Message.recipient == phone)).one())


def link(session: Session, operator: str) -> Link:
    return session.get_one(Link, f"message:{operator}")


def away(database: Database, operator: str, *, minutes: int = 5) -> None:
    with database.transaction() as session:
        row = link(session, operator)
        row.failures, row.open_until = 9, NOW + minutes * MINUTE


def rate(database: Database, operator: str, a_minute: int) -> None:
    with database.transaction() as session:
        link_health.join(session, f"message:{operator}", a_minute)


def is_given(session: Session, at: datetime) -> bool:
    """May bulk call the operator of SMS at this moment?"""
    given = link_health.may_call_in_s(session, "message:sms", at, link_health.KEPT_FOR_URGENT) == 0
    session.flush()
    return given


def wait_of(told: Told, *channels: FakeSms, after: timedelta = timedelta()) -> float:
    with pytest.raises(NotYet) as put_off:
        told.deliver(*channels, after=after)
    return put_off.value.wait_s


# -- an operator that is away


def test_who_is_away_keeps_no_message_that_another_may_carry(joined_links: Database, told: Told) -> None:
    away(joined_links, "zns")
    first, second = FakeSms(name="zns"), FakeSms(name="sms")
    assert told.deliver(first, second) == "sent"
    assert [one.channel for one in told.sendings] == ["sms"]


def test_who_was_switched_off_by_a_person_neither(joined_links: Database, told: Told) -> None:
    with joined_links.transaction() as session:
        link_health.switch(session, "message:zns", "staff:1", NOW, on=False)
    assert told.deliver(FakeSms(name="zns"), FakeSms(name="sms")) == "sent"


def test_what_waited_for_an_operator_that_went_away_goes_by_the_next(joined_links: Database, told: Told) -> None:
    first, second = FakeSms([], [Later("busy")], name="zns"), FakeSms(name="sms")
    told.put_off(first, second)
    away(joined_links, "zns")
    assert told.deliver(first, second) == "sent"
    assert [(one.channel, one.state.value, one.code) for one in told.sendings] == [
        ("zns", "failed", "busy"),
        ("sms", "sent", None),
    ]


def test_where_all_are_away_the_message_waits(joined_links: Database, told: Told) -> None:
    away(joined_links, "zns", minutes=1)
    away(joined_links, "sms")
    assert 60 <= wait_of(told, FakeSms(name="zns"), FakeSms(name="sms")) <= 90
    assert told.sendings == []


def test_what_one_that_is_away_may_have_is_repeated_by_the_next_in_its_time(joined_links: Database, told: Told) -> None:
    first, second = reporting(LOST, name="zns"), FakeSms(name="sms")
    told.put_off(first, second)
    away(joined_links, "zns", minutes=60)
    told.put_off(first, second, after=4 * MINUTE)
    assert told.deliver(first, second, after=5 * MINUTE) == "sent"
    assert [(one.channel, one.is_repeat) for one in told.sendings] == [("zns", False), ("sms", True)]


def test_one_that_drops_repeats_is_waited_for_when_it_may_have_the_message(joined_links: Database, told: Told) -> None:
    first, second = reporting(LOST, name="zns", drops_repeats=True), FakeSms(name="sms")
    told.put_off(first, second)
    away(joined_links, "zns", minutes=60)
    told.put_off(first, second, after=6 * MINUTE)
    assert second.sent == []


# -- an operator that is ours no longer


def test_what_waits_for_an_operator_that_was_taken_out_of_the_settings_goes_to_the_new_one(told: Told) -> None:
    told.put_off(FakeSms(answers=[Later("busy")], name="old"))
    assert told.deliver(FakeSms(name="new")) == "sent"
    assert [(one.channel, one.state.value) for one in told.sendings] == [("old", "failed"), ("new", "sent")]


def test_what_the_old_one_may_have_is_repeated_once_by_the_new_one(told: Told) -> None:
    told.put_off(reporting(LOST, name="old", drops_repeats=True))
    new = reporting(LOST, name="new")
    told.put_off(new, after=4 * MINUTE)
    told.put_off(new, after=5 * MINUTE)
    assert told.deliver(new, after=11 * MINUTE) == "taken"
    assert [(one.channel, one.is_repeat) for one in told.sendings] == [("old", False), ("new", True)]


def test_a_code_that_the_old_one_may_have_goes_out_no_second_time(code: Told) -> None:
    code.put_off(reporting(LOST, name="old", drops_repeats=True))
    new = reporting(name="new")
    assert code.deliver(new, after=10 * MINUTE) == "taken"
    assert new.sent == []


def test_what_nobody_is_left_to_carry_and_may_be_out_is_as_good_as_taken(told: Told) -> None:
    with told.database.transaction() as session:
        sendings.begin(session, session.get_one(Message, told.id), "old", NOW, reports=True, is_repeat=False)
    assert told.deliver(after=10 * MINUTE) == "taken"
    told.close_unclear(NOW + timedelta(minutes=61))
    assert (told.row.state, told.row.error) == ("failed", "old: unclear")


# -- codes before bulk


def test_a_code_has_a_queue_of_its_own(sign_in: Told, told: Told) -> None:
    with sign_in.database.transaction() as session:
        queue = text("select queue_name from procrastinate_jobs where args->>'message_id' = :id")
        of_code, of_bulk = (session.scalars(queue, {"id": str(one.id)}).one() for one in (sign_in, told))
    assert (of_code, of_bulk) == (QUEUES["deliver_code"], QUEUES["deliver_message"])
    assert of_code != of_bulk
    assert [task for task, queue in QUEUES.items() if queue == of_code] == ["deliver_code"]


def test_bulk_leaves_a_token_of_the_rate_to_a_code(joined_links: Database, told: Told, sign_in: Told) -> None:
    rate(joined_links, "sms", 60)
    with joined_links.transaction() as session:
        assert sum(is_given(session, NOW) for _ in range(9)) == 2
    assert wait_of(told, FakeSms(name="sms")) > 0
    assert sign_in.deliver(FakeSms(name="sms")) == "sent"


@pytest.mark.parametrize("a_minute", [1, 9, 60])
def test_bulk_gets_the_whole_rate_all_the_same(joined_links: Database, a_minute: int) -> None:
    rate(joined_links, "sms", a_minute)
    with joined_links.transaction() as session:
        called = 0
        for second in range(300):
            while is_given(session, NOW + timedelta(seconds=second)):
                called += 1
    assert a_minute * 4.5 - 1 <= called <= a_minute * 5 + 1 + a_minute / 30


def test_a_crowd_comes_again_over_the_time_that_it_needs(joined_links: Database, told: Told) -> None:
    rate(joined_links, "sms", 60)
    with joined_links.transaction() as session:
        link(session, "sms").tokens_at, link(session, "sms").tokens = NOW, 0.0
        defer_all(session, "deliver_message", [{"message_id": str(uuid4())} for _ in range(400)])
    waits = [wait_of(told, FakeSms(name="sms")) for _ in range(40)]
    assert max(waits) > 60
    assert max(waits) <= 2 + LONGEST_CROWD_S
    with joined_links.transaction() as session:
        session.execute(text("delete from procrastinate_jobs where task_name = 'deliver_message'"))


def test_a_code_looks_again_soon(joined_links: Database, sign_in: Told) -> None:
    away(joined_links, "sms")
    assert wait_of(sign_in, FakeSms(name="sms")) <= SOON_S


def test_a_code_that_is_put_off_again_and_again_waits_no_longer_than_somebody_looks(sign_in: Told) -> None:
    busy = FakeSms(answers=[Later("busy")] * 11)
    assert max(wait_of(sign_in, busy) for _ in range(11)) <= 50


# -- an operator that asks for a pause


def test_a_pause_is_kept_to_the_second_and_is_no_failure(joined_links: Database, told: Told) -> None:
    operator = FakeSms(answers=[Later("http 429", 20)], name="sms")
    assert wait_of(told, operator) >= 20
    with joined_links.transaction() as session:
        assert (link(session, "sms").failures, link(session, "sms").open_until) == (0, NOW + timedelta(seconds=20))
    told.put_off(operator, after=timedelta(seconds=19))
    assert told.deliver(operator, after=timedelta(seconds=20)) == "sent"
    with joined_links.transaction() as session:
        assert link(session, "sms").open_until is None


def test_bulk_waits_out_a_short_pause_and_a_code_goes_by_the_next(
    joined_links: Database, told: Told, sign_in: Told
) -> None:
    with joined_links.transaction() as session:
        link_health.paused(session, "message:zns", "Later: zns: http 429", 20, NOW)
    first, second = FakeSms(name="zns"), FakeSms(name="sms")
    told.put_off(first, second)
    assert sign_in.deliver(first, second) == "sent"
    assert len(second.sent) == 1


def test_who_asks_for_a_long_pause_is_away(joined_links: Database, told: Told) -> None:
    with joined_links.transaction() as session:
        link_health.paused(session, "message:zns", "Later: zns: http 429", 3600, NOW)
    assert told.deliver(FakeSms(name="zns"), FakeSms(name="sms")) == "sent"


# -- the night


def test_what_an_outage_kept_until_the_night_waits_for_the_morning(told: Told) -> None:
    operator = FakeSms(answers=[Later("busy")])
    told.put_off(operator)
    night = start_of_day(DAY) + timedelta(hours=3)
    assert wait_of(told, operator, after=night - NOW) == timedelta(hours=4).total_seconds()
    assert operator.sent == []
    assert told.deliver(operator, after=at(DAY, messages.QUIET_TO) - NOW) == "sent"


def test_a_code_is_sent_at_night_to_who_waits_for_it(committed: Database) -> None:
    night = start_of_day(TODAY) + timedelta(hours=3)
    phone = parse_phone(f"0988{number():06d}")
    with committed.transaction() as session:
        access.send_sign_in_code(session, phone, night, KEYS)
        told = session.scalars(select(Message.id).where(Message.recipient == phone)).one()
    assert deliver_message(committed, Senders((FakeSms(),), KEYS, BASE), told, night) == "sent"


# -- the rows


def test_what_is_left_to_pay_with_is_kept_where_all_workers_see_it(joined_links: Database, told: Told) -> None:
    operator = FakeSms(answers=[MessageTaken("z-1", Balance(42, "messages"))], name="zns")
    senders = Senders((operator,), KEYS, BASE, {"zns": 100})
    assert deliver_message(joined_links, senders, told.id, NOW) == "sent"
    with joined_links.transaction() as session:
        row = link(session, "zns")
        assert (row.credit, row.credit_unit, row.credit_low, row.credit_at) == (42, "messages", 100, NOW)


@pytest.mark.parametrize("answer", [MessageTaken("s-1"), Later("busy"), Later("http 429", 20)], ids=str)
def test_who_settles_holds_the_message_before_the_link(
    joined_links: Database, told: Told, answer: MessageTaken | Later
) -> None:
    """Whoever claims holds the message and wants the link: the other way round the two would wait for each other."""

    class Slow(FakeSms):
        def send(self, message: OutgoingMessage) -> MessageTaken | Later:
            del message
            holding.get_one(Message, told.id, with_for_update=True)
            return answer

    with ThreadPoolExecutor(1) as other, joined_links.transaction() as holding:
        settled = other.submit(told.deliver, Slow(name="sms"))
        until(lambda: waits_for_a_lock(joined_links))
        holding.get_one(Link, "message:sms", with_for_update={"nowait": True})
        holding.commit()
        if isinstance(answer, MessageTaken):
            assert settled.result(timeout=20) == "sent"
        else:
            assert isinstance(settled.exception(timeout=20), NotYet)


# -- settings that can't be read


def test_settings_that_cannot_be_read_give_up_no_message(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    context = joined(tmp_path, database, "")
    (tmp_path / "links.toml").write_text("= not TOML")
    with pytest.raises(NotYet) as put_off:
        tasks.deliver_message(context, str(uuid4()))
    assert put_off.value.wait_s == 60
    assert "no message is sent: TANNHA_LINKS" in caplog.text
