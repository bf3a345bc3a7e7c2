"""Lines of the log: one an event, as text or JSON, with what they belong to, quoting nobody."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys

import pytest
from structlog.contextvars import bound_contextvars

from app.config import LOG_FORMS
from app.domain.errors import DomainError
from app.watching import logs
from integrations.errors import Rejected

SECRET = "0900 000 001 of Nguyễn Thử"


def fail() -> None:
    raise ValueError(SECRET)


def record(message: str = "told", error: BaseException | None = None, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("tannha.web", logging.ERROR, "x.py", 1, message, (), None)
    made.exc_info = (type(error), error, error.__traceback__) if error is not None else None
    vars(made).update(fields)
    return made


def failed() -> BaseException:
    with pytest.raises(ValueError, match="0900") as caught:
        fail()
    return caught.value


@pytest.mark.parametrize("form", LOG_FORMS)
def test_an_event_is_one_line_whatever_stands_in_it(form: str) -> None:
    line = logs.formatter(form).format(record("a\nb\r\x1b[31mc", failed()))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


@pytest.mark.parametrize("form", LOG_FORMS)
def test_an_error_is_told_by_kind_and_place_and_quotes_nobody(form: str) -> None:
    line = logs.formatter(form).format(record(error=failed()))
    assert "ValueError at " in line
    assert "test_logs.py:" in line
    assert SECRET not in line
    assert "Nguyễn" not in line


def test_what_it_came_from_is_told_too() -> None:
    try:
        try:
            fail()
        except ValueError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError as error:
        line = logs.told(error)
    assert line.startswith("RuntimeError at ")
    assert "; from ValueError at " in line
    assert SECRET not in line


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DomainError("slot_full", name=SECRET), "DomainError (slot_full)"),
        (Rejected("esms", "answered 400", said=SECRET), "Rejected (esms: answered 400)"),
        (OSError(28, "No space left on device", SECRET), "OSError (No space left on device)"),
        (KeyError(SECRET), "KeyError"),
    ],
)
def test_only_words_of_ours_and_of_the_system_are_kept(error: BaseException, said: str) -> None:
    assert logs.told(error) == f"{said} at -"


def test_json_has_a_field_for_each_fact_and_none_that_a_library_added() -> None:
    with bound_contextvars(request="abc-12345", job=7):
        line = logs.formatter("json").format(record("GET / 200", method="GET", status=200, job_args=SECRET))
    told = json.loads(line)
    assert told.pop("time").endswith("Z")
    assert told == {
        "event": "GET / 200", "request": "abc-12345", "job": 7, "level": "error", "logger": "tannha.web",
        "method": "GET", "status": 200,
    }  # fmt: skip


def test_text_ends_with_the_request_it_belongs_to() -> None:
    with bound_contextvars(request="abc-12345"):
        line = logs.formatter("text").format(record("GET / 200"))
    assert line.endswith(" ERROR tannha.web GET / 200 request=abc-12345")


def test_who_works_on_the_code_sees_the_whole_traceback() -> None:
    told = logs.formatter("text", frames=True).format(record(error=failed()))
    assert "Traceback (most recent call last)" in told
    assert SECRET in told


@pytest.mark.parametrize(("level", "heard"), [("info", ["i", "w"]), ("warning", ["w"]), ("debug", ["d", "i", "w"])])
def test_the_level_is_of_our_lines_and_others_are_heard_when_they_warn(level: str, heard: list[str]) -> None:
    program = (
        f"import logging; from app.watching import logs; logs.set_up('text', {level!r}); ours = logging.getLogger('app.x');"
        "ours.debug('d'); ours.info('i'); ours.warning('w'); logging.getLogger('theirs').info('t')"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert [line.split()[-1] for line in done.stderr.splitlines()] == heard


def test_a_program_that_has_set_up_its_own_log_keeps_it() -> None:
    before = list(logging.getLogger().handlers)
    assert before  # pytest's
    logs.set_up("json", "debug")
    assert logging.getLogger().handlers == before
