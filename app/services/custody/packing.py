"""Seal an envelope at the desk that fills it: a result for the post, or papers that go on to another desk."""

from __future__ import annotations

from app.domain.commands import PackTransfer, ResultReady
from app.domain.custody import Act, EventKind, Party
from app.models import Parcel
from app.services.custody import chains, sealing, unknown_scans
from app.unit_of_work import UnitOfWork


def seal_here(work: UnitOfWork, parcel: Parcel, command: PackTransfer | ResultReady) -> None:
    """Close a new envelope where it was made, with the papers it lists, and begin its chain; earlier scans of it join.

    Raises `seal_number_malformed`, `seal_used` or `already_sealed`.
    """
    signed: dict[str, object] = {}
    if parcel.papers:
        signed["papers"] = {str(paper.line): [paper.form.value, paper.count] for paper in parcel.papers}
    signed["seal"] = sealing.apply_seal(work, parcel, command.seal_number, command.now)
    mark = chains.remember(work, "seal", signed, parcel.dossier.request.applicant_id)
    here = Party(parcel.holder, parcel.holder_id)
    act = Act(
        EventKind.SEALED,
        here,
        here,
        occurred_at=command.now,
        now=command.now,
        by=command.by,
        operation_id=command.operation_id,
        evidence=(mark,),
    )
    chain = chains.begin(work, parcel)
    chains.add_event(work, chain, act)
    unknown_scans.adopt(work, chain)
