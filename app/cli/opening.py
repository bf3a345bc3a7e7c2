"""Opens the database for one command and closes it behind it, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.config import Settings
from app.database import Database, check_reachable, connect, connect_as_owner


@contextmanager
def opened(settings: Settings, *, as_owner: bool = False) -> Iterator[Database]:
    """Raises SettingsError, one sentence, when the database does not answer."""
    database = connect_as_owner(settings) if as_owner else connect(settings)
    try:
        check_reachable(database.engine)
        yield database
    finally:
        database.engine.dispose()
