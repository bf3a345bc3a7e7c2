"""Book a visit: applicant, door, dossiers, errands, charges, a message, an audit line; all of it or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.config import Keys
from app.domain.commands import BookVisit
from app.domain.contact import channel_of, proof_of
from app.domain.dossier import DossierState
from app.domain.errand import ErrandKind, ErrandState, ProofKind, RequestKind
from app.domain.errors import DomainError
from app.domain.tariff import Direction
from app.domain.tracking import new_tracking_token
from app.models import Applicant, Dossier, Errand, Place, Procedure, ServiceRequest
from app.queries.reference.tariff import rates
from app.services import audit
from app.services.booking import entitlements
from app.services.booking.admission import Admitted, admit
from app.services.booking.crowding import open_visits
from app.services.booking.places import make_place
from app.services.booking.pricing import PricedDossier, Terms, charge_of, price_visit
from app.services.messaging import handover_codes, messages
from app.services.outbox import changes
from app.texts import say
from app.texts.consent import CONSENT, CONSENT_VERSION
from app.unit_of_work import UnitOfWork

LETTERS: Final = (
    "23456789CFGHJMPQRVWX"  # neither vowels nor look-alikes: read out over a telephone without a word in it
)
ERRANDS: Final = {
    RequestKind.SEND: (ErrandKind.COLLECT,),
    RequestKind.RECEIVE: (ErrandKind.DELIVER,),
    RequestKind.SEND_AND_RECEIVE: (ErrandKind.COLLECT, ErrandKind.DELIVER),
}


def book(work: UnitOfWork, command: BookVisit, keys: Keys) -> ServiceRequest:
    """Write the request that the command asks for, with its slot taken.

    The same `external_ref` never books twice: the same wish again gets the request that stands, another one
    `external_ref_taken`. Raises whatever `admit` finds.
    """
    standing = _standing(work, command)
    if standing is not None:
        return standing
    admitted = admit(work, command)
    standing_visits = open_visits(work, command)
    place = make_place(work, admitted.unit, command.place, command.by, command.now)
    request = _request(work, command, place)
    dossiers = _dossiers(work, command, admitted, request)
    errands = _errands(work, command, admitted, request)
    _charge(work, command, admitted, dossiers, errands)
    if command.proof is ProofKind.SLIP and ErrandKind.DELIVER in errands:
        handover_codes.issue(work, errands[ErrandKind.DELIVER], ProofKind.SLIP, command.now, keys)
    _say_booked(work, request, errands, command.now)
    audit.record(
        work, command.by, "book", "service_request", request.id, command.now, kind=command.kind.value,
        dossiers=len(dossiers), unit=admitted.unit.code, proof=proof_of(command).value, before=standing_visits,
    )  # fmt: skip
    return request


def _standing(session: Session, command: BookVisit) -> ServiceRequest | None:
    """What was booked under this reference before; two at once wait for each other here."""
    if command.external_ref is None:
        return None
    asked = f"external_ref {command.partner_id} {command.external_ref}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(asked, 0))))
    request = session.scalars(
        select(ServiceRequest).where(
            ServiceRequest.partner_id.is_not_distinct_from(command.partner_id),
            ServiceRequest.external_ref == command.external_ref,
        )
    ).one_or_none()
    if request is not None and not _same_wish(request, command):
        raise DomainError("external_ref_taken", field="external_ref", reference=request.reference)
    return request


def _same_wish(request: ServiceRequest, command: BookVisit) -> bool:
    return (
        request.kind is command.kind
        and request.place.unit_code == command.place.unit_code
        and request.applicant.phone == command.applicant.phone
        and [d.procedure.code for d in request.dossiers] == [d.procedure_code for d in command.dossiers]
    )


def _request(session: Session, command: BookVisit, place: Place) -> ServiceRequest:
    given = command.applicant
    applicant = Applicant(kind=given.kind, name=given.name, phone=given.phone, email=given.email)
    request = ServiceRequest(
        reference=new_reference(session),
        kind=command.kind,
        applicant=applicant,
        place=place,
        language=command.language,
        tongue=command.tongue,
        channel=channel_of(command),
        helper_name=command.helper_name or None,
        helper_phone=command.helper_phone,
        phone_proof=proof_of(command),
        consent_text=say(CONSENT, command.language),
        consent_version=CONSENT_VERSION,
        consent_at=command.now,
        tracking_token=new_tracking_token(),
        partner_id=command.partner_id,
        external_ref=command.external_ref,
        booked_by=command.staff_id,
        created_at=command.now,
    )
    session.add(request)
    session.flush()
    return request


def new_reference(session: Session) -> str:
    """Short, and free."""
    while True:
        reference = "TN-" + "".join(secrets.choice(LETTERS) for _ in range(6))
        if session.scalars(select(ServiceRequest.id).where(ServiceRequest.reference == reference)).first() is None:
            return reference


def _dossiers(
    session: Session, command: BookVisit, admitted: Admitted, request: ServiceRequest
) -> list[tuple[Dossier, Procedure]]:
    """A dossier to be sent is registered; of one to be received a code is known, which is nobody's until that is proved."""
    if command.kind is RequestKind.RECEIVE:
        return entitlements.ask(session, command, admitted, request)
    rows = []
    for position, (given, procedure) in enumerate(zip(command.dossiers, admitted.procedures, strict=True), start=1):
        dossier = Dossier(
            request=request,
            position=position,
            procedure=procedure,
            cases=list(given.cases),
            desk=admitted.desks.receiving(procedure),
            competent_desk=admitted.desks.competent(procedure),
            state=DossierState.REGISTERED,
        )
        session.add(dossier)
        rows.append((dossier, procedure))
    session.flush()
    return rows


def _errands(
    work: UnitOfWork, command: BookVisit, admitted: Admitted, request: ServiceRequest
) -> dict[ErrandKind, Errand]:
    """A collection stands in its slot; a delivery waits until its result is ready."""
    errands = {}
    for kind in ERRANDS[command.kind]:
        collect = kind is ErrandKind.COLLECT
        errands[kind] = Errand(
            request=request,
            kind=kind,
            state=ErrandState.SCHEDULED if collect else ErrandState.REQUESTED,
            place=request.place,
            office=admitted.office,
            slot=admitted.slot if collect else None,
            proof=command.proof,
            dossiers=list(request.dossiers),
            created_at=command.now,
        )
    work.add_all(errands.values())
    work.flush()
    for errand in errands.values():
        if errand.state is ErrandState.SCHEDULED:
            changes.errand_changed(work, errand, command.now)
    return errands


def _charge(
    work: UnitOfWork,
    command: BookVisit,
    admitted: Admitted,
    dossiers: Sequence[tuple[Dossier, Procedure]],
    errands: dict[ErrandKind, Errand],
) -> None:
    day = admitted.slot.day if admitted.slot is not None else local_day(command.now)
    terms = Terms(command.kind, admitted.unit, admitted.desks, day, command.discount, work.once(rates, day))
    named = admitted.named or (None,) * len(dossiers)
    priced = [
        PricedDossier(procedure, dossier.cases, desk)
        for (dossier, procedure), desk in zip(dossiers, named, strict=True)
    ]
    for (dossier, _), parts in zip(dossiers, price_visit(work, terms, priced), strict=True):
        for part in parts:
            kind = ErrandKind.DELIVER if part.direction is Direction.RETURN else ErrandKind.COLLECT
            work.add(charge_of(part, dossier, errands[kind], command.discount))


def _say_booked(work: UnitOfWork, request: ServiceRequest, errands: dict[ErrandKind, Errand], now: datetime) -> None:
    collection = errands.get(ErrandKind.COLLECT)
    if collection is None:
        delivery = errands[ErrandKind.DELIVER]
        messages.tell(work, request, delivery, "booked_result", now, f"booked:{request.id}")
        return
    slot = messages.label(collection)
    messages.tell(work, request, collection, "booked", now, f"booked:{request.id}", slot=slot)
