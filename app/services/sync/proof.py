"""Files that an operation names: what they prove, who may look, and which proof is lacking."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select, union_all

from app.domain.acts import ActPayload, Collected, Delivered, NotDone
from app.domain.errand import ProofKind
from app.domain.operation import FileKind
from app.domain.wording import tidy
from app.models import Courier, Errand, FileUse, StaffAccount
from app.services.sync.context import OperationContext

F = FileKind
FAULTY_PAPER_LIVES: Final = timedelta(days=30)
AT_COLLECTION: Final = frozenset({F.ENVELOPE, F.CITIZEN_SIGNATURE, F.COURIER_SIGNATURE})


def use_files(context: OperationContext, said: ActPayload) -> None:
    """Write what each file proves; the file itself may come later."""
    consent, errand = isinstance(said, NotDone) and said.consent, context.errand
    visit_claimed = context.unproved or any(
        claim.errand_id is not None for claim in context.claims
    )  # it proves nothing of that visit yet
    for file in said.files:
        use = FileUse(
            sha256=file.sha256,
            operation_id=context.header.op_id,
            errand_id=None if visit_claimed else context.header.errand_id,
            kind=file.kind,
            consent=consent,
        )
        if file.kind is F.FAULTY_PAPER:
            # without the citizen's word it must not lie here: gone at the next sweep
            use.keep_until = context.now + (FAULTY_PAPER_LIVES if consent else timedelta())
            use.desk_id = errand.dossiers[0].competent_desk_id if errand is not None and errand.dossiers else None
        context.uses.append(use)


def check_collection(context: OperationContext, said: Collected) -> None:
    _check(context, said, AT_COLLECTION)
    if not said.slips_signed:
        context.look("proof_missing", needed="slips_signed")


def check_delivery(context: OperationContext, said: Delivered, errand: Errand | None) -> None:
    by_papers = errand is not None and errand.proof is ProofKind.ID_CHECK
    needed = {F.CITIZEN_SIGNATURE} | ({F.ENVELOPE} if by_papers else set())
    _check(context, said, frozenset(needed))


def _check(context: OperationContext, said: Collected | Delivered, needed: frozenset[FileKind]) -> None:
    if said.thumbprint:  # who cannot sign gives a thumbprint before a named witness
        needed |= {F.WITNESS_SIGNATURE}
    lacking = sorted(needed - said.shown())
    if lacking or (said.thumbprint and not (said.witness or "").strip()):
        context.look("proof_missing", needed=", ".join(kind.value for kind in lacking) or "witness")
    elif said.thumbprint and _is_of_the_post(context, said.witness or ""):
        context.look("witness_of_the_post")


def _is_of_the_post(context: OperationContext, witness: str) -> bool:
    """Bears the name of somebody who works at this courier's office: who reads it asks who it was."""
    office_id = context.device.courier.office_id
    staff = select(StaffAccount.name).where(StaffAccount.office_id == office_id, StaffAccount.active)
    couriers = select(Courier.name).where(Courier.office_id == office_id, Courier.active)
    names = context.work.scalars(union_all(staff, couriers)).all()
    return tidy(witness).casefold() in {tidy(name).casefold() for name in names}
