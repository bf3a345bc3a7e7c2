"""One signature for several errands of one household: taken from the act before, at this door, by this person, on this phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from app.domain.acts import Collected, Delivered
from app.domain.operation import FileKind, OperationKind
from app.domain.wording import tidy
from app.models import Attempt, CustodyEvidence, Errand, Operation
from app.services.sync.context import OperationContext

JUST: Final = timedelta(hours=1)  # at one door, one thing after the other
SIGNED_ACTS: Final = frozenset({OperationKind.COLLECTED, OperationKind.DELIVERED})


def check(context: OperationContext, said: Collected | Delivered, errand: Errand) -> None:
    """A signature of somebody else, of another door or of another hour is none."""
    if said.signed_with is None:
        return
    first = context.taken.get(said.signed_with) or context.work.get(Operation, said.signed_with)
    if first is None or not _is_shown(context, said, first) or not _is_theirs(context, said, errand, first):
        context.look("proof_missing", needed=FileKind.CITIZEN_SIGNATURE.value)


def _is_shown(context: OperationContext, said: Collected | Delivered, first: Operation) -> bool:
    """The same picture, on the same phone, a moment ago; a thumbprint stands on one slip and is given anew."""
    shown = {file.sha256 for file in said.files if file.kind is FileKind.CITIZEN_SIGNATURE}
    here = first.device_id == context.device.id and first.kind in SIGNED_ACTS
    just = timedelta() <= context.occurred_at - first.corrected_at <= JUST
    return here and just and not said.thumbprint and bool(shown) and shown <= set(first.files)


def _is_theirs(context: OperationContext, said: Collected | Delivered, errand: Errand, first: Operation) -> bool:
    before = context.work.get(Errand, first.errand_id) if first.errand_id is not None else None
    if before is None or _household(before) != _household(errand):
        return False
    signer = _name(errand.request.applicant.name if isinstance(said, Collected) else said.receiver_name)
    return bool(signer) and signer == _name(_signer(context, first, before))


def _household(errand: Errand) -> object:
    """As the plan joins them: one telephone at one door."""
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
