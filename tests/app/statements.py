"""What a page or a service asks the database, statement by statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """Their texts, as they come, without what is bound."""
    told: list[str] = []

    def note(*call: Any) -> None:
        told.append(call[2])

    event.listen(session.connection(), "before_cursor_execute", note)
    yield told
    event.remove(session.connection(), "before_cursor_execute", note)
