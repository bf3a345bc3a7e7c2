"""What is asked for when a person's rows are to be deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TextDecision:
    """What becomes of one text in somebody's own words: `redacted` None deletes it whole."""

    table: str
    column: str
    row: str
    redacted: str | None = None

    @property
    def key(self) -> str:
        return f"{self.table}.{self.column}.{self.row}"


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """`applicants`: whom a person has ticked as one; `helped`: requests of others in which this person is the helper."""

    applicants: tuple[UUID, ...]
    by: str
    now: datetime
    legal_basis: str
    helped: tuple[UUID, ...] = ()
    texts: tuple[TextDecision, ...] = ()
