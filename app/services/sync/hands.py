"""Envelopes that change hands between staffed places, and what went wrong with one."""

from __future__ import annotations

from app.domain.acts import HandedOver, IncidentSeen
from app.domain.commands import HandOver
from app.domain.custody import Party
from app.domain.errors import DomainError
from app.domain.operation import FileKind
from app.services.custody import chains, incidents
from app.services.desks import handover
from app.services.sync.context import OperationContext


def handed_over(context: OperationContext, said: HandedOver) -> None:
    """One side's word: the other confirms on its own screen."""
    if context.me not in (said.giver, said.taker):
        raise DomainError("operation_malformed", kind="invalid", faults=[("giver", "")])
    command = HandOver(
        parcel_codes=said.parcels,
        giver=said.giver,
        taker=said.taker,
        operation_id=context.operation_id,
        occurred_at=context.occurred_at,
        now=context.now,
        by=context.by,
        phone=context.phone(said),
    )
    refused = handover.record_one_side(context.work, command)
    for refusal in refused:
        if refusal.code == "parcel_unknown":
            context.stray(str(refusal.params["parcel"]), handover.one_side(command))
    context.look_at(refused)


def incident(context: OperationContext, said: IncidentSeen) -> None:
    known, unknown = chains.lock_known(context.work, [said.parcel])
    for code in unknown:
        context.look("parcel_unknown", parcel=code)
    if said.incident == "seal_broken" and FileKind.SEAL not in said.shown():
        context.look("proof_missing", needed=FileKind.SEAL.value)
    parcel = known[0].parcel if known else None
    incidents.open_incident(
        context.work,
        kind=said.incident,
        parcel_code=parcel.code if parcel is not None else said.parcel,
        office_id=context.facts.answers_for(parcel) if parcel is not None else context.office_id,
        by=context.by,
        now=context.now,
        note=said.note,
        operation_id=context.operation_id,
        moves=parcel is not None and Party(parcel.holder, parcel.holder_id) == context.me,
    )
