import io
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.messages import Console, MessageChannel, OutgoingMessage, masked

MESSAGE = OutgoingMessage("m-1", "0900 000 123", "Mã của ông/bà là 482913")


def test_the_demo_reads_the_text_in_a_file_of_its_own_and_the_console_tells_where(tmp_path: Path) -> None:
    screen, outbox = io.StringIO(), tmp_path / "sms"
    sender = Console(screen, outbox)
    sender.send(MESSAGE)
    sender.send(replace(MESSAGE, reference="m-2"))
    assert outbox.read_text() == "[SMS → •••123] Mã của ông/bà là 482913\n" * 2
    assert outbox.stat().st_mode & 0o777 == 0o600
    assert screen.getvalue() == f"[SMS → •••123]: its text is in {outbox}\n" * 2


def test_the_log_tells_neither_the_number_nor_the_code(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Console().send(MESSAGE)
    assert "m-1" in caplog.text
    assert "482913" not in caplog.text
    assert "0900" not in caplog.text


def test_the_same_reference_twice_is_one_message() -> None:
    screen = io.StringIO()
    sender: MessageChannel = Console(screen)
    assert sender.send(MESSAGE) == sender.send(MESSAGE)
    assert screen.getvalue().count("[SMS") == 1


def test_a_message_shows_neither_number_nor_text_in_its_repr() -> None:
    assert repr(MESSAGE) == "OutgoingMessage(reference='m-1', to='•••123')"


@pytest.mark.parametrize("to", ["", "abc", "12", "0900 000 12x"])
def test_a_wrong_number_is_refused_by_field(to: str) -> None:
    with pytest.raises(ValueError, match=r"^to:"):
        OutgoingMessage("m", to, "x")


def test_an_empty_text_is_refused_by_field() -> None:
    with pytest.raises(ValueError, match=r"^text:"):
        OutgoingMessage("m", "0900000001", "  ")


def test_a_masked_number_calls_nobody() -> None:
    assert masked("+84 900 000 123") == "•••123"
