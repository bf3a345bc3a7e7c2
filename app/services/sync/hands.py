"""Envelopes that change hands between staffed places, and what went wrong with one."""

from __future__ import annotations

from app.domain.acts import HandedOver, IncidentSeen
from app.domain.commands import HandOver
from app.domain.errors import DomainError
from app.domain.operation import FileKind
from app.services.custody import chains, incidents
from app.services.desks import handover
from app.services.sync.work import Work


def handed_over(work: Work, said: HandedOver) -> None:
    """One side's word: the other confirms on its own screen."""
    if work.me not in (said.giver, said.taker):
        raise DomainError("operation_malformed", kind="invalid", faults=[("giver", "")])
    command = HandOver(
        parcel_codes=said.parcels,
        giver=said.giver,
        taker=said.taker,
        operation_id=work.operation_id,
        occurred_at=work.occurred_at,
        now=work.now,
        by=work.by,
        phone=work.phone(said),
    )
    refused = handover.record_one_side(work.session, command)
    for refusal in refused:
        if refusal.code == "parcel_unknown":
            work.stray(str(refusal.params["parcel"]), handover.one_side(command))
    work.look_at(refused)


def incident(work: Work, said: IncidentSeen) -> None:
    _chains, unknown = chains.lock_known(work.session, [said.parcel])
    for code in unknown:
        work.look("parcel_unknown", parcel=code)
    if said.incident == "seal_broken" and FileKind.SEAL not in said.shown():
        work.look("proof_missing", needed=FileKind.SEAL.value)
    incidents.open_incident(
        work.session,
        kind=said.incident,
        parcel_code=said.parcel,
        office_id=work.office_id,
        by=work.by,
        now=work.now,
        note=said.note,
        operation_id=work.operation_id,
    )
