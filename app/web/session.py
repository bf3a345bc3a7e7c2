"""What a view needs of the application: one transaction, the time, settings, keys, the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from flask import Flask, current_app, g
from flask_babel import get_locale

from app.clock import Clock
from app.config import Keys, Settings
from app.unit_of_work import UnitOfWork

_NAME = "tannha"


class Transactions(Protocol):
    """`app.database.Database`, or a test's outer transaction."""

    def transaction(self) -> AbstractContextManager[UnitOfWork]: ...


@dataclass(frozen=True, slots=True)
class WebContext:
    """All that the web knows of the world outside the request."""

    settings: Settings
    database: Transactions
    clock: Clock
    keys: Keys


def init_context(app: Flask, web_context: WebContext) -> None:
    app.extensions[_NAME] = web_context


def context() -> WebContext:
    return cast("WebContext", current_app.extensions[_NAME])


@contextmanager
def transaction() -> Iterator[UnitOfWork]:
    """One short transaction: committed at the end, rolled back on any error."""
    with context().database.transaction() as session:
        yield session


def now() -> datetime:
    """The same moment for the whole request."""
    if "now" not in g:
        g.now = context().clock.now()
    return cast("datetime", g.now)


def wall() -> datetime:
    """The same, by the clock on the wall: for sessions and tries, which no demonstration shifts."""
    if "wall" not in g:
        g.wall = context().clock.wall()
    return cast("datetime", g.wall)


def clock() -> Clock:
    return context().clock


def settings() -> Settings:
    return context().settings


def keys() -> Keys:
    return context().keys


def language() -> str:
    locale = get_locale()
    return locale.language if locale else "vi"
