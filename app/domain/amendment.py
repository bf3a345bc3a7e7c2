"""What of an act at a door may be put right afterwards: words about it, never where papers are or what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.operation import OperationKind


class AmendableField(StrEnum):
    RECEIVER_NAME = "receiver_name"
    RECEIVER_RELATION = "receiver_relation"
    ID_KIND = "id_kind"
    ID_LAST4 = "id_last4"
    OUTCOME = "outcome"
    NOTE = "note"


F = AmendableField
AMENDABLE: Final[Mapping[OperationKind, frozenset[AmendableField]]] = {
    OperationKind.COLLECTED: frozenset({F.NOTE}),
    OperationKind.DELIVERED: frozenset({F.RECEIVER_NAME, F.RECEIVER_RELATION, F.ID_KIND, F.ID_LAST4, F.NOTE}),
    OperationKind.NOT_DONE: frozenset({F.OUTCOME, F.NOTE}),
}
"""Label, seal, envelopes, papers and money stand as both sides signed them: what is wrong with those is an event of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """`amends`: the operation that wrote the attempt. `late`: told after the counter had taken over."""

    errand_id: UUID
    amends: str
    kind: OperationKind
    why: str
    changes: Mapping[AmendableField, str]
    by: str
    operation_id: str
    occurred_at: datetime
    now: datetime
    late: bool = False


def check_amendment(command: Amend) -> None:
    """Raises `amendment_not_allowed`, `amendment_empty` or `amendment_reason_missing`."""
    foreign = command.changes.keys() - AMENDABLE.get(command.kind, frozenset())
    if foreign or command.kind not in AMENDABLE:
        raise DomainError("amendment_not_allowed", kind="invalid", field=min(foreign, default=""))
    if not any(text.strip() for text in command.changes.values()):
        raise DomainError("amendment_empty", kind="invalid", field="note")
    if not command.why.strip():
        raise DomainError("amendment_reason_missing", kind="invalid", field="why")
