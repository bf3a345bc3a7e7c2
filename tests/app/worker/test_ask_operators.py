"""Operators are asked what became of what they took, and what is left to pay with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.clock import Clock
from app.database import Database
from app.domain.sending import SendingState
from app.jobs import QUEUES
from app.models import Link, Message, Sending
from app.services.messaging import messages, sendings
from app.worker.ask_operators import ask
from app.worker.context import WorkerContext
from tests.app.worker.joined import joined
from tests.factories import NOW, make_request
from tests.fakes.partner import Partner, Reply, Sent, told

BALANCE, STATE = "/GetBalance_json", "/GetSendStatus"


class Esms:
    """What it says of every message, and of our account."""

    def __init__(self) -> None:
        self.state: Reply = told({"CodeResponse": "100", "SendStatus": 5, "SendSuccess": 1, "SendFailed": 0})
        self.balance: Reply = told({"CodeResponse": "100", "Balance": 150_000})

    def answer(self, sent: Sent) -> Reply:
        return self.balance if sent.path == BALANCE else self.state


@pytest.fixture
def esms() -> Esms:
    return Esms()


@pytest.fixture
def operator(esms: Esms) -> Iterator[Partner]:
    with Partner(esms.answer) as running:
        yield running


@pytest.fixture
def context(tmp_path: Path, database: Database, operator: Partner) -> WorkerContext:
    text = f'[messages.esms]\nurl = "{operator.url}"\nsender = "TANNHA"\n'
    return joined(tmp_path, database, text + 'api_key_file = "secret"\nsecret_file = "secret"\n')


@pytest.fixture
def taken(database: Database) -> Iterator[Message]:
    with database.transaction() as session:
        request = make_request(session)
        messages.tell(session, request, None, "courier_on_way", NOW, f"t:{request.id}")
        message = session.scalars(select(Message).where(Message.request_id == request.id)).one()
        row = sendings.begin(session, message, "esms", NOW, reports=True, is_repeat=False)
        sendings.taken(session, row.id, f"s-{request.id}", NOW)
    yield message
    with database.transaction() as session:
        for row in sendings.of_message(session, message):
            session.delete(row)


def later(context: WorkerContext, minutes: int) -> WorkerContext:
    return replace(context, clock=Clock(fixed=NOW + timedelta(minutes=minutes)))


def state(database: Database, message: Message) -> str:
    with database.transaction() as session:
        return session.get_one(Message, message.id).state


def credit(database: Database) -> int | None:
    with database.transaction() as session:
        return session.get_one(Link, "message:esms").credit


def test_a_report_that_was_lost_is_asked_for(context: WorkerContext, database: Database, taken: Message) -> None:
    ask(later(context, 1))
    assert state(database, taken) == "taken"
    ask(later(context, 2))
    assert state(database, taken) == "delivered"


def test_no_news_is_asked_for_again_in_its_time(
    context: WorkerContext, database: Database, esms: Esms, operator: Partner, taken: Message
) -> None:
    esms.state = Reply(500)
    for minutes in (2, 3, 4):
        ask(later(context, minutes))
    assert state(database, taken) == "taken"
    assert len(operator.asked(STATE)) == 2


def test_who_was_not_asked_for_want_of_their_rate_is_asked_as_soon_as_there_is_room(
    context: WorkerContext, database: Database, operator: Partner, taken: Message
) -> None:
    with database.transaction() as session:
        link = session.get_one(Link, "message:esms")
        link.failures, link.open_until = 9, NOW + timedelta(minutes=3)
    ask(later(context, 2))
    assert operator.asked(STATE) == []
    ask(later(context, 3))
    assert state(database, taken) == "delivered"


def test_what_is_left_is_read_every_quarter_of_an_hour(
    context: WorkerContext, database: Database, esms: Esms, operator: Partner
) -> None:
    ask(context)
    assert credit(database) == 150_000
    esms.balance = told({"CodeResponse": "100", "Balance": 99_000})
    ask(later(context, 14))
    assert (credit(database), len(operator.asked(BALANCE))) == (150_000, 1)
    ask(later(context, 15))
    assert credit(database) == 99_000


def more_taken(database: Database, message: Message, count: int) -> None:
    with database.transaction() as session:
        for number in range(count):
            row = sendings.begin(session, message, "esms", NOW, reports=True, is_repeat=False)
            sendings.taken(session, row.id, f"more-{number}-{row.id}", NOW)


def test_an_operator_that_does_not_answer_is_asked_one_question_a_round(
    context: WorkerContext, database: Database, esms: Esms, operator: Partner, taken: Message
) -> None:
    more_taken(database, taken, 5)
    esms.state = Reply(500)
    ask(later(context, 2))
    assert (len(operator.asked(STATE)), len(operator.asked(BALANCE))) == (1, 0)


def test_one_answer_that_nobody_can_read_keeps_no_other_question_back(
    context: WorkerContext, database: Database, esms: Esms, operator: Partner, taken: Message
) -> None:
    more_taken(database, taken, 2)
    esms.state = Reply(200, b"<html>")
    ask(later(context, 2))
    assert (len(operator.asked(STATE)), len(operator.asked(BALANCE))) == (3, 1)


def test_questions_to_operators_keep_no_other_partners_waiting() -> None:
    assert [task for task, queue in QUEUES.items() if queue == QUEUES["ask_operators"]] == ["ask_operators"]


@pytest.mark.parametrize(("spoilt", "said"), [("secret", "file secret is empty"), ("links.toml", "nobody is asked")])
def test_settings_that_cannot_be_read_keep_no_message_from_becoming_a_persons_task(
    context: WorkerContext,
    database: Database,
    tmp_path: Path,
    taken: Message,
    spoilt: str,
    said: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with database.transaction() as session:
        lost = sendings.begin(session, taken, "esms", NOW, reports=True, is_repeat=False)
        lost.state = SendingState.UNCLEAR
    (tmp_path / spoilt).write_text("" if spoilt == "secret" else "= not TOML")
    ask(later(context, 62))
    assert said in caplog.text
    with database.transaction() as session:
        assert session.get_one(Sending, lost.id).state is SendingState.FAILED


def test_an_operator_that_does_not_say_what_is_left_keeps_what_it_said(
    context: WorkerContext, database: Database, esms: Esms
) -> None:
    ask(context)
    esms.balance = Reply(500)
    ask(later(context, 20))
    assert credit(database) == 150_000
