"""What is kept no longer than it is needed (docs/decisions/retention.md): run daily, safe to repeat.

Ids, times and hashes stay for ever; what they stood for goes, and `verify-custody` says "erased", not "broken".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CompoundSelect, CursorResult, Update, case, func, literal, null, or_, select, update
from sqlalchemy.orm import Session

from app.domain.file import KEPT_FAULTY_PAPER, KEPT_PHOTO, KEPT_SIGNATURE, SIGNATURES
from app.domain.operation import FileKind
from app.jobs import defer_all
from app.models import (
    Attempt,
    CustodyEvent,
    CustodyEvidence,
    Errand,
    FileUse,
    InboxMessage,
    Operation,
    OutboxMessage,
    Parcel,
    StoredAnswer,
    StoredFile,
)
from app.services import audit
from app.services.evidence import files
from app.services.evidence.files import WHOLE
from app.services.outbox import subscriptions
from app.unit_of_work import UnitOfWork

KEPT_FIX: Final = timedelta(days=90)  # after the errand closed
KEPT_RECEIVER: Final = KEPT_SIGNATURE
KEPT_ANSWER: Final = timedelta(days=90)  # of an operation or a partner; its id and hash are kept for ever
ORPHAN: Final = timedelta(days=90)  # a file whose operation never came
STUCK: Final = timedelta(hours=6)  # a whole file that should have been stored long ago
FIXES: Final = frozenset({"position"})
PEOPLE: Final = frozenset({"receiver", "signature", "witness"})
BASIS: Final = "time limit (decisions on retention)"


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """How much went."""

    files: int
    fixes: int
    receivers: int
    answers: int
    exchange: int  # what partners said and sent, word for word


def keep_time_limits(work: UnitOfWork, now: datetime) -> RetentionReport:
    """Delete what is over; files leave the store by a job each, promised here."""
    _start_clocks(work)
    _store_again(work, now)
    subscriptions.forget_former_secrets(work, now)
    gone = RetentionReport(
        files=_delete_files(work, now),
        fixes=_erase(work, FIXES, now - KEPT_FIX, now),
        receivers=_erase(work, PEOPLE, now - KEPT_RECEIVER, now),
        answers=_forget_answers(work, now - KEPT_ANSWER),
        exchange=_forget_exchange(work, now - KEPT_ANSWER),
    )
    if gone.fixes or gone.receivers:
        audit.record(
            work, "system", "retention", "custody_evidence", now.date(), now,
            legal_basis=BASIS, fixes=gone.fixes, receivers=gone.receivers,
        )  # fmt: skip
    return gone


def _start_clocks(session: Session) -> None:
    """A faulty paper's photo and a signature count from their arrival, other photos from the errand's close."""
    errand = select(Errand.closed_at).where(Errand.id == FileUse.errand_id)
    from_arrival = case(
        (FileUse.kind == FileKind.FAULTY_PAPER, Operation.received_at + KEPT_FAULTY_PAPER),
        (FileUse.kind.in_(SIGNATURES), Operation.received_at + KEPT_SIGNATURE),
        (~errand.exists(), Operation.received_at + KEPT_PHOTO),  # a photo of an envelope, not of a visit
        else_=errand.scalar_subquery() + KEPT_PHOTO,
    )
    session.execute(
        update(FileUse)
        .where(FileUse.keep_until.is_(None), Operation.id == FileUse.operation_id)
        .values(keep_until=from_arrival)
        .execution_options(synchronize_session=False)
    )


def _delete_files(work: UnitOfWork, now: datetime) -> int:
    uses = select(FileUse.id).where(FileUse.sha256 == StoredFile.sha256)
    still_needed = uses.where(FileUse.keep_until.is_(None) | (FileUse.keep_until > now)).exists()
    over = uses.exists() & ~still_needed
    orphan = ~uses.exists() & (StoredFile.started_at < now - ORPHAN)
    deleted = files.delete(work, over | orphan, now)
    for sha256 in deleted:
        audit.record(work, "system", "retention", "file", sha256, now, legal_basis=BASIS)
    return len(deleted)


def _store_again(work: UnitOfWork, now: datetime) -> None:
    """Whatever became of its job: a file that is whole is promised to the store again."""
    waiting = select(StoredFile.sha256).where(StoredFile.state == WHOLE, StoredFile.whole_at < now - STUCK)
    defer_all(work, "store_file", [{"sha256": sha256} for sha256 in work.scalars(waiting)])


def _erase(session: Session, kinds: frozenset[str], before: datetime, now: datetime) -> int:
    return _changed(
        session,
        update(CustodyEvidence)
        .where(
            CustodyEvidence.erased_at.is_(None),
            CustodyEvidence.kind.in_(kinds),
            CustodyEvidence.commitment.in_(_marks_of_closed(before)),
        )
        .values(salt=None, payload=None, erased_at=now),
    )


def _marks_of_closed(before: datetime) -> CompoundSelect[Any]:
    """The commitments that events and attempts of long closed errands hold."""
    of_events = (
        select(func.jsonb_array_elements_text(CustodyEvent.commitments))
        .join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        .join(Errand, Errand.id == Parcel.errand_id)
        .where(Errand.closed_at < before)
    )
    of_attempts = (
        select(func.jsonb_array_elements_text(Attempt.evidence[literal("commitments")]))
        .join(Errand, Errand.id == Attempt.errand_id)
        .where(Errand.closed_at < before)
    )
    return of_events.union(of_attempts)


def _forget_answers(session: Session, before: datetime) -> int:
    """To a phone's operation, and to a partner's `Idempotency-Key`, which holds tracking links."""
    operations = update(Operation).where(Operation.answer.is_not(None), Operation.received_at < before)
    partners = update(StoredAnswer).where(StoredAnswer.body.is_not(None), StoredAnswer.created_at < before)
    return _changed(session, operations.values(answer=null())) + _changed(session, partners.values(body=null()))


def _forget_exchange(session: Session, before: datetime) -> int:
    """A message keeps id, trigger and fault; a line its id, which holds the hash of what could not be read.

    No hash of what they said is kept beside them: whoever tries all telephones finds the one in a short sentence.
    """
    spoken = or_(OutboxMessage.said.is_not(None), OutboxMessage.raw.is_not(None))
    outbox_messages = update(OutboxMessage).where(spoken, OutboxMessage.created_at < before).values(said=None, raw=None)
    inbox_messages = (
        update(InboxMessage).where(InboxMessage.raw.is_not(None), InboxMessage.received_at < before).values(raw=None)
    )
    return _changed(session, outbox_messages) + _changed(session, inbox_messages)


def _changed(session: Session, change: Update) -> int:
    result = session.execute(change.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
