"""A backup on its way through age (https://age-encryption.org): encrypted to a public key while it is written, read back
with the identity that is kept elsewhere. A pipe and a thread: neither the whole nor a plain copy of it lies anywhere.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyrage

from app.config import SettingsError
from app.text_files import NoText, read_text

MAGIC: Final = b"age-encryption.org/"
IDENTITY_PREFIX: Final = "AGE-SECRET-KEY-"


class Undecryptable(Exception):
    """What comes out of the pipe can't be decrypted: another key, a changed byte, or the end is missing."""


def make_identity(file: Path) -> str:
    """A new key pair: the identity into `file` (0600, to be kept apart), the recipient for TANNHA_BACKUP_RECIPIENT."""
    identity = pyrage.x25519.Identity.generate()
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise SettingsError(f"{file} exists: an identity is never overwritten, name another file.") from None
    with os.fdopen(descriptor, "w") as out:
        out.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def recipients_of(text: str) -> list[Any]:
    """`age1…`, several with commas, or `file:` with one a line. Raises SettingsError."""
    if text.startswith("file:"):
        text = _read(Path(text.removeprefix("file:"))).replace("\n", ",")
    found = [part.strip() for part in text.split(",") if part.strip() and not part.strip().startswith("#")]
    try:
        return [pyrage.x25519.Recipient.from_str(part) for part in found]
    except pyrage.RecipientError:
        raise SettingsError(
            "TANNHA_BACKUP_RECIPIENT is no public key of age (age1…): `tannha backup --make-identity FILE` makes a pair."
        ) from None


def identities_of(file: Path) -> list[Any]:
    """The secret half, from a file as `age-keygen` or `--make-identity` writes it. Raises SettingsError."""
    lines = [line.strip() for line in _read(file).splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith(IDENTITY_PREFIX)]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise SettingsError(f"{file} holds no identity of age: it has a line that begins with {IDENTITY_PREFIX}1.")
    return found


def _read(file: Path) -> str:
    try:
        return read_text(file)
    except NoText as fault:
        raise SettingsError(f"{file} {fault}.") from None


@contextmanager
def sealing(out: BinaryIO, recipients: Sequence[Any]) -> Iterator[BinaryIO]:
    """What is written into the given file arrives in `out` encrypted."""
    plain, entry = _pipe()
    with _beside(lambda: pyrage.encrypt_io(plain, out, recipients), plain), entry:
        yield entry


@contextmanager
def opening(sealed: BinaryIO, identities: Sequence[Any]) -> Iterator[BinaryIO]:
    """What is read from the given file is `sealed`, decrypted. Raises Undecryptable at the end, at the latest."""
    exit_end, plain = _pipe()

    def decrypt() -> None:
        try:
            pyrage.decrypt_io(sealed, plain, identities)
        except BrokenPipeError:
            raise
        except (pyrage.DecryptError, OSError) as error:
            raise Undecryptable(str(error)) from error

    with _beside(decrypt, plain), exit_end:
        yield exit_end
        while exit_end.read(1 << 20):  # to the end: the last piece says that nothing was cut off
            pass


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    reader, writer = os.pipe()
    return os.fdopen(reader, "rb"), os.fdopen(writer, "wb")


@contextmanager
def _beside(work: Callable[[], None], end: BinaryIO) -> Iterator[None]:
    """Run `work` in a thread that closes its `end` of the pipe; its error is raised when both are done."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 (raised again below, in the thread that asked)
            failed.append(error)
        finally:
            try:
                end.close()
            except OSError as error:
                failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    except BaseException:
        thread.join()
        if failed and not isinstance(failed[0], BrokenPipeError):
            raise failed[0] from None
        raise
    thread.join()
    if failed:
        raise failed[0]
