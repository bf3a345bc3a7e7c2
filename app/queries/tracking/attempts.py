"""What each visit left: the outcome by both clocks, who received (masked), the envelopes with their seals, the files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, selectinload

from app.domain.amendment import AmendableField
from app.domain.outcome import DONE
from app.models import Attempt, CustodyEvidence, Errand, Operation, OutcomeCode, Parcel
from app.queries.custody.proof import ProofFile, VisitProof, proof_of
from app.queries.tracking.amendments import AmendmentRecord, amendments_of


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who took the result. `initials` instead of the name: the name is read in the evidence, not on a screen."""

    initials: str
    relation: str
    id_kind: str
    id_last4: str


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One attempt, as it was written. `label` None: done. `phone_at` and `offset_ms` only where a phone told it."""

    id: int
    number: int
    label: str | None
    occurred_at: datetime
    received_at: datetime
    phone_at: datetime | None
    offset_ms: int | None
    code: str | None
    code_tries: int  # how many codes the phone checked; 0: it did not tell
    receiver: Receiver | None
    parcels: Sequence[tuple[str, str]]  # code and seal of the envelopes that changed hands
    files: Sequence[ProofFile]
    amendments: Sequence[AmendmentRecord]
    citizen_text: str = ""  # why not, as the citizen reads it
    read_aloud: bool = False  # slip and consent, to who gave a thumbprint
    against_named: str = ""  # "named" | "other": against who was named beforehand to receive

    @property
    def receiver_relation(self) -> str:
        """As it was put right last."""
        said = [self.receiver.relation if self.receiver else ""]
        said += [one.changes.get(AmendableField.RECEIVER_RELATION, "") for one in self.amendments]
        return next((relation for relation in reversed(said) if relation), "")

    @property
    def pending(self) -> bool:
        return any(file.arrival == "pending" for file in self.files)


def visits_of(session: Session, errands: Sequence[Errand]) -> Mapping[UUID, list[AttemptRecord]]:
    """By errand, oldest first; a handful of statements for any number of errands."""
    ids = [errand.id for errand in errands]
    attempts = [attempt for errand in errands for attempt in errand.attempts]
    outcomes = _outcomes(session, attempts)
    told = _AttemptFacts(
        operations=_operations(session, attempts),
        proofs=proof_of(session, ids),
        labels={key: row.label for key, row in outcomes.items()},
        texts={key: row.citizen_text for key, row in outcomes.items()},
        receivers=_receivers(session, attempts),
        parcels=_parcels(session, ids),
        amendments=amendments_of(session, ids),
    )
    return {errand.id: [told.visit(attempt) for attempt in errand.attempts] for errand in errands}


@dataclass(frozen=True, slots=True)
class _AttemptFacts:
    operations: Mapping[str, Operation]
    proofs: Mapping[UUID, Sequence[VisitProof]]
    labels: Mapping[tuple[str, int], str]
    texts: Mapping[tuple[str, int], str]
    receivers: Mapping[str, Mapping[str, Any]]
    parcels: Mapping[UUID, Sequence[Parcel]]
    amendments: Mapping[str, Sequence[AmendmentRecord]]

    def visit(self, attempt: Attempt) -> AttemptRecord:
        operation = self.operations.get(attempt.operation_id)
        done = attempt.outcome == DONE
        return AttemptRecord(
            id=attempt.id,
            number=attempt.number,
            label=None if done else self.labels.get((attempt.outcome, attempt.outcome_version), attempt.outcome),
            occurred_at=attempt.occurred_at,
            received_at=attempt.received_at,
            phone_at=operation.occurred_at if operation else None,
            offset_ms=operation.offset_ms if operation else None,
            code=attempt.evidence.get("proof"),
            code_tries=attempt.evidence.get("code_tries", 0),
            receiver=self._receiver(attempt),
            parcels=[_named(parcel) for parcel in self.parcels.get(attempt.errand_id, ())] if done else [],
            files=[file for proof in self._proofs(attempt) for file in proof.files],
            amendments=self.amendments.get(attempt.operation_id, ()),
            citizen_text="" if done else self.texts.get((attempt.outcome, attempt.outcome_version), ""),
            read_aloud=bool(attempt.evidence.get("read_aloud")),
            against_named=attempt.evidence.get("receiver", ""),
        )

    def _proofs(self, attempt: Attempt) -> Iterable[VisitProof]:
        told = self.proofs.get(attempt.errand_id, ())
        return (proof for proof in told if str(proof.operation_id) == attempt.operation_id)

    def _receiver(self, attempt: Attempt) -> Receiver | None:
        found = next((self.receivers[mark] for mark in _marks(attempt) if mark in self.receivers), None)
        if found is None:
            return None
        return Receiver(
            initials(found.get("name", "")),
            found.get("relation", ""),
            found.get("id_kind", ""),
            found.get("id_last4", ""),
        )


def initials(name: str) -> str:
    """`Nguyễn Văn Thử` → `N. V. T.`"""
    return " ".join(f"{word[0].upper()}." for word in name.split())


def _marks(attempt: Attempt) -> Sequence[str]:
    return list(attempt.evidence.get("commitments", ()))


def _named(parcel: Parcel) -> tuple[str, str]:
    return parcel.code, parcel.seals[0].number if parcel.seals else ""


def _operations(session: Session, attempts: Iterable[Attempt]) -> dict[str, Operation]:
    """Only acts that a phone told have one; those of a screen have an id of another kind."""
    ids = [found for attempt in attempts if (found := _uuid(attempt.operation_id)) is not None]
    return {str(row.id): row for row in session.scalars(select(Operation).where(Operation.id.in_(ids)))}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _outcomes(session: Session, attempts: Iterable[Attempt]) -> dict[tuple[str, int], OutcomeCode]:
    wanted = {(attempt.outcome, attempt.outcome_version) for attempt in attempts}
    rows = session.scalars(select(OutcomeCode).where(tuple_(OutcomeCode.code, OutcomeCode.version).in_(wanted)))
    return {(row.code, row.version): row for row in rows}


def _receivers(session: Session, attempts: Iterable[Attempt]) -> dict[str, Mapping[str, Any]]:
    """What was kept of who received, by its commitment; an erased one is gone."""
    marks = {mark for attempt in attempts for mark in _marks(attempt)}
    kept = select(CustodyEvidence).where(CustodyEvidence.commitment.in_(marks), CustodyEvidence.kind == "receiver")
    return {row.commitment: row.payload for row in session.scalars(kept) if row.payload is not None}


def _parcels(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, list[Parcel]]:
    mine = select(Parcel).where(Parcel.errand_id.in_(errand_ids)).options(selectinload(Parcel.seals))
    found: dict[UUID, list[Parcel]] = {}
    for parcel in session.scalars(mine.order_by(Parcel.created_at, Parcel.code)):
        if parcel.errand_id is not None:
            found.setdefault(parcel.errand_id, []).append(parcel)
    return found
