"""At the door with a result: whose hands it goes into, what proves it, and what follows.

The code is verified here, once an attempt; a wrong one never takes back what happened: the delivery stands, flagged, the
citizen is told and a person looks at it (docs/decisions/handover-codes.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.clock import at, local_day
from app.config import Keys
from app.domain.commands import DeliverResult
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.dossier import DossierState
from app.domain.errand import ErrandKind, ErrandState, ProofKind
from app.domain.errors import DomainError, refusals
from app.domain.from_phone import read_to
from app.domain.identity import ApplicantKind
from app.domain.incident import IncidentKind
from app.domain.named_receiver import match_receiver
from app.domain.outcome import DONE
from app.domain.parcel import ParcelPurpose, parse_s10
from app.domain.wording import folded, tidy
from app.jobs import defer
from app.models import Attempt, Errand, Parcel
from app.queries.desks import papers
from app.services.booking import errands
from app.services.custody import chains, incidents
from app.services.desks import dossier_steps
from app.services.messaging import handover_codes, messages
from app.services.visits import attempts
from app.unit_of_work import Chain, UnitOfWork

PURPOSE = {ErrandKind.DELIVER: ParcelPurpose.RESULT, ErrandKind.GIVE_BACK: ParcelPurpose.GIVE_BACK}
RELATIONS = frozenset({"self", "family", "authorised"})
CODE_CONFIRMED, CODE_NOT_CONFIRMED, ID_CHECKED = "code_confirmed", "code_not_confirmed", "id_checked"
NAME_AT_MOST = 120
ASKED_AT = time(9, 0)
_LAST4 = re.compile(r"[0-9A-Za-z]{4}")


def deliver(work: UnitOfWork, command: DeliverResult, keys: Keys) -> Attempt:
    """Give all results of the errand to one person, at the door or at the counter; a repeated operation is answered by
    its attempt.

    Raises `nothing_to_deliver`, `seal_not_whole`, `receiver_missing`, `receiver_unnamed`, `relation_unknown`, `id_needed`,
    `papers_due_first`, `not_the_holder` and `errand_step_refused`.
    """
    errand = errands.lock(work, command.errand_id)
    stored = attempts.stored_attempt(work, errand.id, command.operation_id, command.phone)
    if stored is not None:
        return stored
    _check_door(errand, command)
    _check_named(errand, command)
    _check_papers_due(work, errand)
    locked = _chains(work, errand, command)
    attempts.arrive(errand, at_counter=command.office_id is not None)
    proof = _proof(work, errand, command, keys)
    marks = _evidence(work, errand, command)
    for chain in locked:
        chains.add_event(work, chain, _act(command, marks))
    attempt = _close(work, errand, command, _seen(errand, command, proof, marks))
    _say(work, errand, proof, command.now)
    return attempt


def deliver_late(work: UnitOfWork, command: DeliverResult, keys: Keys) -> tuple[Attempt, list[DomainError]]:
    """What a phone tells of a hand-over that has happened: never refused once the errand is known.

    Returns the attempt and what an online screen would have been refused with; `parcel_unknown` names an envelope that
    nobody knows, `parcels_left` one of the errand that was not given. Raises `not_found`.
    """
    errand = errands.lock(work, command.errand_id)
    stored = attempts.stored_attempt(work, errand.id, command.operation_id, command.phone)
    if stored is not None:
        return stored, []
    refused = refusals(
        lambda: _check_door(errand, command),
        lambda: _check_named(errand, command),
        lambda: _check_papers_due(work, errand),
    )
    locked, unknown = chains.lock_known(work, command.parcels)
    given = {chain.parcel.id for chain in locked}
    left = [parcel for parcel in envelopes(work, errand) if parcel.id not in given]
    refused += [DomainError("parcel_unknown", parcel=code) for code in unknown]
    refused += [DomainError("parcels_left", parcel=parcel.code) for parcel in left]
    proof, marks = _proof(work, errand, command, keys), _evidence(work, errand, command)
    for chain in locked:
        act = _act(command, marks)
        if chain.parcel.errand_id != errand.id:
            refused.append(_wrong_door(work, errand, chain, command))
            act = replace(act, taker=chains.astray_at(errand.id))
        refused += chains.record(work, chain, act)
    evidence = _seen(errand, command, proof, marks)
    return _leave_late(work, errand, command, evidence, refused, all_given=not left), refused


def _wrong_door(work: UnitOfWork, errand: Errand, chain: Chain, command: DeliverResult) -> DomainError:
    """The envelope of another visit was given at this door: the offices of both look for it, each with an incident."""
    theirs = work.get(Errand, chain.parcel.errand_id) if chain.parcel.errand_id is not None else None
    offices = {errand.office_id, theirs.office_id if theirs is not None else errand.office_id}
    for office_id in sorted(offices):
        incidents.open_incident(
            work,
            kind=IncidentKind.WRONG_DOOR,
            parcel_code=chain.parcel.code,
            office_id=office_id,
            by=command.by,
            now=command.now,
            operation_id=f"{command.operation_id}:{chain.parcel.code}:{office_id}",
        )
    return DomainError("parcel_of_other_errand", parcel=chain.parcel.code)


def _leave_late(
    work: UnitOfWork,
    errand: Errand,
    command: DeliverResult,
    evidence: Mapping[str, Any],
    refused: list[DomainError],
    *,
    all_given: bool,
) -> Attempt:
    """Close the errand where its table allows and nothing of it is left; else the try is written down beside it."""
    closes = errand.kind in PURPOSE and all_given
    if closes:
        closes, stopped = attempts.arrive_late(errand)
        refused += stopped
    if not closes:
        return attempts.leave(work, errand, _door(command), attempts.AttemptOutcome(DONE, evidence))
    attempt = _close(work, errand, command, evidence)
    _say(work, errand, evidence["proof"], command.now)
    return attempt


def _check_papers_due(session: Session, errand: Errand) -> None:
    if papers.due_of(session, errand):
        raise DomainError("papers_due_first", errand=str(errand.id))


def _check_door(errand: Errand, command: DeliverResult) -> None:
    if errand.kind not in PURPOSE:
        raise DomainError("nothing_to_deliver", errand=str(errand.id))
    if not command.seal_whole:
        raise DomainError("seal_not_whole", kind="invalid", field="seal_whole")
    if not 0 < len(command.receiver_name.strip()) <= NAME_AT_MOST:
        raise DomainError("receiver_missing", kind="invalid", field="receiver_name")
    if command.receiver_relation not in RELATIONS:
        raise DomainError("relation_unknown", kind="invalid", field="receiver_relation")
    _check_id(errand, command)


def _check_named(errand: Errand, command: DeliverResult) -> None:
    """An organisation receives by the hand of somebody, who has a name and an office there."""
    applicant = errand.request.applicant
    if applicant.kind is not ApplicantKind.ORGANISATION:
        return
    if tidy(command.receiver_name).casefold() == tidy(applicant.name).casefold():
        raise DomainError("receiver_unnamed", kind="invalid", field="receiver_name")
    if command.receiver_relation == "self" and not command.receiver_role.strip():
        raise DomainError("receiver_unnamed", kind="invalid", field="receiver_role")


def _check_id(errand: Errand, command: DeliverResult) -> None:
    """Four last characters of a paper: always in the right form, and needed where no code speaks for the receiver.

    Nor does a code speak for somebody who is not on file: a telephone is lent, and read out.
    """
    given = command.id_last4.strip()
    needed = errand.proof is ProofKind.ID_CHECK or not command.code or not _on_file(errand, command)
    if (needed and not (given and command.id_kind.strip())) or (given and _LAST4.fullmatch(given) is None):
        raise DomainError("id_needed", kind="invalid", field="id_last4")


def _on_file(errand: Errand, command: DeliverResult) -> bool:
    """Is it the person who asked, or, for an organisation, somebody of it who is named with an office there?"""
    applicant = errand.request.applicant
    if command.receiver_relation != "self":
        return False
    same = folded(tidy(command.receiver_name)) == folded(tidy(applicant.name))
    return same or applicant.kind is ApplicantKind.ORGANISATION


def envelopes(session: Session, errand: Errand) -> Sequence[Parcel]:
    """What this errand brings to the door."""
    if errand.kind not in PURPOSE:
        return []
    return session.scalars(select(Parcel).where(*_brought(errand)).order_by(Parcel.id)).all()


def _brought(errand: Errand) -> tuple[ColumnElement[bool], ...]:
    return Parcel.errand_id == errand.id, Parcel.purpose == PURPOSE[errand.kind]


def _chains(work: UnitOfWork, errand: Errand, command: DeliverResult) -> list[Chain]:
    """All the errand's envelopes; those scanned at the door must be the same. Raises `parcels_differ`."""
    prefetched = chains.prefetched_of(work, errand.id, PURPOSE[errand.kind])
    locked = prefetched or chains.lock_where(work, *_brought(errand))
    if not locked:
        raise DomainError("nothing_to_deliver", errand=str(errand.id))
    if command.parcels and {parse_s10(code) for code in command.parcels} != {chain.parcel.code for chain in locked}:
        raise DomainError("parcels_differ", kind="invalid", field="parcels")
    return locked


def _proof(work: UnitOfWork, errand: Errand, command: DeliverResult, keys: Keys) -> str:
    if errand.proof is ProofKind.ID_CHECK or (command.office_id is not None and not command.code):
        return ID_CHECKED
    return CODE_CONFIRMED if command.code and _is_code(work, command, keys) else CODE_NOT_CONFIRMED


def _is_code(work: UnitOfWork, command: DeliverResult, keys: Keys) -> bool:
    # a code lives to the end of its day: told days later by a phone without a network, it was typed in time
    # none issued: what was typed can't be right
    try:
        return handover_codes.confirm(work, command.errand_id, command.code or "", command.occurred_at, keys)
    except DomainError:
        return False


def _evidence(work: UnitOfWork, errand: Errand, command: DeliverResult) -> tuple[str, ...]:
    """Who took it is personal: kept apart, erasable, never in the chain."""
    applicant = errand.request.applicant_id
    receiver: dict[str, object] = {
        "name": command.receiver_name.strip(),
        "relation": command.receiver_relation,
        **({"role": command.receiver_role.strip()} if command.receiver_role.strip() else {}),
        "id_kind": command.id_kind.strip(),
        "id_last4": command.id_last4.strip(),
    } | (command.phone.signed() if command.phone else {})
    marks = [chains.remember(work, "receiver", receiver, applicant)]
    if command.fix is not None:
        marks.append(chains.remember(work, "position", chains.position(command.fix), applicant))
    return tuple(marks)


def _seen(errand: Errand, command: DeliverResult, proof: str, marks: tuple[str, ...]) -> dict[str, Any]:
    """What the attempt itself keeps: nothing personal."""
    tries = {"code_tries": command.code_tries} if command.code_tries else {}
    return {
        "proof": proof,
        "commitments": list(marks),
        **tries,
        **read_to(command.phone),
        **_against_the_named(errand, command),
    }


def _against_the_named(errand: Errand, command: DeliverResult) -> dict[str, str]:
    """Whether it went to who was named for it; nothing where nobody was, or who asked took it."""
    named = errand.request.receiver
    if errand.kind is not ErrandKind.DELIVER or named is None or named.name is None or _on_file(errand, command):
        return {}
    given = (command.receiver_name, command.id_last4)
    return {"receiver": match_receiver((named.name, named.id_last4 or ""), given).value}


def _giver(command: DeliverResult) -> Party:
    if command.office_id is not None:
        return Party(Holder.OFFICE_SAFE, str(command.office_id))
    return Party(Holder.COURIER, str(command.courier_id))


def _act(command: DeliverResult, marks: tuple[str, ...]) -> Act:
    return Act(
        EventKind.DELIVERED,
        _giver(command),
        Party(Holder.CITIZEN),
        occurred_at=command.occurred_at,
        now=command.now,
        by=command.by,
        operation_id=command.operation_id,
        evidence=marks,
        device=command.phone.device if command.phone else "",
        seq=command.phone.seq if command.phone else 0,
    )


def _close(work: UnitOfWork, errand: Errand, command: DeliverResult, evidence: Mapping[str, Any]) -> Attempt:
    if errand.kind is ErrandKind.DELIVER:
        for dossier in errand.dossiers:
            dossier_steps.move(
                work, dossier, DossierState.RESULT_RETURNED, by=command.by, at=command.occurred_at, now=command.now
            )
    errands.close(work, errand, ErrandState.DONE, command.now)
    return attempts.leave(work, errand, _door(command), attempts.AttemptOutcome(DONE, evidence))


def _door(command: DeliverResult) -> attempts.AtTheDoor:
    return attempts.AtTheDoor(command.courier_id, command.operation_id, command.occurred_at, command.now)


def _say(work: UnitOfWork, errand: Errand, proof: str, now: datetime) -> None:
    template = "delivered_unconfirmed" if proof == CODE_NOT_CONFIRMED else "delivered"
    messages.tell(work, errand.request, errand, template, now, f"delivered:{errand.id}")
    if proof == ID_CHECKED:
        tomorrow = at(local_day(now) + timedelta(days=1), ASKED_AT)
        defer(work, "confirm_proof", {"errand_id": str(errand.id)}, at=tomorrow)


def ask_to_confirm(work: UnitOfWork, errand_id: UUID, now: datetime) -> None:
    """The day after a hand-over proved by papers alone: ask the citizen whether the result is there."""
    errand = errands.lock(work, errand_id)
    messages.tell(work, errand.request, errand, "asked_to_confirm", now, f"asked_to_confirm:{errand.id}")
