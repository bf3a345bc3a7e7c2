"""What happened at a door: the strict service first; where it refuses, the late form (`context.late`), and a person looks."""

from __future__ import annotations

from typing import Final

from app.domain.acts import Collected, Delivered, FileGiven, NotDone
from app.domain.commands import CollectDossier, DeliverResult, DoorAct, RecordFailure
from app.domain.custody import EventKind, Holder, Party
from app.domain.errors import DomainError
from app.domain.named_receiver import ReceiverMatch
from app.domain.operation import FileKind
from app.models import Attempt, Dossier, Errand, Parcel
from app.services.booking import errands
from app.services.custody import incidents
from app.services.sync import calls, money, proof, shared_signature
from app.services.sync.context import OperationContext
from app.services.visits import collection, delivery, failures

CITIZEN: Final = Party(Holder.CITIZEN)
SEAL_BROKEN: Final = "SEAL_BROKEN"
CODE_TRIES: Final = 3  # a slip of the finger, a misheard digit, one more; who tries on, guesses


def collected(context: OperationContext, said: Collected) -> None:
    proof.check_collection(context, said)
    errand = _errand(context)
    if errand is None or all(dossier.id != said.dossier_id for dossier in errand.dossiers):
        context.look("not_your_errand")  # whose papers these are, nobody can say: the envelope is kept as a scan
        context.scanned([said.label], context.act(EventKind.SEALED, CITIZEN, context.me))
        money.take(context, errand, said.receipt)
        return
    shared_signature.check(context, said, errand)
    parcel = _collect(context, errand, said)
    context.parcel = parcel.code
    money.take(context, errand, said.receipt)


def _act(context: OperationContext, said: Collected | Delivered | NotDone) -> DoorAct:
    return DoorAct(
        courier_id=context.courier_id,
        operation_id=context.operation_id,
        occurred_at=context.occurred_at,
        now=context.now,
        by=context.by,
        fix=said.fix.position if said.fix else None,
    )


def _collect(context: OperationContext, errand: Errand, said: Collected) -> Parcel:
    command = CollectDossier(
        errand_id=errand.id,
        dossier_id=said.dossier_id,
        cases=said.cases,
        papers=said.papers,
        parcel_code=said.label,
        seal_number=said.seal,
        **_act(context, said),
        taken_in_part=said.in_part,
        phone=context.phone(said),
    )
    _check_version(context, errand, said)
    if not context.late:
        return collection.collect(context.work, command)
    parcel, refused = collection.collect_late(context.work, command)
    context.look_at([_with_label(refusal, said.label, parcel.code) for refusal in refused])
    return parcel


def _with_label(refusal: DomainError, given: str, taken: str) -> DomainError:
    if refusal.code in {"parcel_code_used", "parcel_code_malformed"}:
        refusal.params.update(given=given, parcel=taken)
    return refusal


def _check_version(context: OperationContext, errand: Errand, said: Collected) -> None:
    """The list that the phone showed is not the one the dossier goes by."""
    dossier: Dossier | None = next((one for one in errand.dossiers if one.id == said.dossier_id), None)
    if dossier is not None and said.procedure_version != f"{dossier.procedure.code}@{dossier.procedure.version}":
        context.look("papers_version_changed")


def delivered(context: OperationContext, said: Delivered) -> None:
    errand = _errand(context)
    proof.check_delivery(context, said, errand)
    if errand is None:
        context.look("not_your_errand")
        context.scanned(said.parcels, context.act(EventKind.DELIVERED, context.me, CITIZEN))
        money.take(context, None, said.receipt)
        return
    shared_signature.check(context, said, errand)
    if not (said.scanned and said.parcels):
        context.look("envelope_not_scanned")
    attempt = _deliver(context, errand, said)
    if attempt.evidence.get("proof") == delivery.CODE_NOT_CONFIRMED:
        context.look("code_not_confirmed")
    if attempt.evidence.get("receiver") == ReceiverMatch.OTHER:
        context.look("receiver_not_named")
    if said.code_tries > CODE_TRIES:
        context.look("code_tried_often", tries=said.code_tries)
    money.take(context, errand, said.receipt)


def _deliver(context: OperationContext, errand: Errand, said: Delivered) -> Attempt:
    command = DeliverResult(
        errand_id=errand.id,
        receiver_name=said.receiver_name,
        receiver_relation=said.receiver_relation,
        receiver_role=said.receiver_role,
        id_kind=said.id_kind,
        id_last4=said.id_last4,
        code=said.code,
        code_tries=said.code_tries,
        seal_whole=said.seal_whole,
        **_act(context, said),
        parcels=said.parcels,
        phone=context.phone(said),
    )
    if not context.late:
        return delivery.deliver(context.work, command, context.keys)
    attempt, refused = delivery.deliver_late(context.work, command, context.keys)
    act = context.act(EventKind.DELIVERED, context.me, CITIZEN)
    for refusal in refused:
        if refusal.code == "parcel_unknown":
            context.stray(str(refusal.params["parcel"]), act)
    context.look_at(refused)
    return attempt


def not_done(context: OperationContext, said: NotDone) -> None:
    errand = _errand(context)
    if errand is None:
        context.look("not_your_errand")
        return
    command = RecordFailure(
        errand_id=errand.id,
        outcome=said.outcome,
        evidence=_evidence(context, said),
        **_act(context, said),
        counted=context.steady,
        phone=context.phone(said),
    )
    if context.late:
        attempt, refused = failures.record_failure_late(context.work, command)
        context.look_at(refused)
    else:
        attempt = failures.record_failure(context.work, command)
    if failures.SLOT_GONE in attempt.evidence:
        context.look(failures.SLOT_GONE)
    if said.outcome == SEAL_BROKEN:
        _report_broken_seal(context, errand, said)


def _report_broken_seal(context: OperationContext, errand: Errand, said: NotDone) -> None:
    for number, parcel in enumerate(delivery.envelopes(context.work, errand)):
        incidents.open_incident(
            context.work,
            kind="seal_broken",
            parcel_code=parcel.code,
            office_id=context.facts.answers_for(parcel),
            by=context.by,
            now=context.now,
            note=said.evidence.get("note", ""),
            operation_id=context.operation_id if number == 0 else f"{context.operation_id}:{number}",
        )


PHOTOS: Final = {
    "gate_photo": (frozenset({FileKind.GATE}),),
    "photo": (
        frozenset({FileKind.PLACE}),
        frozenset({FileKind.FAULTY_PAPER}),
        frozenset({FileKind.RESULT_ERROR}),
    ),
    "two_photos": (frozenset({FileKind.SEAL, FileKind.SEAL_OTHER_SIDE}),),
}
"""Evidence that is a photo: any of these sets of files gives it. A word in its place is no photo."""


def _evidence(context: OperationContext, said: NotDone) -> dict[str, str]:
    elsewhere = (*PHOTOS, calls.ONE, calls.TWO)
    given = {key: text for key, text in said.evidence.items() if key not in elsewhere}
    given |= calls.evidence_of_calls(context, said)
    files = [file for file in said.files if file.kind is not FileKind.FAULTY_PAPER or said.consent]
    for key, choices in PHOTOS.items():
        seen = _seen(files, choices)
        if seen:
            given[key] = seen
    if said.outcome == "PAPERS_WRONG" and not said.consent and given.get("note", "").strip():
        given["photo"] = given["note"]  # the citizen did not agree to a photo: what was seen, in words
    return given


def _seen(files: list[FileGiven], choices: tuple[frozenset[FileKind], ...]) -> str:
    for choice in choices:
        if choice <= {file.kind for file in files}:
            return " ".join(file.sha256 for file in files if file.kind in choice)
    return ""


def _errand(context: OperationContext) -> Errand | None:
    try:
        context.errand = errands.lock(context.work, context.errand_id)
    except DomainError as refusal:
        if refusal.code != "not_found":
            raise
        return None
    context.check_planned(context.errand)
    return context.errand
