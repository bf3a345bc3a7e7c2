"""What of an act its teller has standing for; the rest becomes claims and is left out of what is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from app.clock import local_day
from app.domain.acts import ActPayload, Amended, Collected, Delivered, HandedOver, IncidentSeen, NotDone
from app.domain.custody import Act, EventKind
from app.domain.errors import DomainError
from app.domain.standing import CLAIMS_A_DAY, FOREIGN_CODES_AN_HOUR, said_way, standing
from app.models import Claim, Errand, Parcel
from app.services.booking import errands
from app.services.custody import chains, incidents
from app.services.custody.standing import TouchedThing
from app.services.messaging import handover_codes
from app.services.sync import amending
from app.services.sync.context import OperationContext
from app.unit_of_work import Chain


def within_standing(context: OperationContext, said: ActPayload) -> Any | None:
    """`said`, less what is claimed of it; None: nothing is left to write.

    Raises `claims_full` when this phone has told of too much without standing: nobody could look at it all.
    """
    judge = JUDGES.get(type(said))
    if judge is None or context.confirmed_by:
        return said
    left = judge(context, said)
    if context.claims:
        if context.facts.claims_of_a_day(context.now) + len(context.claims) > CLAIMS_A_DAY:
            raise DomainError("claims_full", kind="invalid")
        for claim in context.claims:
            claim.word = _word(said)
        context.look("claim")
    return left


def _word(said: ActPayload) -> str:
    """What whoever looks has to compare with the slips, in codes: the rest stays sealed."""
    if isinstance(said, HandedOver):
        return said_way(said.giver, said.taker)
    if isinstance(said, NotDone):
        return said.outcome
    return said.incident if isinstance(said, IncidentSeen) else ""


def _handed_over(context: OperationContext, said: HandedOver) -> HandedOver | None:
    if context.me not in (said.giver, said.taker):
        return said  # refused by its words
    act = context.act(EventKind.HANDED_OVER, said.giver, said.taker)
    kept = _own(context, said.parcels, act=act)
    return replace(said, parcels=kept) if kept else None


def _delivered(context: OperationContext, said: Delivered) -> Delivered | None:
    errand = _errand(context)
    if errand is None:
        kept = _own(context, said.parcels)
        return replace(said, parcels=kept) if kept else None
    known, unknown = chains.lock_known(context.work, said.parcels)
    brought = [chain for chain in known if chain.parcel.errand_id == errand.id]
    others = [chain for chain in known if chain.parcel.errand_id != errand.id]
    strange = [chain for chain in others if not _stands(context, chain=chain)]
    kept = tuple(chain.parcel.code for chain in known if chain not in strange)
    only_strange = bool(strange) and not kept  # nothing that is his to give was given here
    if only_strange or not _stands_at_door(context, errand, brought, said.code):
        _claim_visit(context, errand, known)
        return None
    for chain in strange:
        _claim_parcel(context, chain.parcel)
    return replace(said, parcels=(*kept, *unknown)) if strange else said


def _collected(context: OperationContext, said: Collected) -> Collected | None:
    errand = _errand(context)
    if errand is None or all(dossier.id != said.dossier_id for dossier in errand.dossiers):
        return said if _own(context, (said.label,)) else None
    if _stands(context, errand_id=errand.id, label=said.label):
        return said
    _claim(context, code=re.sub(r"[\s-]", "", said.label).upper(), office_id=errand.office_id, errand=errand)
    return None


def _not_done(context: OperationContext, said: NotDone) -> NotDone | None:
    errand = _errand(context)
    if errand is None or _stands(context, errand_id=errand.id):
        return said
    carried = () if context.ended else chains.lock_where(context.work, Parcel.errand_id == errand.id)
    if any(_stands(context, chain=chain) for chain in carried):
        return said
    _claim(context, office_id=errand.office_id, errand=errand)
    return None


def _incident(context: OperationContext, said: IncidentSeen) -> IncidentSeen | None:
    known, _unknown = chains.lock_known(context.work, [said.parcel])
    strange = [chain for chain in known if not _stands(context, chain=chain)]
    for chain in strange:
        _claim_parcel(context, chain.parcel)
        if (
            len(context.foreign_codes()) <= FOREIGN_CODES_AN_HOUR
        ):  # more is a phone that guesses: its claims are one task
            incidents.report(context.work, chain.parcel, _incident_of(context, said, chain.parcel), moves=False)
    return None if strange else said


def _incident_of(context: OperationContext, said: IncidentSeen, parcel: Parcel) -> incidents.Told:
    office_id = context.facts.answers_for(parcel)
    return incidents.Told(said.incident, office_id, context.by, context.now, said.note, context.operation_id)


def _amended(context: OperationContext, said: Amended) -> Amended | None:
    """Words about an act are its own teller's; of an act that is claimed they belong to the claim."""
    act = amending.act_of(context, said.amends)
    claimed = context.facts.claimed_before(context.header.seq, context.errand_id)
    if act is None or (amending.is_own(context, act) and not claimed and not context.teller.ended):
        return said
    errand = _errand(context)
    _claim(context, office_id=errand.office_id if errand is not None else context.office_id, errand=errand)
    return None


JUDGES: Final[Mapping[type[ActPayload], Callable[[OperationContext, Any], ActPayload | None]]] = {
    Collected: _collected,
    Delivered: _delivered,
    NotDone: _not_done,
    HandedOver: _handed_over,
    IncidentSeen: _incident,
    Amended: _amended,
}


def _own(context: OperationContext, codes: Sequence[str], act: Act | None = None) -> tuple[str, ...]:
    """The codes that may be written, each by itself, those nobody knows among them: they are strays; the rest is claimed."""
    known, unknown = chains.lock_known(context.work, codes)
    strange = []
    for chain in known:
        told = act is not None and chains.told_before(chain, act)
        if not _stands(context, chain=chain, told=told):
            _claim_parcel(context, chain.parcel)
            strange.append(chain)
    built_on = [code for code in unknown if _claim_label(context, code)]
    if not strange and not built_on:
        return tuple(codes)
    kept = (chain.parcel.code for chain in known if chain not in strange)
    return (*kept, *(code for code in unknown if code not in built_on))


def _claim_label(context: OperationContext, code: str) -> bool:
    """An envelope that this phone itself has claimed to have sealed: what became of it belongs to that claim."""
    office_id = context.facts.label_claimed_before(context.header.seq, code)
    if office_id is not None:
        _claim(context, code, office_id)
    return office_id is not None


def _errand(context: OperationContext) -> Errand | None:
    try:
        return errands.lock(context.work, context.errand_id)
    except DomainError as refusal:
        if refusal.code != "not_found":
            raise
        return None


def _stands(context: OperationContext, **thing: Any) -> bool:
    return standing(context.teller, TouchedThing(context.teller, **thing)) is not None


def _stands_at_door(context: OperationContext, errand: Errand, brought: Sequence[Chain], code: str | None) -> bool:
    """By the errand, by an envelope of it in the bag, and last by the code: a try of it is counted."""
    if _stands(context, errand_id=errand.id) or any(_stands(context, chain=chain) for chain in brought):
        return True

    def confirms() -> bool:
        return bool(code) and handover_codes.confirm_strange(
            context.work, errand.id, code or "", context.occurred_at, context.keys
        )

    return _stands(context, errand_id=errand.id, confirms=confirms)


def _claim_visit(context: OperationContext, errand: Errand, known: Sequence[Chain]) -> None:
    """The errand as a whole, with each of its envelopes; those of others are their offices' business."""
    brought = [chain.parcel for chain in known if chain.parcel.errand_id == errand.id]
    for chain in known:
        if chain.parcel not in brought:
            _claim_parcel(context, chain.parcel)
    for parcel in brought:
        _claim(context, parcel.code, errand.office_id, errand, parcel)
    if not brought:
        _claim(context, office_id=errand.office_id, errand=errand)


def _claim_parcel(context: OperationContext, parcel: Parcel) -> None:
    _claim(context, parcel.code, context.facts.answers_for(parcel), parcel=parcel)


def _claim(
    context: OperationContext,
    code: str = "",
    office_id: int = 0,
    errand: Errand | None = None,
    parcel: Parcel | None = None,
) -> None:
    header = context.header
    claim = Claim(
        operation_id=header.op_id,
        device_id=context.device.id,
        courier_id=context.courier_id,
        office_id=office_id,
        day=local_day(context.now),
        kind=header.kind,
        errand_id=errand.id if errand is not None else None,
        parcel_id=parcel.id if parcel is not None else None,
        code=code,
        elsewhere=_elsewhere(context, office_id, parcel),
        occurred_at=context.occurred_at,
        received_at=context.now,
    )
    if all(claim.code != one.code for one in context.claims):
        context.claims.append(claim)


def _elsewhere(context: OperationContext, office_id: int, parcel: Parcel | None) -> bool:
    """Of another office: the one that answers for it, and that of its visit."""
    errand_id: UUID | None = parcel.errand_id if parcel is not None else None
    of_visit = context.facts.office_of(errand_id) if errand_id is not None else None
    return context.facts.home not in {office_id, of_visit}
