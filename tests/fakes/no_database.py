"""For an application that is only looked at, or lent to nobody at the moment."""

from __future__ import annotations

from contextlib import AbstractContextManager

from app.unit_of_work import UnitOfWork


class NoDatabase:
    """`Transactions` that fails whoever asks."""

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        raise AssertionError("nothing here asks a database")
