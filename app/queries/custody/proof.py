"""What proves each visit, and whether it has arrived: "proof pending" until every hash is here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.operation import FileKind, OperationKind
from app.models import FileUse, Operation, StoredFile

Arrival = Literal["arrived", "pending", "deleted"]
ARRIVAL: Mapping[str | None, Arrival] = {"whole": "arrived", "stored": "arrived", "deleted": "deleted"}


@dataclass(frozen=True, slots=True)
class ProofFile:
    """Looked at under `/tep/<sha256>`, by whom it concerns."""

    sha256: str
    kind: FileKind
    arrival: Arrival
    desk_id: int | None  # set: this desk only may look


@dataclass(frozen=True, slots=True)
class VisitProof:
    """One operation of one errand; its attempt has the same operation id."""

    operation_id: UUID
    kind: OperationKind
    occurred_at: datetime  # by our clock
    files: list[ProofFile] = field(default_factory=list)

    @property
    def pending(self) -> bool:
        return any(file.arrival == "pending" for file in self.files)


def proof_of(session: Session, errand_ids: Collection[UUID]) -> Mapping[UUID, Sequence[VisitProof]]:
    """By errand, in the order in which things happened; one statement for any number of errands."""
    rows = session.execute(
        select(Operation, FileUse, StoredFile.state)
        .join(FileUse, FileUse.operation_id == Operation.id)
        .outerjoin(StoredFile, StoredFile.sha256 == FileUse.sha256)
        .where(FileUse.errand_id.in_(errand_ids))
        .order_by(Operation.corrected_at, Operation.seq, FileUse.id)
    )
    proofs: dict[UUID, VisitProof] = {}
    found: dict[UUID, list[VisitProof]] = defaultdict(list)
    for operation, use, state in rows:
        assert use.errand_id is not None  # asked for by errand
        if operation.id not in proofs:
            proofs[operation.id] = VisitProof(operation.id, operation.kind, operation.corrected_at)
            found[use.errand_id].append(proofs[operation.id])
        file = ProofFile(use.sha256, use.kind, ARRIVAL.get(state, "pending"), use.desk_id)
        proofs[operation.id].files.append(file)
    return found
