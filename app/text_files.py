"""Text that somebody else's program saved: UTF-8 with or without a mark, and in one sentence what it is instead."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final


class NoText(ValueError):
    """A file or an upload is no text of ours; the message goes on after its name: "is UTF-16: save it as UTF-8"."""


def read_text(path: Path | Traversable) -> str:
    """The text of an operator's file, whatever program saved it. Raises NoText."""
    return text_of(read_bytes(path))


def read_bytes(path: Path | Traversable) -> bytes:
    """What an operator's file holds. Raises NoText that says why it cannot be read."""
    try:
        return path.read_bytes()
    except IsADirectoryError:
        raise NoText("cannot be read: it is a folder, name the file in it") from None
    except PermissionError:
        raise NoText("cannot be read: give this program's account the right to") from None
    except OSError as error:
        raise NoText(f"cannot be read: {error.strerror}") from None


FEW: Final = 4  # in UTF-16 every other byte of plain letters is a NUL
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")  # its byte order marks: what a spreadsheet calls "Unicode text"


def text_of(raw: bytes, *, strays: bool = False) -> str:
    """UTF-8; a byte order mark, which spreadsheets write, is forgiven. Raises NoText.

    `strays`: a few NULs are let through, to a reader that names the line they stand in.
    """
    if raw.startswith(UTF_16):
        raise NoText("is UTF-16: save it as UTF-8 (a table: as CSV UTF-8)")
    if raw.count(b"\0") * FEW > (len(raw) if strays else 0):
        raise NoText("holds NUL bytes, so it is UTF-16 or no text at all: save it as UTF-8 (a table: as CSV UTF-8)")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoText(f"is not UTF-8 at byte {error.start}: save it as UTF-8 (a table: as CSV UTF-8)") from None
