"""claim → commit → call → settle, on transactions that really commit."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.database import Database
from app.domain.commands import AllowedBrowser
from app.domain.errand import ErrandKind
from app.domain.greeting import greeting
from app.domain.identity import parse_phone
from app.models import HandoverCode, Message, PushSubscription, SignInCode
from app.queries.tracking.unsent import unsent
from app.services.messaging import browsers, handover_codes, messages
from app.services.staff import access
from app.worker.deliver_message import Senders, deliver_message
from app.worker.outbox import NotYet
from integrations.messages import Elsewhere, Later, Never, Outcome, OutgoingMessage
from tests.factories import DAY, KEYS, NOW, make_applicant, make_errand, make_request
from tests.factories.counter import number
from tests.fakes import FakeSms

BASE = "http://localhost:8000"


def waiting(session: Session, *where: ColumnElement[bool]) -> UUID:
    return session.scalars(select(Message.id).where(*where)).one()


@dataclass
class Told:
    """A message that waits, and what only its reader may see."""

    id: UUID
    token: str
    phone: str


@pytest.fixture
def told(committed: Database) -> Told:
    with committed.transaction() as session:
        request = make_request(session)
        messages.tell(session, request, None, "courier_on_way", NOW, f"t:{request.id}")
        message = session.scalars(select(Message).where(Message.request_id == request.id)).one()
        return Told(message.id, request.tracking_token, message.recipient or "")


def deliver(database: Database, sms: FakeSms, message_id: UUID, after: timedelta = timedelta()) -> str:
    return deliver_message(database, Senders((sms,), KEYS, BASE), message_id, NOW + after)


def row(database: Database, message_id: UUID) -> Message:
    with database.transaction() as session:
        return session.get_one(Message, message_id)


def test_a_message_goes_out_with_its_link(committed: Database, told: Told) -> None:
    sms = FakeSms()
    assert deliver(committed, sms, told.id) == "sent"
    assert sms.sent[0].to == told.phone
    assert f"{BASE}/t/{told.token}" in sms.texts[0]
    assert row(committed, told.id).sent_at == NOW


def test_the_evening_message_says_the_couriers_word_and_keeps_it_nowhere(committed: Database) -> None:
    with committed.transaction() as session:
        errand = make_errand(session)
        messages.tell_evening_before(session, DAY, NOW, KEYS, errand.office_id)
        message_id = waiting(session, Message.errand_id == errand.id)
        word = greeting(KEYS.greeting, errand.id, errand.slot_id)
    sms = FakeSms()
    assert deliver(committed, sms, message_id) == "sent"
    assert f"“{word}”" in sms.texts[0]
    assert "{word}" in row(committed, message_id).body
    assert word not in row(committed, message_id).body


def test_a_letter_goes_by_e_mail_alone_and_a_message_by_telephone_alone(committed: Database) -> None:
    with committed.transaction() as session:
        request = make_request(session, applicant=make_applicant(session, email="ba.thu@vidu.example"))
        errand = make_errand(session, request)
        messages.tell(session, request, errand, "scheduled", NOW, f"t:{request.id}", slot=messages.label(errand))
        ids = list(session.scalars(select(Message.id).where(Message.request_id == request.id)))
    sms, post = FakeSms(), FakeSms(name="email")
    for one in ids:
        assert deliver_message(committed, Senders((post, sms), KEYS, BASE), one, NOW) == "sent"
    (text,), (letter,) = sms.sent, post.sent
    assert (text.to, letter.to, text.text) == (request.applicant.phone, "ba.thu@vidu.example", letter.text)
    assert errand.slot is not None
    assert (letter.params["starts_at"], letter.params["visit"]) == (errand.slot.starts_at.isoformat(), str(errand.id))
    assert "starts_at" not in text.params


def test_without_a_server_of_e_mail_a_letter_fails_and_is_nobodys_task(committed: Database) -> None:
    with committed.transaction() as session:
        request = make_request(session, applicant=make_applicant(session, email="ba.thu@vidu.example"))
        errand = make_errand(session, request)
        messages.tell(session, request, errand, "delivered", NOW, f"t:{request.id}")
        letter = waiting(session, Message.request_id == request.id, Message.recipient == "ba.thu@vidu.example")
    sms = FakeSms()
    assert deliver(committed, sms, letter) == "failed"
    assert sms.sent == []
    with committed.transaction() as session:
        assert [row for row in unsent(session, DAY) if row[0].id == letter] == []


@dataclass
class Allowed:
    """A browser that allowed notices, and the notice that waits for it."""

    browser: UUID
    notice: UUID
    text: UUID


@pytest.fixture
def allowed(committed: Database) -> Allowed:
    with committed.transaction() as session:
        request = make_request(session)
        told_of = AllowedBrowser("https://push.example/1", "point", "secret", "ours")
        browsers.allow_for_request(session, request.id, told_of, NOW)
        messages.tell(session, request, None, "courier_on_way", NOW, f"t:{request.id}")
        mine = Message.request_id == request.id
        return Allowed(
            session.scalars(select(PushSubscription.id).where(PushSubscription.request_id == request.id)).one(),
            waiting(session, mine, Message.recipient.startswith("browser:")),
            waiting(session, mine, ~Message.recipient.startswith("browser:")),
        )


def subscription(database: Database, browser: UUID) -> PushSubscription | None:
    with database.transaction() as session:
        return session.get(PushSubscription, browser)


def test_a_notice_goes_to_the_browser_alone_with_its_keys_and_the_link(committed: Database, allowed: Allowed) -> None:
    sms, push = FakeSms(), FakeSms(name="push")
    for one in (allowed.notice, allowed.text):
        assert deliver_message(committed, Senders((push, sms), KEYS, BASE), one, NOW + timedelta(minutes=1)) == "sent"
    (notice,), (text,) = push.sent, sms.sent
    assert (notice.to, notice.text) == ("https://push.example/1", row(committed, allowed.notice).body)
    wanted = {"p256dh": "point", "auth": "secret", "server_key": "ours", "topic": str(allowed.browser)}
    assert wanted.items() <= notice.params.items()
    assert notice.params["link"] in text.text
    used = subscription(committed, allowed.browser)
    assert used is not None
    assert used.used_at == NOW + timedelta(minutes=1)


def test_a_browser_that_is_gone_is_forgotten_and_the_text_message_goes_on(
    committed: Database, allowed: Allowed
) -> None:
    sms, push = FakeSms(), FakeSms(name="push", answers=[Elsewhere("gone")])
    senders = Senders((push, sms), KEYS, BASE)
    assert deliver_message(committed, senders, allowed.notice, NOW) == "failed"
    assert row(committed, allowed.notice).error == "push: gone"
    assert subscription(committed, allowed.browser) is None
    assert deliver_message(committed, senders, allowed.text, NOW) == "sent"


def test_a_refusal_of_one_notice_ends_no_subscription(committed: Database, allowed: Allowed) -> None:
    push = FakeSms(name="push", answers=[Never("http 413")])
    assert deliver(committed, push, allowed.notice) == "failed"
    assert subscription(committed, allowed.browser) is not None


def test_whoever_wants_no_notices_any_more_gets_none(committed: Database, allowed: Allowed) -> None:
    with committed.transaction() as session:
        browsers.end(session, f"browser:{allowed.browser}")
    push = FakeSms(name="push")
    assert deliver(committed, push, allowed.notice) == "failed"
    assert push.sent == []


def test_a_second_delivery_sends_nothing(committed: Database, told: Told) -> None:
    sms = FakeSms()
    deliver(committed, sms, told.id)
    assert deliver(committed, sms, told.id) == "sent"
    assert len(sms.sent) == 1


def test_a_clock_that_was_put_back_sends_nothing_twice_and_leaves_no_message_waiting(
    committed: Database, told: Told
) -> None:
    sms = FakeSms(answers=[Later("busy")])
    with pytest.raises(NotYet):
        deliver(committed, sms, told.id, after=timedelta(hours=-1))
    assert [deliver(committed, sms, told.id, after=timedelta(hours=-1)) for _ in range(2)] == ["sent", "sent"]
    assert row(committed, told.id).state == "sent"
    assert len(sms.sent) == 1


def test_the_secret_does_not_stay_behind(committed: Database, told: Told) -> None:
    deliver(committed, FakeSms(), told.id)
    assert told.token not in row(committed, told.id).body


def test_an_operator_out_of_reach_is_asked_again_later(committed: Database, told: Told) -> None:
    sms = FakeSms(answers=[Later("busy")])
    with pytest.raises(NotYet):
        deliver(committed, sms, told.id)
    assert row(committed, told.id).state == "queued"
    assert deliver(committed, sms, told.id) == "sent"


def test_a_final_refusal_is_kept_with_the_operators_code_and_not_repeated(committed: Database, told: Told) -> None:
    sms = FakeSms(answers=[Never("108")])
    assert deliver(committed, sms, told.id) == "failed"
    assert deliver(committed, sms, told.id) == "failed"
    assert sms.sent == []
    assert row(committed, told.id).error == "fake: 108"


def test_a_message_a_day_late_is_not_sent(committed: Database, told: Told) -> None:
    sms = FakeSms()
    assert deliver(committed, sms, told.id, timedelta(hours=25)) == "failed"
    assert sms.sent == []


def test_no_transaction_is_open_while_the_operator_is_asked(committed: Database, told: Told) -> None:
    """A second connection changes the very row while the call runs: with the claim still locked it would wait for ever."""

    class Curious(FakeSms):
        def send(self, message: OutgoingMessage) -> Outcome:
            with committed.transaction() as session:
                session.get_one(Message, told.id, with_for_update={"nowait": True})
            return super().send(message)

    assert deliver(committed, Curious(), told.id) == "sent"


def test_the_hand_over_code_is_filled_in_on_the_way(committed: Database) -> None:
    with committed.transaction() as session:
        errand = make_errand(session, kind=ErrandKind.DELIVER)
        messages.tell_evening_before(session, DAY, NOW, KEYS)
        code = handover_codes.reveal(session.get_one(HandoverCode, errand.id), KEYS)
        message = waiting(session, Message.request_id == errand.request_id)
    sms = FakeSms()
    assert deliver(committed, sms, message) == "sent"
    assert f"Mã nhận {code}:" in sms.texts[0]


def test_a_code_that_ended_is_not_sent(committed: Database) -> None:
    with committed.transaction() as session:
        errand = make_errand(session, kind=ErrandKind.DELIVER)
        messages.tell_evening_before(session, DAY, NOW, KEYS)
        session.get_one(HandoverCode, errand.id).expires_at = NOW
        message = waiting(session, Message.request_id == errand.request_id)
    sms = FakeSms()
    assert deliver(committed, sms, message) == "failed"
    assert sms.sent == []


def test_a_sign_in_code_is_filled_in_on_the_way(committed: Database) -> None:
    phone = parse_phone(f"0988{number():06d}")
    with committed.transaction() as session:
        access.send_sign_in_code(session, phone, NOW, KEYS)
        code = access.sign_in_code(session.get_one(SignInCode, access.phone_mac(phone, KEYS)), phone, KEYS)
        message = waiting(session, Message.recipient == phone)
    sms = FakeSms()
    assert deliver(committed, sms, message) == "sent"
    assert code in sms.texts[0]


def test_only_the_newest_sign_in_code_is_sent(committed: Database) -> None:
    phone = parse_phone(f"0988{number():06d}")
    with committed.transaction() as session:
        access.send_sign_in_code(session, phone, NOW, KEYS)
        old = waiting(session, Message.recipient == phone)
        access.send_sign_in_code(session, phone, NOW + timedelta(seconds=30), KEYS)
    assert deliver(committed, FakeSms(), old) == "failed"
