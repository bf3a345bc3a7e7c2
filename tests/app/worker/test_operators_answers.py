"""Whatever an operator answers, whenever it reports: one end, at most one repeat, and a code once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, text

from app.config import SettingsError
from app.database import Database
from app.domain.identity import Channel
from app.domain.sending import OperatorWord, SendingState
from app.models import Message
from app.services.messaging import messages, sendings
from app.services.messaging.report_address import report_address
from app.services.outbox import link_health
from app.worker.outbox import NotYet
from integrations.messages import Elsewhere, Later, Never, Outcome, OutgoingMessage
from tests.app.worker.told import BASE, LOST, Told, reporting
from tests.factories import KEYS, NOW, make_request
from tests.fakes import FakeSms

# -- taken is not arrived


def test_what_an_operator_took_has_not_arrived_yet(told: Told) -> None:
    assert told.deliver(reporting()) == "taken"
    assert told.hear("fake", SendingState.SENT)
    assert told.row.state == "sent"
    assert told.hear("fake", SendingState.DELIVERED)
    assert told.row.state == "delivered"


def test_an_operator_is_told_our_reference_and_where_to_report(told: Told) -> None:
    operator = reporting()
    told.deliver(operator)
    (sending,) = told.sendings
    assert operator.sent[0].reference == str(sending.id)
    assert operator.sent[0].report_to == report_address(BASE, KEYS, "fake")


def test_an_operator_gets_the_template_and_its_parameters_beside_the_text(told: Told) -> None:
    operator = FakeSms()
    told.deliver(operator)
    outgoing = operator.sent[0]
    assert outgoing.template == "courier_on_way"
    assert outgoing.params["reference"] in outgoing.text
    assert outgoing.params["link"] in outgoing.text


def test_a_report_is_found_by_our_reference_as_well(told: Told) -> None:
    told.deliver(reporting())
    (sending,) = told.sendings
    with told.database.transaction() as session:
        word = OperatorWord(SendingState.DELIVERED, "another id of theirs", str(sending.id))
        assert sendings.hear(session, "fake", word, NOW)
    assert told.row.state == "delivered"


def test_a_report_on_a_message_that_we_never_gave_changes_nothing(told: Told) -> None:
    told.deliver(reporting())
    (sending,) = told.sendings
    delivered = SendingState.DELIVERED
    assert not told.hear_of("other", OperatorWord(delivered, sending.operator_id, str(sending.id)))
    for operator_id, reference in (("", ""), ("fake-nobody's", None), (None, "not an id"), (None, str(told.id))):
        assert not told.hear_of("fake", OperatorWord(delivered, operator_id, reference))
    assert told.row.state == "taken"


@pytest.mark.parametrize("later", [SendingState.FAILED, SendingState.SENT, SendingState.DELIVERED])
def test_an_end_stays_whatever_is_reported_afterwards(told: Told, later: SendingState) -> None:
    told.deliver(reporting())
    told.hear("fake", SendingState.DELIVERED)
    assert told.hear("fake", later, "late")
    assert (told.row.state, told.row.error) == ("delivered", None)


def test_a_report_that_is_quicker_than_the_answer_stays(told: Told) -> None:
    class Quick(FakeSms):
        def send(self, message: OutgoingMessage) -> Outcome:
            (sending,) = told.sendings
            with told.database.transaction() as session:
                sendings.hear(session, "fake", OperatorWord(SendingState.DELIVERED, "q-1", str(sending.id)), NOW)
            return super().send(message)

    assert told.deliver(Quick(reports=True)) == "delivered"


# -- what was lost


def test_an_operator_that_drops_repeats_is_asked_again_with_the_same_reference(told: Told) -> None:
    operator = reporting(LOST, drops_repeats=True)
    told.put_off(operator)
    assert told.deliver(operator, after=timedelta(seconds=10)) == "taken"
    assert len({message.reference for message in operator.sent}) == 1
    assert len(told.sendings) == 1


def test_any_other_is_asked_once_more_after_five_minutes_and_then_never(told: Told) -> None:
    operator = reporting(LOST, LOST)
    told.put_off(operator)
    told.put_off(operator, after=timedelta(minutes=4))
    assert len(operator.sent) == 1
    told.put_off(operator, after=timedelta(minutes=5))
    assert [one.is_repeat for one in told.sendings] == [False, True]
    assert told.deliver(operator, after=timedelta(minutes=11)) == "taken"
    assert len(operator.sent) == 2


def test_a_message_of_which_nobody_ever_heard_is_a_persons_task_after_an_hour(told: Told) -> None:
    operator = reporting(LOST, LOST)
    told.put_off(operator)
    told.put_off(operator, after=timedelta(minutes=5))
    told.deliver(operator, after=timedelta(minutes=11))
    told.close_unclear(NOW + timedelta(minutes=59))
    assert told.row.state == "taken"
    told.close_unclear(NOW + timedelta(minutes=61, hours=1))
    assert (told.row.state, told.row.error) == ("failed", "fake: away")


def test_a_report_on_the_lost_one_ends_it_before_it_is_repeated(told: Told) -> None:
    operator = reporting(LOST)
    told.put_off(operator)
    with told.database.transaction() as session:
        word = OperatorWord(SendingState.DELIVERED, reference=str(told.sendings[0].id))
        sendings.hear(session, "fake", word, NOW)
    assert told.deliver(operator, after=timedelta(minutes=6)) == "delivered"
    assert len(operator.sent) == 1


def test_a_worker_that_was_killed_while_it_asked_leaves_a_lost_answer(told: Told) -> None:
    with told.database.transaction() as session:
        message = session.get_one(Message, told.id)
        sendings.begin(session, message, "fake", NOW, reports=True, is_repeat=False)
    told.put_off(reporting())
    assert told.deliver(reporting(), after=timedelta(minutes=5)) == "taken"
    assert [one.is_repeat for one in told.sendings] == [False, True]


def test_a_code_whose_answer_was_lost_is_not_sent_again(code: Told) -> None:
    operator = reporting(LOST)
    assert code.deliver(operator) == "taken"
    assert code.deliver(operator, after=timedelta(minutes=10)) == "taken"
    assert len(operator.sent) == 1


def test_a_code_is_asked_for_again_where_the_operator_drops_repeats(code: Told) -> None:
    operator = reporting(LOST, drops_repeats=True)
    code.put_off(operator)
    assert code.deliver(operator, after=timedelta(seconds=10)) == "taken"
    assert len({message.reference for message in operator.sent}) == 1


# -- another channel


def test_who_has_no_account_there_is_told_by_the_next_channel(told: Told) -> None:
    first, second = FakeSms([], [Elsewhere("-118")], name="zns"), FakeSms(name="sms")
    assert told.deliver(first, second) == "sent"
    assert [(one.channel, one.state.value, one.code) for one in told.sendings] == [
        ("zns", "failed", "-118"),
        ("sms", "sent", None),
    ]


def test_a_channel_of_registered_templates_is_asked_for_those_with_parameters_only(told: Told) -> None:
    class Registered(FakeSms):
        def carries(self, template: str) -> bool:
            return template == "courier_on_way"

    with told.database.transaction() as session:
        session.get_one(Message, told.id).params = {}
    first, behind = Registered(answers=[Never("146")], name="zns"), FakeSms(name="sms")
    assert told.deliver(first, behind) == "sent"
    assert [one.channel for one in told.sendings] == ["zns", "sms"]
    with told.database.transaction() as session:
        messages.resend(session, told.id, "staff:x", NOW + timedelta(minutes=1))
        session.get_one(Message, told.id).params = None  # promised before parameters were kept
    told.deliver(first, behind, after=timedelta(minutes=1))
    assert [one.channel for one in told.sendings][2:] == ["sms"]


def test_what_nobody_takes_fails_with_the_last_ones_code(told: Told) -> None:
    assert told.deliver(FakeSms([], [Never("-109")], name="zns"), FakeSms([], [Never("108")], name="sms")) == "failed"
    assert told.row.error == "sms: 108"


def test_an_operator_that_is_away_is_left_for_the_next_after_three_tries(told: Told) -> None:
    away, behind = FakeSms([], [Later("away")] * 3, name="zns"), FakeSms(name="sms")
    told.put_off(away, behind)
    told.put_off(away, behind)
    assert told.deliver(away, behind) == "sent"
    assert len(behind.sent) == 1


def test_a_code_waits_for_no_operator_that_has_another_behind_it(code: Told) -> None:
    assert code.deliver(FakeSms([], [Later("away")], name="zns"), FakeSms(name="sms")) == "sent"


def test_the_last_operator_is_asked_twelve_times(told: Told) -> None:
    operator = FakeSms(answers=[Later("103")] * 12)
    for _ in range(11):
        told.put_off(operator)
    assert told.deliver(operator) == "failed"
    assert told.row.error == "fake: 103"


def test_what_did_not_arrive_goes_by_the_next_channel(told: Told) -> None:
    first, second = reporting(name="zns"), FakeSms(name="sms")
    told.deliver(first, second)
    before = told.jobs
    told.hear("zns", SendingState.FAILED, "-114")
    assert (told.row.state, told.jobs) == ("queued", before + 1)
    assert told.deliver(first, second) == "sent"
    assert (len(first.sent), len(second.sent)) == (1, 1)


def test_what_did_not_arrive_by_the_only_channel_fails_with_its_code(told: Told) -> None:
    operator = reporting()
    told.deliver(operator)
    told.hear("fake", SendingState.FAILED, "64")
    assert told.deliver(operator) == "failed"
    assert told.row.error == "fake: 64"


def test_a_code_that_did_not_arrive_is_sent_by_nobody_else(code: Told) -> None:
    first, second = reporting(name="zns"), FakeSms(name="sms")
    code.deliver(first, second)
    code.hear("zns", SendingState.FAILED, "-114")
    assert code.deliver(first, second) == "failed"
    assert second.sent == []


def test_who_wants_to_be_called_is_a_persons_task(committed: Database) -> None:
    with committed.transaction() as session:
        request = make_request(session, channel=Channel.VOICE)
        messages.tell(session, request, None, "courier_on_way", NOW, f"t:{request.id}")
        spoken = Told(committed, session.scalars(select(Message.id).where(Message.request_id == request.id)).one())
    operator = FakeSms()
    assert spoken.deliver(operator) == "failed"
    assert (spoken.row.error, operator.sent) == ("voice", [])


# -- the operator's own pace


def test_an_operator_that_did_not_answer_five_times_is_left_alone(told: Told) -> None:
    with told.database.transaction() as session:
        link_health.register(session, {"message:fake": None})
    operator = FakeSms(answers=[Later("away")] * 6)
    for _ in range(5):
        told.put_off(operator)
    told.put_off(operator)
    assert len(operator.answers) == 1
    with told.database.transaction() as session:
        session.execute(text("delete from link where name = 'message:fake'"))


def test_a_secret_that_cannot_be_read_gives_up_no_message(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    class Locked(FakeSms):
        def send(self, message: OutgoingMessage) -> Outcome:
            del message
            raise SettingsError("the secret file esms-secret is empty")

    told.put_off(Locked())
    assert "esms-secret is empty" in caplog.text
    assert told.deliver(FakeSms()) == "sent"


# -- every order


@pytest.mark.parametrize("drops_repeats", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_whatever_comes_in_whatever_order_there_is_one_end_and_a_code_goes_out_once(
    code: Told, seed: int, *, drops_repeats: bool
) -> None:
    random = Random(seed)
    outcomes: list[Callable[[], Outcome]] = [lambda: LOST, lambda: Later("busy"), lambda: Elsewhere("-118")]
    channels = [
        reporting(
            *(random.choice(outcomes)() for _ in range(random.randrange(3))), name=name, drops_repeats=drops_repeats
        )
        for name in ("zns", "sms")
    ]
    end: str | None = None
    for step in range(14):
        at = timedelta(minutes=7 * step)
        if random.random() < 0.5:
            with suppress(NotYet):
                code.deliver(*channels, after=at)
        for sending in random.sample(code.sendings, k=min(1, len(code.sendings))):
            state = random.choice([SendingState.SENT, SendingState.DELIVERED, SendingState.FAILED])
            for _ in range(random.randrange(3)):
                with code.database.transaction() as session:
                    sendings.hear(session, sending.channel, OperatorWord(state, reference=str(sending.id)), NOW + at)
        code.close_unclear(NOW + at)
        now_is = code.row.state
        assert end in {None, now_is}
        end = now_is if now_is in {"delivered", "failed"} else None
    went_out = [{message.reference for message in channel.sent} for channel in channels]
    assert sum(len(references) for references in went_out) <= 1
    assert drops_repeats or sum(len(channel.sent) for channel in channels) <= 1
