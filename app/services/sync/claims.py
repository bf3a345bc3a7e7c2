"""The office that answers looks at what a phone told without standing: confirmed, it is written with both names; or dismissed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update

from app.config import Keys
from app.domain.acts import ActPayload, Collected, Delivered, HandedOver, IncidentSeen, OperationReader
from app.domain.custody import EventKind
from app.domain.errors import DomainError
from app.domain.incident import Verdict
from app.domain.signing import UNSIGNED, WRITES_NOTHING
from app.domain.wording import tidy
from app.models import Claim, FileUse, Incident, Operation, OperationPayload, Parcel, StrayScan
from app.services import audit
from app.services.booking import errands
from app.services.custody import chains, incidents
from app.services.custody.standing import StandingFacts
from app.services.evidence.sealed import open_sealed
from app.services.messaging import messages
from app.services.sync import doors, money
from app.services.sync.context import OperationContext
from app.services.sync.known import PhoneHistory
from app.services.sync.taking import APPLY, PAY
from app.unit_of_work import UnitOfWork

UNPROVED: Final = frozenset(one.value for one in WRITES_NOTHING)
ANSWERED: Final = frozenset(
    {"claim", UNSIGNED, *UNPROVED, "device_revoked", "not_your_errand", "errand_moved", "parcel_unknown"}
    | {"clock_unmeasured", "clock_jumped", "chain_broken"}
)
"""Reviews that the word on a claim answers; an operation with any other goes on waiting for a coordinator."""


@dataclass(frozen=True, slots=True)
class ClaimTask:
    """One task: what one phone told of one office's matters and came in on one day."""

    device_id: UUID
    office_id: int
    day: date


@dataclass(frozen=True, slots=True)
class LookAtClaims:
    """`ids`: those that the paper slips bear out (confirming), or none: all that are open (dismissing)."""

    task: ClaimTask
    by: str
    account_id: int | None  # of whoever looks; None: the command line
    note: str
    now: datetime
    ids: frozenset[int] | None = None


def confirm_claims(work: UnitOfWork, command: LookAtClaims, reader: OperationReader, keys: Keys) -> Sequence[Claim]:
    """Write what was claimed by the late road, at its own time, with both names; earlier acts first.

    Raises `not_found`, `claim_of_oneself`, and what makes an act unreadable.
    """
    claims = _locked(work, command)
    operations: dict[UUID, list[Claim]] = {}
    for claim in claims:
        operations.setdefault(claim.operation_id, []).append(claim)
    for operation_id, mine in operations.items():
        _write(work, operation_id, mine, command, reader, keys)
    _settle(work, claims, command, confirmed=True)
    return claims


def dismiss_claims(work: UnitOfWork, command: LookAtClaims) -> Sequence[Claim]:
    """Nothing of it was so, as the note says: the claims end, the incidents that they opened close, nothing moves.

    Raises `not_found`, `claim_of_oneself` and `look_note_missing`.
    """
    if not tidy(command.note):
        raise DomainError("look_note_missing", kind="invalid", field="note")
    claims = _locked(work, command)
    told = [str(claim.operation_id) for claim in claims]
    opened = select(Incident.id).where(Incident.operation_id.in_(told), Incident.closed_at.is_(None))
    for incident_id in work.scalars(opened.order_by(Incident.id)).all():
        incidents.close_incident(work, incident_id, Verdict.STAYS, command.note, command.by, command.now)
    _settle(work, claims, command, confirmed=False)
    return claims


def _locked(work: UnitOfWork, command: LookAtClaims) -> Sequence[Claim]:
    task = command.task
    mine = (Claim.device_id == task.device_id, Claim.office_id == task.office_id, Claim.day == task.day)
    wanted = select(Claim).join(Operation).where(*mine, Claim.settled_at.is_(None)).with_for_update(of=Claim)
    if command.ids is not None:
        wanted = wanted.where(Claim.id.in_(command.ids))
    claims = work.scalars(wanted.order_by(Operation.corrected_at, Operation.seq, Claim.id)).all()
    if not claims:
        raise DomainError("not_found", kind="not_found")
    feeders = select(Operation.carried_by).where(Operation.id.in_([claim.operation_id for claim in claims]))
    if claims[0].courier.staff_account_id == command.account_id or command.by in set(work.scalars(feeders)):
        raise DomainError("claim_of_oneself", kind="forbidden")
    _hold(work, claims)
    return claims


def _hold(work: UnitOfWork, claims: Sequence[Claim]) -> None:
    """In the order of locks: errands, those of the envelopes too, then envelopes."""
    parcel_ids = {claim.parcel_id for claim in claims if claim.parcel_id is not None}
    errands.hold_of(work, Parcel.id.in_(parcel_ids))
    errands.lock_batch(work, {claim.errand_id for claim in claims if claim.errand_id is not None})
    chains.lock(work, parcel_ids)


def _write(
    work: UnitOfWork,
    operation_id: UUID,
    claims: Sequence[Claim],
    command: LookAtClaims,
    reader: OperationReader,
    keys: Keys,
) -> None:
    operation = work.get_one(Operation, operation_id)
    context = _context_of(work, operation, command, keys)
    said = _said(work, operation, reader, keys)
    if isinstance(said, IncidentSeen):
        _report(context, claims, said)
        return
    part = _part(work, said, claims)
    if isinstance(said, Delivered | Collected) and all(claim.errand_id is None for claim in claims):
        _scan(context, said, [claim.code for claim in claims])
    else:
        APPLY[operation.kind](context, part)
    if context.paid:
        work.connection().execute(PAY, context.paid)
    found = [review.code for review in context.reviews if review.code not in operation.reviews]
    operation.reviews = [*operation.reviews, *dict.fromkeys(found)]  # what the books do not agree with: a person looks
    if any(claim.errand_id is not None for claim in claims):
        proves = update(FileUse).where(FileUse.operation_id == operation_id).values(errand_id=operation.errand_id)
        work.execute(proves)
    work.flush()


def _scan(context: OperationContext, said: Delivered | Collected, codes: list[str]) -> None:
    """Only an envelope of ours changed hands at a door that is another office's business, or nobody's."""
    if isinstance(said, Delivered):
        context.scanned(codes, context.act(EventKind.DELIVERED, context.me, doors.CITIZEN))
    else:
        context.scanned(codes, context.act(EventKind.SEALED, doors.CITIZEN, context.me))
    money.take(context, None, said.receipt)


def _report(context: OperationContext, claims: Sequence[Claim], said: IncidentSeen) -> None:
    """The incident stays with the office until its manager closes it: only then an envelope is lost."""
    for parcel in (claim.parcel for claim in claims if claim.parcel is not None):
        office_id = context.facts.answers_for(parcel)
        told = incidents.Told(said.incident, office_id, context.by, context.now, said.note, context.operation_id)
        incidents.report(context.work, parcel, told, moves=False)


def _part(work: UnitOfWork, said: ActPayload, claims: Sequence[Claim]) -> Any:
    """Of a bag only what is confirmed here; of a visit all but what other offices have to look at."""
    if isinstance(said, HandedOver):
        return replace(said, parcels=tuple(claim.code for claim in claims))
    if isinstance(said, Delivered):
        told = (Claim.operation_id == claims[0].operation_id, Claim.id.not_in([claim.id for claim in claims]))
        others = set(work.scalars(select(Claim.code).where(*told)))
        return replace(said, parcels=tuple(code for code in said.parcels if code not in others))
    return said


def _said(work: UnitOfWork, operation: Operation, reader: OperationReader, keys: Keys) -> ActPayload:
    kept = work.get_one(OperationPayload, operation.id)
    return reader.payload(operation.kind, open_sealed(keys, f"op:{operation.id}", kept.sealed))


def _context_of(work: UnitOfWork, operation: Operation, command: LookAtClaims, keys: Keys) -> OperationContext:
    device = operation.device
    return OperationContext(
        work,
        device,
        operation.header(),
        occurred_at=operation.corrected_at,
        steady=not {"clock_unmeasured", "clock_jumped"} & set(operation.reviews),
        now=command.now,
        keys=keys,
        facts=StandingFacts(work, device),
        ended=False,
        planned={},
        taken={},
        receipts=lambda: PhoneHistory().receipts(work, device.id),
        shown=lambda sha256: PhoneHistory().shown(work, sha256),
        late=True,
        confirmed_by=command.by,
        carrier=operation.carried_by if {UNSIGNED, *UNPROVED} & set(operation.reviews) else None,
    )


def _settle(work: UnitOfWork, claims: Sequence[Claim], command: LookAtClaims, *, confirmed: bool) -> None:
    for claim in claims:
        claim.settled_at, claim.settled_by = command.now, command.by
        claim.confirmed, claim.note = confirmed, tidy(command.note) or None
        audit.record(
            work, command.by, "confirm_claim" if confirmed else "dismiss_claim", "claim", claim.id, command.now
        )
    work.flush()
    first = min(claim.id for claim in claims)
    messages.tell_claimant(work, claims[0].courier_id, command.now, f"claim_settled:{first}", confirmed=confirmed)
    told = {claim.operation_id for claim in claims}
    left = select(Claim.operation_id).where(Claim.operation_id.in_(told), Claim.settled_at.is_(None))
    scans = (StrayScan.operation_id.in_(str(one) for one in told), StrayScan.settled_at.is_(None))
    unknown = {UUID(one) for one in work.scalars(select(StrayScan.operation_id).where(*scans))}  # may be claims yet
    over = told - set(work.scalars(left)) - unknown
    for operation in work.scalars(select(Operation).where(Operation.id.in_(over), Operation.looked_at.is_(None))):
        if ANSWERED.issuperset(operation.reviews):
            operation.looked_at, operation.looked_by = command.now, command.by
            operation.look_note = tidy(command.note) or None
            work.execute(delete(OperationPayload).where(OperationPayload.operation_id == operation.id))
    work.flush()
