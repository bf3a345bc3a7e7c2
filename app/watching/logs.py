"""Lines of the log: one an event, as text or as JSON, with the request and the job that it belongs to.

An error is told by its kind and its places; its own words only where they are ours, for a stranger's may quote a person.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

OURS: Final = ("app", "integrations", "routing", "tannha")
FIELDS: Final = ("method", "rule", "status", "ms", "who", "task", "outcome", "service")  # of the lines that have any
MOST_PLACES: Final = 8
SAFE: Final = ("app.config.reading", "app.domain.errors", "integrations.errors")  # whose errors name no person, ever
_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(32), 127)} | {10: "\\n", 13: "\\r", 9: " "}


class _Handler(logging.StreamHandler[Any]):
    """Ours, to be known again: a program that has set up its own log keeps it."""


def set_up(form: str, level: str, *, frames: bool = False) -> None:
    """On standard error. `frames`: with whole tracebacks, for the eyes of who works on the code."""
    root = logging.getLogger()
    if any(not isinstance(handler, _Handler) for handler in root.handlers):
        return
    handler = _Handler(sys.stderr)
    handler.setFormatter(formatter(form, frames=frames))
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())


def formatter(form: str, *, frames: bool = False) -> logging.Formatter:
    """Of every record, whoever's it is."""
    begins: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    ends: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        _with_frames if frames else _with_places,
    ]
    if form == "json":
        begins.append(structlog.stdlib.ExtraAdder(allow=FIELDS))
        ends += [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    else:
        ends.append(_as_text)
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=begins, processors=ends)


def told(error: BaseException) -> str:
    """`ValueError at app/a.py:7 < app/b.py:9; from …`: what went wrong and where, in a line that quotes nobody."""
    return "; from ".join(f"{_named(one)} at {_places(one)}" for one in chain(error))


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def words(error: BaseException) -> str:
    """What the error says, as far as it can quote nobody: our own sentences, and codes of the database and the system."""
    kind = type(error)
    if any(base.__module__ in SAFE for base in kind.__mro__):
        return str(error).translate(_CONTROLS)
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return state
    return (error.strerror or "") if isinstance(error, OSError) else ""


def _named(error: BaseException) -> str:
    said = words(error)
    return f"{type(error).__name__} ({said})" if said else type(error).__name__


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-MOST_PLACES:]
    return " < ".join(f"{_short(frame.filename)}:{frame.lineno}" for frame in reversed(frames)) or "-"


def _short(path: str) -> str:
    """As the package has it, whatever folder it lies in."""
    for root in ("/site-packages/", *(f"/{name}/" for name in OURS)):
        before, found, rest = path.rpartition(root)
        if found:
            return rest if root == "/site-packages/" else f"{root.strip('/')}/{rest}" if before else path
    return path


def _error_of(event: EventDict) -> BaseException | None:
    given = event.pop("exc_info", None)
    found = given[1] if isinstance(given, tuple) else given
    return found if isinstance(found, BaseException) else None


def _with_places(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    error = _error_of(event)
    if error is not None:
        event["error"] = told(error)
    return event


def _with_frames(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    error = _error_of(event)
    if error is not None:
        event["frames"] = "".join(traceback.format_exception(error)).rstrip()
    return event


def _as_text(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    frames = event.pop("frames", None)
    parts = [event.pop("time"), event.pop("level").upper(), event.pop("logger"), str(event.pop("event"))]
    parts += [f"{name}={value}" for name, value in event.items()]
    line = " ".join(parts).translate(_CONTROLS)
    return f"{line}\n{frames}" if frames else line
