"""Hears every log record, whatever its logger's handlers, and the words of programs."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

LINE: Final = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")  # as app.web.trace writes it
_OF_EVERY_RECORD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def spoken(record: logging.LogRecord) -> str:
    """The record as a log may show it: line, exception, stack and whatever `extra` it carries."""
    extra = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
    line = LINE.format(record)
    return f"{line} {extra!r}" if extra else line


@dataclass(slots=True)
class _Followed:
    source: str
    file: BinaryIO
    rest: bytes = b""


@dataclass(slots=True)
class Ear:
    """What was said since the last look, by source; a program's whole story is kept for the last look."""

    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    followed: dict[Path, _Followed] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def record(self, record: logging.LogRecord) -> None:
        self.hear(f"logger {record.name}", spoken(record))

    def hear(self, source: str, text: str) -> None:
        with self.lock:
            self.said[source].append(text)

    def follow(self, source: str, path: Path) -> None:
        with self.lock:
            if path not in self.followed:
                path.touch()
                self.followed[path] = _Followed(source, path.open("rb"))

    def take(self, *, everything: bool = False) -> Mapping[str, str]:
        """What each source said since the last `take`; `everything`: of followed programs from their beginning."""
        with self.lock:
            taken = {source: "\n".join(texts) for source, texts in self.said.items()}
            self.said.clear()
            for source, text in self._read(everything=everything):
                taken[source] = taken.get(source, "") + text
        return taken

    def _read(self, *, everything: bool) -> Iterator[tuple[str, str]]:
        for one in self.followed.values():
            if everything:
                one.file.seek(0)
                one.rest = b""
            whole, newline, one.rest = (one.rest + one.file.read()).rpartition(b"\n")
            if everything:  # a last line without its end is said, too
                whole, one.rest = whole + newline + one.rest, b""
            if whole:
                yield one.source, whole.decode(errors="replace") + "\n"

    def close(self) -> None:
        for one in self.followed.values():
            one.file.close()
        self.followed.clear()


def listen(ear: Ear) -> None:
    """From now on `ear` hears every record of this process, at the levels of a talkative installation."""
    handled = logging.Logger.callHandlers

    def call_handlers(self: logging.Logger, record: logging.LogRecord) -> None:
        ear.record(record)
        handled(self, record)

    logging.Logger.callHandlers = call_handlers  # type: ignore[method-assign]  # a handler would miss loggers that don't propagate
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)  # its statements are for a developer's own machine
    for theirs in ("werkzeug", "oidc_provider_mock"):  # the other side, which the tests play: not our words
        logging.getLogger(theirs).setLevel(logging.WARNING)
    for ours in ("app", "integrations", "routing", "tannha"):
        logging.getLogger(ours).setLevel(logging.DEBUG)
