"""Our letters against a server of SMTP that the sandbox plays, and how a person reads them."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from integrations.messages import Later, MessageTaken, Never, OutgoingMessage
from integrations.messages.mail import Mail, MailServer
from integrations.sandbox.faults import LETTER_LATER, NO_SUCH_BOX, UNDELIVERED
from integrations.sandbox.letters import LetterBox
from integrations.sandbox.program import Program, SandboxSettings
from integrations.sandbox.state import rows
from tests.fakes.mail import free_port

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
VISIT = {
    "reference": "TN-7F3K9",
    "visit": "v-1",
    "revision": "2",
    "starts_at": "2026-12-01T08:00:00+07:00",
    "ends_at": "2026-12-01T10:00:00+07:00",
}
LETTER = OutgoingMessage("m-1", "ba.thu@vidu.example", "Tận Nhà: bưu tá đến lúc 8 giờ.", "scheduled", VISIT)


@pytest.fixture
def played(tmp_path: Path) -> Program:
    return Program(SandboxSettings(folder=tmp_path, port=1, clock=lambda: NOW))


@pytest.fixture
def mail(played: Program) -> Iterator[Mail]:
    server = LetterBox(played.state, played.faults, lambda: NOW).open(free_port())
    yield Mail(MailServer("127.0.0.1", server.port, "bot@vidu.example", "none"), lambda: NOW)
    server.stop()


def page(played: Program) -> str:
    return played.app().test_client().get("/_sandbox/telephone").get_data(as_text=True)


def test_a_letter_is_read_beside_the_messages_with_what_it_does_to_the_calendar(played: Program, mail: Mail) -> None:
    assert isinstance(mail.send(LETTER), MessageTaken)
    read = page(played)
    for words in (LETTER.to, "Tận Nhà: TN-7F3K9", LETTER.text, "thư điện tử", "Ghi vào lịch: 08:00–10:00, 01/12"):
        assert words in read
    assert "Rút khỏi lịch" not in read
    mail.send(replace(LETTER, reference="m-2", params={**VISIT, "entry": "withdrawn", "revision": "3"}))
    assert "Rút khỏi lịch: 08:00–10:00, 01/12" in page(played)


def test_a_letter_without_a_time_has_no_entry(played: Program, mail: Mail) -> None:
    mail.send(replace(LETTER, params={"reference": "TN-7F3K9"}))
    assert LETTER.text in page(played)
    assert "Ghi vào lịch" not in page(played)


def test_no_box_is_for_good_and_later_is_for_later(played: Program, mail: Mail) -> None:
    played.faults.set({NO_SUCH_BOX: 1.0})
    assert mail.send(LETTER) == Never("smtp 550")
    played.faults.set({NO_SUCH_BOX: 0.0, LETTER_LATER: 1.0})
    assert mail.send(LETTER) == Later("smtp 451")
    assert held(played) == []
    played.faults.set({LETTER_LATER: 0.0})
    assert isinstance(mail.send(LETTER), MessageTaken)
    assert held(played) == [(LETTER.to, "delivered")]


def test_what_becomes_of_a_text_message_is_nothing_to_a_letter(played: Program, mail: Mail) -> None:
    played.faults.set({UNDELIVERED: 1.0})
    mail.send(LETTER)
    assert played.operators.step() == 0
    assert held(played) == [(LETTER.to, "delivered")]


@pytest.mark.parametrize("calendar", ["BEGIN:NONSENSE", "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"])
def test_a_letter_whose_calendar_is_none_is_refused(played: Program, mail: Mail, calendar: str) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Message-ID"] = "bot@vidu.example", LETTER.to, "<m-1@vidu.example>"
    letter.set_content("Tận Nhà")
    letter.add_attachment(calendar, subtype="calendar")
    with smtplib.SMTP("127.0.0.1", mail._server.port) as smtp, pytest.raises(smtplib.SMTPDataError, match="554"):
        smtp.send_message(letter)
    assert held(played) == []


def test_the_program_takes_letters_while_it_serves(tmp_path: Path) -> None:
    program = Program(
        SandboxSettings(folder=tmp_path, port=free_port(), clock=lambda: NOW, mail_port=(port := free_port()))
    )
    with program._taking_letters(), smtplib.SMTP("127.0.0.1", port) as smtp:
        assert smtp.noop()[0] == 250
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", port)


def held(played: Program) -> list[tuple[str, str]]:
    with played.state.open() as db:
        return [(row["phone"], row["state"]) for row in rows(db, "select phone, state from sms order by number")]
