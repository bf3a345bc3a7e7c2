"""Letters by SMTP, against a real server on loopback with TLS."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from integrations.messages import Later, MessageTaken, Never, Outcome, OutgoingMessage
from integrations.messages.mail import Mail, MailServer, Security, letter_of
from tests.fakes.mail import PASSWORD, USER, PostBox, post_office
from tests.integrations.conftest import Authority

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
LINK = "https://tannha.example/t/W8mWw0mQ4Zk"
TEXT = f"Tận Nhà: bưu tá đến “sáng mai” & <đúng giờ>. {LINK}"
TIMES = {"starts_at": "2026-12-01T07:00:00+07:00", "ends_at": "2026-12-01T11:30:00+07:00"}
PARAMS = {"reference": "TN-4C7H2M", "link": LINK, "visit": "v-1", "revision": "3", **TIMES}
MESSAGE = OutgoingMessage("m-1", "ba.thu@vidu.example", TEXT, "booked", PARAMS)


def sent(
    box: PostBox, authority: Authority, security: Security = "tls", message: OutgoingMessage = MESSAGE, **given: Any
) -> Outcome:
    server = MailServer(
        "127.0.0.1", box.port, "Tận Nhà <tannha@vidu.example>", security, ca_file=authority.pem, timeout_s=5
    )
    return Mail(replace(server, **given), lambda: NOW).send(message)


def part(letter: EmailMessage, kind: str) -> str:
    found = next(one for one in letter.walk() if one.get_content_type() == kind)
    content = found.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_letter_arrives_over_tls_with_a_plain_and_an_html_part(authority: Authority, security: Security) -> None:
    with post_office(authority.context, starttls=security == "starttls") as box:
        answer = sent(box, authority, security)
    (letter,) = box.letters
    assert answer == MessageTaken("<m-1@vidu.example>") == MessageTaken(letter["Message-ID"])
    assert (letter["To"], letter["Subject"]) == ("ba.thu@vidu.example", "Tận Nhà: TN-4C7H2M")
    assert (letter["Auto-Submitted"], letter["Date"].datetime) == ("auto-generated", NOW)
    assert part(letter, "text/plain").strip() == TEXT
    assert f'&amp; &lt;đúng giờ&gt;. <a href="{LINK}">{LINK}</a>' in part(letter, "text/html")


def test_a_letter_that_names_a_time_has_it_for_the_calendar() -> None:
    (event,) = Calendar.from_ical(part(letter_of(MESSAGE, "a@b.example", NOW), "text/calendar")).events
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("v-1", 3, "CONFIRMED")
    assert event.start == datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
    assert event.end - event.start == timedelta(hours=4, minutes=30)


def test_a_visit_that_is_off_leaves_the_calendar() -> None:
    off = replace(MESSAGE, params={**PARAMS, "entry": "withdrawn"})
    calendar = Calendar.from_ical(part(letter_of(off, "a@b.example", NOW), "text/calendar"))
    assert (calendar["METHOD"], calendar.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")


@pytest.mark.parametrize("entry", [{}, {"entry": "withdrawn"}], ids=["told", "off"])
def test_an_entry_says_how_it_is_read_what_it_does_and_whose_it_is(entry: dict[str, str]) -> None:
    message = replace(MESSAGE, params={**PARAMS, **entry})
    letter = letter_of(message, "Tận Nhà <tannha@vidu.example>", NOW)
    (attached,) = letter.iter_attachments()
    calendar = Calendar.from_ical(attached.get_content())
    assert calendar.events[0]["SUMMARY"] == "Tận Nhà: TN-4C7H2M"
    assert attached.get_param("method") == calendar["METHOD"]
    assert calendar.events[0]["ORGANIZER"] == "mailto:tannha@vidu.example"


def test_a_letter_without_a_time_has_no_attachment() -> None:
    bare = replace(MESSAGE, params={"reference": "TN-4C7H2M"})
    assert {one.get_content_type() for one in letter_of(bare, "a@b.example", NOW).walk()} == {
        "multipart/alternative", "text/plain", "text/html",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("550 no such box", Never("smtp 550")),
        ("501 what is that", Never("smtp 501")),
        ("553 not a name", Never("smtp 553")),
        ("450 come back", Later("smtp 450")),
        ("554 we know you not", Later("smtp 554")),
    ],
)
def test_what_a_server_refuses_about_a_recipient_is_that_letters_alone(
    authority: Authority, said: str, answer: Outcome
) -> None:
    with post_office(authority.context) as box:
        box.refusal = said
        assert sent(box, authority) == answer


@pytest.mark.parametrize(("said", "answer"), [("552 too large", Never("smtp 552")), ("451 later", Later("smtp 451"))])
def test_a_letter_may_be_refused_at_its_end(authority: Authority, said: str, answer: Outcome) -> None:
    with post_office(authority.context) as box:
        box.at_the_end = said
        assert sent(box, authority) == answer


@pytest.mark.parametrize(
    ("said", "told"), [("", "ok"), ("550 no such box", "rejected"), ("450 come back", "unavailable")]
)
def test_a_delivery_is_counted_as_a_call_to_outside(
    authority: Authority, told_of_calls: list[tuple[str, str]], said: str, told: str
) -> None:
    with post_office(authority.context) as box:
        box.refusal = said or None
        sent(box, authority)
    assert told_of_calls == [("email", told)]


def test_a_server_that_is_away_is_counted_too(authority: Authority, told_of_calls: list[tuple[str, str]]) -> None:
    with post_office(authority.context) as box:
        sent(box, authority, ca_file=None)
    assert told_of_calls == [("email", "unavailable")]


def test_the_account_signs_in_and_a_wrong_password_gives_up_no_letter(authority: Authority) -> None:
    with post_office(authority.context, starttls=True, known=True) as box:
        assert sent(box, authority, "starttls", user=USER, password=lambda: "wrong") == Later("smtp 535")
        assert isinstance(sent(box, authority, "starttls", user=USER, password=lambda: PASSWORD), MessageTaken)
    assert len(box.letters) == 1


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(authority: Authority) -> None:
    with post_office(authority.context) as box:
        assert sent(box, authority, ca_file=None) == Later("away")
    assert box.letters == []


def test_a_server_without_starttls_gets_nothing(authority: Authority) -> None:
    with post_office(None) as box:
        assert sent(box, authority, "starttls") == Later("smtp no tls")
    assert box.letters == []


def test_a_server_that_is_away_is_asked_later(authority: Authority) -> None:
    with post_office(None) as box:
        port = box.port
    assert sent(PostBox(port=port), authority) == Later("away")


@pytest.mark.parametrize("to", ["a@b@c", "a@b\r\nBcc: x@y", "a b@c.example", "a@", "<a@b.example>"])
def test_what_is_no_address_is_written_to_nobody(to: str) -> None:
    with pytest.raises(ValueError, match="neither a telephone"):
        OutgoingMessage("m-1", to, "x")


@pytest.mark.parametrize("to", ["ba.thu@vidu.example", "o'brien+1@vidu.example"])
def test_the_recipient_is_who_was_named(authority: Authority, to: str) -> None:
    with post_office(authority.context) as box:
        assert isinstance(sent(box, authority, message=replace(MESSAGE, to=to)), MessageTaken)
    assert box.recipients == [to]


@pytest.mark.parametrize(
    "to", ["ten@gmail..com", "nguyễn@gmail.com", "a[b]@x.vn", "a(b)@x.vn", "=?utf-8?q?b?=@x.vn", "a@thư.example"]
)
def test_what_would_be_read_as_another_address_is_sent_to_nobody(authority: Authority, to: str) -> None:
    with post_office(authority.context) as box:
        assert sent(box, authority, message=replace(MESSAGE, to=to)) == Never("address")
    assert box.recipients == []


def test_an_address_is_in_no_repr() -> None:
    assert "vidu" not in repr(MESSAGE)
