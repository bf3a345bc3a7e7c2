"""One operation of a batch: known already, or applied and kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from psycopg.errors import QueryCanceled
from sqlalchemy import bindparam, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from app.config import Keys
from app.domain.acts import PHYSICAL, ActPayload
from app.domain.errors import DomainError
from app.domain.operation import EARLIEST, GENESIS, OperationKind, OperationResult, Posted, corrected
from app.domain.signing import UNSIGNED, WRITES_NOTHING, SignatureVerdict
from app.domain.standing import counts_as_before
from app.models import Charge, Claim, Device, FileUse, Operation, OperationPayload
from app.rows import insert_all
from app.services.custody.standing import StandingFacts
from app.services.sync import amending, calls, doors, hands, proof, route, signing
from app.services.sync.answers import answer_of, duplicate, refused, to_keep
from app.services.sync.context import STANDS, OperationContext
from app.services.sync.known import PhoneHistory
from app.services.sync.opening import Opened
from app.services.sync.standing import within_standing
from app.unit_of_work import UnitOfWork

log = logging.getLogger("tannha.sync")

APPLY: Final[Mapping[OperationKind, Callable[[OperationContext, Any], None]]] = {
    OperationKind.RUN_STARTED: route.run_started,
    OperationKind.COLLECTED: doors.collected,
    OperationKind.DELIVERED: doors.delivered,
    OperationKind.NOT_DONE: doors.not_done,
    OperationKind.HANDED_OVER: hands.handed_over,
    OperationKind.STOP_ADDED: route.stop_added,
    OperationKind.REORDERED: route.reordered,
    OperationKind.PIN_CORRECTED: route.pin_corrected,
    OperationKind.CALLED: calls.called,
    OperationKind.INCIDENT: hands.incident,
    OperationKind.RUN_ENDED: route.run_ended,
    OperationKind.AMENDED: amending.amended,
}
UNREADABLE: Final = frozenset({"operation_malformed", "party_unknown", "claims_full"})
"""What is wrong with the words themselves, or too much to look at; every other refusal there is a fact to be looked at."""


MISPLACED: Final = frozenset({"seq_reused", "chain_broken"})


class Stumbled(Exception):
    """An operation of a smooth batch was refused: take the batch again, carefully."""


@dataclass(slots=True)
class BatchContext:
    """What one contact shares among its operations."""

    work: UnitOfWork
    device: Device
    keys: Keys
    now: datetime
    measured_ms: int  # what has to be added to the phone's clock, measured now
    signing: signing.PhoneKey
    carried_by: str | None = None  # who feeds a rescue package in
    language: str = "vi"  # in which the courier is answered
    careful: bool = False  # a savepoint an operation
    last_try: bool = False  # what takes too long even by itself is kept for a person
    known: PhoneHistory = field(default_factory=PhoneHistory)
    facts: StandingFacts = field(init=False)
    head: tuple[int, str] = (0, "")  # of the phone's chain, as far as it is here
    operations: list[Operation] = field(default_factory=list)
    payloads: list[OperationPayload] = field(default_factory=list)
    uses: list[FileUse] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    paid: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.head = (self.device.last_seq, self.device.head_hash)
        self.facts = StandingFacts(self.work, self.device)

    @property
    def barred(self) -> bool:
        """Signed out from afar, of somebody who works here no more, or under suspicion."""
        return self.ended_at is not None

    @property
    def ended_at(self) -> datetime | None:
        """Since when nothing that it tells of has standing."""
        device, account = self.device, self.device.courier.staff_account
        ends = [one for one in (device.revoked_at, device.suspected_at) if one is not None]
        if not ends and account is not None and not account.active:
            return EARLIEST  # closed before closing an account signed its phones out
        return min(ends, default=None)

    def flush(self) -> None:
        """Write what a smooth batch kept back: what one of its operations breaks shows itself here."""
        if not self.careful:
            with _smooth():
                self.work.flush()

    def write(self) -> None:
        """All operations at once, then what hangs on them."""
        insert_all(self.work, [*self.operations, *self.uses, *self.payloads, *self.claims])
        if self.paid:
            self.work.connection().execute(PAY, self.paid)


PAY: Final = (
    update(Charge.__table__)  # type: ignore[arg-type]  # a declarative class's table is one
    .where(Charge.errand_id == bindparam("errand"), Charge.kind == bindparam("of"), Charge.paid_at.is_(None))
    .values(paid_at=bindparam("at"))
)


def answer(batch: BatchContext, opened: Opened) -> dict[str, Any]:
    """The stored answer of an operation that came before, or what becomes of it now."""
    posted = opened.posted
    header = posted.header
    stored = batch.known.operations.get(header.op_id)
    if stored is not None:
        same = stored.hash == posted.hash and stored.device_id == header.device_id
        used = DomainError("operation_id_used", kind="invalid")
        return duplicate(stored) if same else refused(header.op_id, used, batch.language)
    context = _context_of(batch, posted)
    _check_chain(batch, posted, context)
    _check_signature(batch, posted, context)
    problem = opened.fault if opened.said is None else _take(batch, context, opened.said)
    return _keep(batch, posted, context, problem)


def _context_of(batch: BatchContext, posted: Posted) -> OperationContext:
    occurred_at, steady = corrected(posted.header, batch.measured_ms)
    occurred_at = _in_turn(batch, posted, occurred_at)
    context = OperationContext(
        batch.work,
        batch.device,
        posted.header,
        occurred_at=occurred_at,
        steady=steady,
        now=batch.now,
        keys=batch.keys,
        facts=batch.facts,
        ended=_has_no_standing(batch, posted, occurred_at, steady=steady),
        planned=batch.known.planned,
        taken=batch.known.operations,
        told=batch.known.told,
        receipts=lambda: batch.known.receipts(batch.work, batch.device.id),
        shown=lambda sha256: batch.known.shown(batch.work, sha256),
    )
    if batch.barred and batch.device.suspected_at is None:
        context.look("device_revoked")
    if not steady and posted.header.kind in PHYSICAL:
        context.look("clock_unmeasured" if posted.header.offset_ms is None else "clock_jumped")
    return context


def _has_no_standing(batch: BatchContext, posted: Posted, occurred_at: datetime, *, steady: bool) -> bool:
    """Is this operation a claim whatever it tells: not known to have been done before the phone was signed out?"""
    chained, timed = _is_chained(batch, posted), steady and posted.header.offset_ms is not None
    return not counts_as_before(batch.ended_at, occurred_at, chained=chained, timed=timed)


def _in_turn(batch: BatchContext, posted: Posted, occurred_at: datetime) -> datetime:
    """Not after it was told, and not before what the same phone did before: an offset is measured a little differently
    at each contact, the numbers say the order.
    """
    before = batch.known.chain.get(posted.header.seq - 1)
    return min(max(occurred_at, before.corrected_at) if before else occurred_at, batch.now)


def _is_chained(batch: BatchContext, posted: Posted) -> bool:
    """To what was acknowledged, without a hole and without anything between that was told after the end."""
    header = posted.header
    before = batch.known.chain.get(header.seq - 1)
    if before is None:
        return header.seq == 1 and header.previous == GENESIS
    return before.sound and before.hash == header.previous


def _check_chain(batch: BatchContext, posted: Posted, context: OperationContext) -> None:
    """The phone's own chain: one operation a number, each chained to the one before and by the one after."""
    header, chain = posted.header, batch.known.chain
    if header.seq in chain:
        context.look("seq_reused", seq=header.seq)
        return
    before, after = chain.get(header.seq - 1), chain.get(header.seq + 1)
    torn_before = before is not None and before.hash != header.previous
    torn_after = after is not None and after.previous != posted.hash
    if torn_before or torn_after:
        context.look("chain_broken", seq=header.seq)


def _check_signature(batch: BatchContext, posted: Posted, context: OperationContext) -> None:
    """Whose act it is: the courier's, by the phone's signature; without one, of whoever brings it here, or a claim."""
    in_place = all(review.code not in MISPLACED for review in context.reviews)
    verdict = signing.judge(batch.signing, posted, in_place=in_place)
    if verdict is SignatureVerdict.UNSIGNED_BEFORE:
        context.look(UNSIGNED)
        context.carrier = batch.carried_by
    elif verdict in WRITES_NOTHING:
        context.look(verdict.value)
        context.carrier, context.unproved = batch.carried_by, True


def _take(batch: BatchContext, context: OperationContext, said: ActPayload) -> DomainError | None:
    """Apply what was read. Returns what is wrong with its words."""
    if not batch.careful:
        _take_smoothly(batch, context, said)
        return None
    try:
        _apply(batch, context, said)
    except (DomainError, IntegrityError, DataError) as fault:
        if isinstance(fault, DomainError) and fault.code in UNREADABLE:
            context.claims = []
            return fault
        _failed(context, said, fault)
    except DBAPIError as fault:
        if not (batch.last_try and isinstance(fault.orig, QueryCanceled)):
            raise  # the line to the database: the phone sends the whole batch again
        _failed(context, said, fault)
    except Exception as fault:  # noqa: BLE001 (one bad operation must not hold up a phone for ever: a person looks)
        _failed(context, said, fault)
    return None


def _take_smoothly(batch: BatchContext, context: OperationContext, said: ActPayload) -> None:
    with _smooth():
        _write(batch, context, said)


@contextmanager
def _smooth() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError) as fault:
        raise Stumbled from fault
    except DBAPIError:
        raise
    except Exception as fault:
        raise Stumbled from fault


def _failed(context: OperationContext, said: ActPayload, fault: Exception) -> None:
    # never the message: it may quote what a person typed
    name = fault.code if isinstance(fault, DomainError) else type(fault).__name__
    log.error("operation %s of kind %s: %s", context.header.op_id, context.header.kind, name)
    context.errand = None
    context.uses, context.paid, context.claims = [], [], []
    proof.use_files(context, said)  # the proof is there, whatever the books make of it
    context.look("not_understood")


def _apply(batch: BatchContext, context: OperationContext, said: ActPayload) -> None:
    """As on an online screen; where that is refused, once more as a fact that has happened."""
    before = list(context.reviews)
    try:
        with batch.work.savepoint():
            _write(batch, context, said)
    except Exception as refusal:
        late = isinstance(refusal, DomainError) and refusal.code not in UNREADABLE and context.header.kind in PHYSICAL
        if not late:
            raise
        context.reviews, context.late = before, True
        with batch.work.savepoint():
            _write(batch, context, said)


def _write(batch: BatchContext, context: OperationContext, said: ActPayload) -> None:
    context.uses, context.paid, context.claims = [], [], []
    kind = context.header.kind
    left: Any = said
    if kind in PHYSICAL:
        left = within_standing(context, said)
        if context.unproved:
            left = None  # not even a scan of a number that nobody knows
    elif batch.barred or context.ended or context.unproved:
        left = None  # strange hands change no plan
    if left is not None:
        APPLY[kind](context, left)
    proof.use_files(context, said)


def _keep(
    batch: BatchContext, posted: Posted, context: OperationContext, problem: DomainError | None
) -> dict[str, Any]:
    """The operation for ever, its contents until they are settled; the phone's chain moves on."""
    header = posted.header
    plain = all(review.code in STANDS for review in context.reviews)
    result = OperationResult.APPLIED if plain else OperationResult.NEEDS_REVIEW
    if problem is not None:
        result = OperationResult.REJECTED
    told = answer_of(context, result, problem, batch.language)
    operation = Operation(
        id=header.op_id,
        device_id=header.device_id,
        seq=header.seq,
        kind=header.kind,
        errand_id=header.errand_id,
        revision_seen=header.revision_seen,
        occurred_at=header.moment(),
        corrected_at=context.occurred_at,
        offset_ms=header.offset_ms,
        received_at=batch.now,
        commitment=header.commitment,
        files=list(header.files),
        previous=header.previous,
        hash=posted.hash,
        signature=posted.signature,
        carried_by=batch.carried_by,
        result=result,
        reviews=[review.code for review in context.reviews],
        answer=to_keep(context, told),
    )
    batch.operations.append(operation)
    if result is not OperationResult.APPLIED and not (problem is not None and problem.code == "claims_full"):
        batch.payloads.append(OperationPayload(operation_id=operation.id, sealed=posted.sealed))
    for claim in () if context.unproved else context.claims:  # it casts no doubt on what the phone itself has signed
        batch.facts.remember(claim, header.seq)
    batch.claims += context.claims
    batch.uses += context.uses
    batch.paid += context.paid
    batch.known.add(operation, context.uses)
    batch.head = max(batch.head, (header.seq, posted.hash))
    return told
