"""One signature for several errands of one household: taken from the act before, at this door, by this person, on this phone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.clock import local_day
from app.domain.acts import Collected, Delivered
from app.domain.operation import FileKind, OperationKind, OperationResult
from app.domain.signing import WRITES_NOTHING
from app.domain.wording import tidy
from app.models import Attempt, CustodyEvidence, Errand, FileUse, Operation, Plan, Route, Stop, StopErrand
from app.services.sync.context import OperationContext

JUST: Final = timedelta(hours=1)  # at one door, one thing after the other
SIGNED_ACTS: Final = frozenset({OperationKind.COLLECTED, OperationKind.DELIVERED})
SIGNATURE: Final = FileKind.CITIZEN_SIGNATURE
IN_DOUBT: Final = frozenset({"claim", "not_understood", "proof_missing", *WRITES_NOTHING})
"""Reviews of an act whose signature is nobody's, or not known to be anybody's: it can't stand for another act."""


def check(context: OperationContext, said: Collected | Delivered, errand: Errand) -> None:
    """A signature of somebody else, of another door or of another hour is none; nor is one that passes for a new one."""
    pictures = {file.sha256 for file in said.files if file.kind is SIGNATURE}
    firsts = {_first(context, sha256) for sha256 in pictures}
    if said.signed_with is None and firsts <= {None}:
        return  # signed for this act
    first = _act(context, firsts, said)
    if first is None or not _is_shown(context, said, first) or not _is_theirs(context, said, errand, first):
        context.look("proof_missing", needed=SIGNATURE.value)


def _first(context: OperationContext, sha256: str) -> UUID | None:
    """The act that showed this picture before anybody else."""
    others = (shown for shown in context.shown(sha256) if shown.operation_id != context.header.op_id)
    return next((shown.operation_id for shown in others), None)


def _act(context: OperationContext, firsts: Collection[UUID | None], said: Collected | Delivered) -> Operation | None:
    """For which the signature was given: one act, the one that this act names if it names any."""
    first, *others = firsts or (None,)
    if first is None or others or said.signed_with not in {None, first}:
        return None
    return context.taken.get(first) or context.work.get(Operation, first)


def _is_shown(context: OperationContext, said: Collected | Delivered, first: Operation) -> bool:
    """On the same phone, a moment ago, as a signature; a thumbprint stands on one slip and is given anew."""
    here = first.device_id == context.device.id and first.kind in SIGNED_ACTS
    stands = first.result is not OperationResult.REJECTED and IN_DOUBT.isdisjoint(first.reviews)
    just = timedelta() <= context.occurred_at - first.corrected_at <= JUST
    return here and stands and just and not said.thumbprint and _is_signed(context, said, first)


def _is_signed(context: OperationContext, said: Collected | Delivered, first: Operation) -> bool:
    """By the citizen's own hand: not a courier's signature, nor the photograph of a thumbprint."""
    pictures = [file.sha256 for file in said.files if file.kind is SIGNATURE]
    shown = {use.kind for sha256 in pictures for use in context.shown(sha256)}
    told = context.told.get(first.id)
    if isinstance(told, Collected | Delivered):
        return shown == {SIGNATURE} and not told.thumbprint
    witnessed = select(FileUse.id).where(FileUse.operation_id == first.id, FileUse.kind == FileKind.WITNESS_SIGNATURE)
    return shown == {SIGNATURE} and context.work.scalars(witnessed.limit(1)).first() is None


def _is_theirs(context: OperationContext, said: Collected | Delivered, errand: Errand, first: Operation) -> bool:
    before = context.work.get(Errand, first.errand_id) if first.errand_id is not None else None
    if before is None or _household(before) != _household(errand) or not _at_one_door(context, before, errand):
        return False
    signer = _name(errand.request.applicant.name if isinstance(said, Collected) else said.receiver_name)
    return bool(signer) and signer == _name(_signer(context, first, before))


def _at_one_door(context: OperationContext, before: Errand, errand: Errand) -> bool:
    """Of one stop of a route that this courier had on that day, in force or not: the phone may know an earlier one."""
    if before.id == errand.id:
        return True
    other = aliased(StopErrand)
    together = (
        select(StopErrand.stop_id)
        .join(other, other.stop_id == StopErrand.stop_id)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .join(Plan, Plan.id == Route.plan_id)
        .where(StopErrand.errand_id == before.id, other.errand_id == errand.id)
        .where(Route.courier_id == context.courier_id, Plan.day == local_day(context.occurred_at))
        .where(Plan.state != "draft")
    )
    return context.work.scalars(together.limit(1)).first() is not None


def _household(errand: Errand) -> object:
    """Whoever comes under one telephone."""
    return errand.request.applicant.phone or errand.request_id


def _signer(context: OperationContext, first: Operation, errand: Errand) -> str | None:
    if first.kind is OperationKind.COLLECTED:
        return errand.request.applicant.name
    told = context.told.get(first.id)
    return told.receiver_name if isinstance(told, Delivered) else _receiver(context, first)


def _receiver(context: OperationContext, first: Operation) -> str | None:
    """Of an act that came home in an earlier batch; an erased one is nobody's any more."""
    attempt = context.work.scalars(select(Attempt).where(Attempt.operation_id == str(first.id))).one_or_none()
    marks = attempt.evidence.get("commitments", ()) if attempt is not None else ()
    kept = select(CustodyEvidence.payload).where(
        CustodyEvidence.commitment.in_(marks), CustodyEvidence.kind == "receiver"
    )
    payload = context.work.scalars(kept).one_or_none()
    return str(payload["name"]) if payload else None


def _name(given: str | None) -> str:
    return tidy(given or "").casefold()
