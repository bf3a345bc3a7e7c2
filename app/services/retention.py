"""What is kept no longer than it is needed (docs/decisions/retention.md): run daily, safe to repeat.

Made of `app.domain.personal_data` alone: each step ends one rule in one table, at most `AT_ONCE` rows a transaction, so that
nobody waits for it and a run that was cut off goes on where it was. Ids, times and hashes stay; what they stood for goes, and
`verify-custody` says "erased", not "broken".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from app.clock import local_day
from app.domain.dossier import DossierState
from app.domain.errand import OPEN
from app.domain.file import SIGNATURES
from app.domain.operation import FileKind
from app.domain.personal_data import FIVE_YEARS, KeepingRule, PersonalColumn, Since, by_table, rules_with
from app.jobs import defer_all, forget_finished
from app.models import (
    Amendment,
    Applicant,
    Attempt,
    Courier,
    CustodyEvent,
    CustodyEvidence,
    Dossier,
    Errand,
    FileUse,
    Operation,
    OperationPayload,
    Parcel,
    PlannedBefore,
    ServiceRequest,
    StaffAccount,
    StoredFile,
)
from app.services import audit
from app.services.evidence import emptying, erasure, files, landmarks, person_rows, striking
from app.services.evidence.files import WHOLE
from app.services.outbox import subscriptions
from app.unit_of_work import UnitOfWork

AT_ONCE: Final = 500  # rows a transaction
ORPHAN: Final = timedelta(days=90)  # a file whose operation never came
STUCK: Final = timedelta(hours=6)  # a whole file that should have been stored long ago
FINISHED_JOBS: Final = timedelta(days=30)
BASIS: Final = "time limit (decisions on retention)"
IN_THE_MAKING: Final = frozenset({
    DossierState.ACCEPTED, DossierState.IN_PROCESS, DossierState.PAPERS_WANTED, DossierState.FEE_DUE
})  # fmt: skip
UNTOUCHED_AT_MOST: Final = timedelta(days=FIVE_YEARS)  # a dossier that nobody ever finished keeps no name longer


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """The clock and the periods of this run."""

    now: datetime
    rules: Mapping[str, KeepingRule]

    def before(self, rule: str) -> datetime:
        days = self.rules[rule].days
        assert days is not None  # what is kept for ever has no step
        return self.now - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class RetentionStep:
    """`take` ends at most so many rows and says how many; what it says less than `at_most`, it is done."""

    name: str
    take: Callable[[UnitOfWork, TimeLimits, int], int]
    audited: bool = False


def steps() -> Iterator[RetentionStep]:
    """In this order: names are struck out of notes while it is still known whose names they are."""
    yield RetentionStep("prepare", _prepare)
    yield RetentionStep("files", _delete_files)
    yield RetentionStep("incident.names", _strike_names)
    yield RetentionStep("applicant", _end_persons)
    for table, columns in by_table().items():
        for rule in dict.fromkeys(one.rule for one in columns):
            yield from _of_table(table, tuple(one for one in columns if one.rule == rule))
    yield RetentionStep("landmark", _gather_landmarks)
    yield RetentionStep("audit_event", _forget_audit)
    yield RetentionStep("planned_before", _forget_planned)
    yield RetentionStep(
        "jobs", lambda work, limits, at_most: forget_finished(work, limits.now - FINISHED_JOBS, at_most)
    )
    yield RetentionStep("erased again", lambda work, limits, _: erasure.erase_again(work, limits.now))


def _of_table(table: str, columns: tuple[PersonalColumn, ...]) -> Iterator[RetentionStep]:
    if table in {"applicant", "stored_file"}:
        return  # above: they have a step of their own
    name = f"{table}.{columns[0].rule}"
    yield RetentionStep(name, partial(_end, columns=columns), audited=table == "custody_evidence")


def keep_time_limits(work: UnitOfWork, now: datetime, keep: str | None = None) -> Mapping[str, int]:
    """All steps in one work, batch after batch; the worker takes a transaction a batch."""
    limits = TimeLimits(now, rules_with(keep))
    counts: dict[str, int] = {}
    for step in steps():
        while True:
            gone = take(work, step, limits)
            counts[step.name] = counts.get(step.name, 0) + gone
            if gone < AT_ONCE:
                break
    return counts


def take(work: UnitOfWork, step: RetentionStep, limits: TimeLimits) -> int:
    gone = step.take(work, limits, AT_ONCE)
    if gone and step.audited:
        day = limits.now.date()
        audit.record(
            work,
            "system",
            "retention",
            "custody_evidence",
            day,
            limits.now,
            legal_basis=BASIS,
            rows=gone,
            of=step.name,
        )
    return gone


def _end(work: UnitOfWork, limits: TimeLimits, at_most: int, *, columns: tuple[PersonalColumn, ...]) -> int:
    over = _over(columns[0], limits)
    if emptying.deletes(columns[0]):
        return emptying.delete_rows(work, columns[0].table, over, at_most)
    return emptying.empty(work, columns, over, limits.now, at_most)


def _over(column: PersonalColumn, limits: TimeLimits) -> ColumnElement[bool]:
    """Whether the period of a row of this column's table is over."""
    rule = limits.rules[column.rule]
    before = limits.before(column.rule)
    if rule.since is Since.PERSON_CLOSED:
        return person_rows.OWN[column.table](select(Applicant.id).where(Applicant.erased_at.is_not(None)))
    if rule.since is Since.ERRAND_CLOSED:
        return _evidence_over(column, before)
    if rule.since is Since.ACCOUNT_CLOSED:
        return _account_over(column, before)
    if column.table == "operation_payload":
        return OperationPayload.operation_id.in_(select(Operation.id).where(Operation.received_at < before))
    since: ColumnElement[Any] = emptying.table_of(column.table).c[column.since]
    return since < before


def _account_over(column: PersonalColumn, before: datetime) -> ColumnElement[bool]:
    closed = StaffAccount.closed_at < before
    if column.table == "courier":
        return Courier.staff_account_id.in_(select(StaffAccount.id).where(closed))
    if column.since:
        ended: ColumnElement[Any] = emptying.table_of(column.table).c[column.since]
        return ended < before
    return closed


def _evidence_over(column: PersonalColumn, before: datetime) -> ColumnElement[bool]:
    of_kind = CustodyEvidence.kind.in_(column.kinds) if column.kinds else CustodyEvidence.kind.not_in(column.but)
    return and_(CustodyEvidence.erased_at.is_(None), of_kind, CustodyEvidence.commitment.in_(_marks_of_closed(before)))


def _marks_of_closed(before: datetime) -> CompoundSelect[Any]:
    """The commitments that events, attempts and amendments of long closed errands hold."""
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
    of_amendments = (
        select(Amendment.commitment).join(Errand, Errand.id == Amendment.errand_id).where(Errand.closed_at < before)
    )
    return of_events.union(of_attempts, of_amendments)


def _end_persons(work: UnitOfWork, limits: TimeLimits, at_most: int) -> int:
    """Of whom nothing is under way any more, and the last thing closed long ago."""
    before = limits.before("person")
    mine = ServiceRequest.applicant_id == Applicant.id
    closed = and_(Errand.state.not_in(OPEN), func.coalesce(Errand.closed_at, Errand.created_at) < before)
    busy = exists().where(mine, Errand.request_id == ServiceRequest.id, ~closed)
    recent = exists().where(mine, ServiceRequest.created_at >= before)
    unfinished = exists().where(
        mine,
        Dossier.request_id == ServiceRequest.id,
        Dossier.state.in_(IN_THE_MAKING),
        ServiceRequest.created_at >= min(before, limits.now - UNTOUCHED_AT_MOST),
    )
    over = and_(~busy, ~recent, ~unfinished)
    return emptying.empty(work, by_table()["applicant"], over, limits.now, at_most)


def _gather_landmarks(work: UnitOfWork, _limits: TimeLimits, _at_most: int) -> int:
    """Whose share has come to its end counts no more."""
    landmarks.gather_all(work)
    return 0


def _strike_names(work: UnitOfWork, limits: TimeLimits, at_most: int) -> int:
    days = limits.rules["incident"].names_struck_after_days
    assert days is not None  # a rule of ours
    return striking.strike_names(work, limits.now - timedelta(days=days), limits.now, at_most)


def _forget_audit(work: UnitOfWork, limits: TimeLimits, at_most: int) -> int:
    """By the owner's function: the application itself can delete nothing there."""
    return int(work.execute(select(func.forget_audit(limits.before("audit"), at_most))).scalar_one())


def _forget_planned(work: UnitOfWork, limits: TimeLimits, at_most: int) -> int:
    """As long as what a phone told late is kept for a person: it may come home after weeks, and must find its plan. Later
    nobody can settle an act of that day any more.
    """
    key = (PlannedBefore.errand_id, PlannedBefore.courier_id, PlannedBefore.day)
    over = select(*key).where(PlannedBefore.day < local_day(limits.before("unsettled"))).limit(at_most)
    gone = delete(PlannedBefore).where(tuple_(*key).in_(over)).returning(PlannedBefore.day)
    return len(work.scalars(gone.execution_options(synchronize_session=False)).all())


def _prepare(work: UnitOfWork, limits: TimeLimits, _at_most: int) -> int:
    _start_clocks(work, limits)
    _store_again(work, limits.now)
    subscriptions.forget_former_secrets(work, limits.now)
    return 0


def _start_clocks(work: UnitOfWork, limits: TimeLimits) -> None:
    """A faulty paper's photo and a signature count from their arrival, other photos from the errand's close."""
    kept = {name: timedelta(days=limits.rules[name].days or 0) for name in ("faulty_paper", "receiver", "photo")}
    errand = select(Errand.closed_at).where(Errand.id == FileUse.errand_id)
    from_arrival = case(
        (FileUse.kind == FileKind.FAULTY_PAPER, Operation.received_at + kept["faulty_paper"]),
        (FileUse.kind.in_(SIGNATURES), Operation.received_at + kept["receiver"]),
        (~errand.exists(), Operation.received_at + kept["photo"]),  # a photo of an envelope, not of a visit
        else_=errand.scalar_subquery() + kept["photo"],
    )
    work.execute(
        update(FileUse)
        .where(FileUse.keep_until.is_(None), Operation.id == FileUse.operation_id)
        .values(keep_until=from_arrival)
        .execution_options(synchronize_session=False)
    )


def _delete_files(work: UnitOfWork, limits: TimeLimits, at_most: int) -> int:
    uses = select(FileUse.id).where(FileUse.sha256 == StoredFile.sha256)
    still_needed = uses.where(FileUse.keep_until.is_(None) | (FileUse.keep_until > limits.now)).exists()
    over = or_(uses.exists() & ~still_needed, ~uses.exists() & (StoredFile.started_at < limits.now - ORPHAN))
    batch = select(StoredFile.sha256).where(StoredFile.state != "deleted", over).limit(at_most)
    deleted = files.delete(work, StoredFile.sha256.in_(batch.with_for_update(skip_locked=True)), limits.now)
    for sha256 in deleted:
        audit.record(work, "system", "retention", "file", sha256, limits.now, legal_basis=BASIS)
    return len(deleted)


def _store_again(work: UnitOfWork, now: datetime) -> None:
    """Whatever became of its job: a file that is whole is promised to the store again."""
    waiting = select(StoredFile.sha256).where(StoredFile.state == WHOLE, StoredFile.whole_at < now - STUCK)
    defer_all(work, "store_file", [{"sha256": sha256} for sha256 in work.scalars(waiting)])
