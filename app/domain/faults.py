"""Gather every fault of one input before saying no: a form that names them one at a time is filled in five times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import DomainError, DomainErrors


class Faults:
    """`with faults.gathered(): check(…)` as often as needed, then `faults.refuse()`."""

    def __init__(self) -> None:
        self.found: list[DomainError] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        try:
            yield
        except DomainErrors as several:
            self.found.extend(several.errors)
        except DomainError as one:
            self.found.append(one)

    def add(self, error: DomainError) -> None:
        self.found.append(error)

    def refuse(self) -> None:
        """Raise the one fault itself, several as `DomainErrors`; nothing when there is none."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise DomainErrors(self.found)
