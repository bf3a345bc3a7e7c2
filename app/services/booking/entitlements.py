"""A result that somebody asks for by a code: asked for here, confirmed by the desk or the exchange, or denied.

Whoever asks is answered the same, in the same statements, whether the code stands for anything here or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from sqlalchemy import String, delete, func, literal, select, update
from sqlalchemy.orm import Session, joinedload

from app.domain.commands import BookVisit, DossierGiven
from app.domain.dossier import FINAL, DossierState, parse_dossier_code
from app.domain.entitlement import (
    BY_EXCHANGE,
    DecideEntitlement,
    DenialReason,
    EntitlementState,
    OwnerKnown,
    OwnerMatch,
    PlacedBy,
    ResultHere,
    match_owner,
)
from app.domain.errand import ErrandKind
from app.domain.errors import DomainError
from app.domain.identity import Channel, PhoneNumber, PhoneProof
from app.models import (
    Applicant,
    Charge,
    Desk,
    Dossier,
    Entitlement,
    ErrandDossier,
    Parcel,
    Procedure,
    ServiceRequest,
    WaitingResult,
)
from app.queries.desks.entitlements import WANTED
from app.queries.reference.units import in_charge
from app.queries.tracking.entitled import desk_told
from app.services import audit
from app.services.booking import pickups
from app.services.booking.admission import Admitted
from app.services.booking.pricing import drop_charges
from app.services.messaging import messages
from app.unit_of_work import UnitOfWork

KEPT: Final = timedelta(days=90)  # what a desk entered and nobody asked for


def ask(
    session: Session, command: BookVisit, admitted: Admitted, request: ServiceRequest
) -> list[tuple[Dossier, Procedure]]:
    """The dossiers of the results that are asked for, each with its entitlement.

    One of which only its agency told, with this very telephone and for this procedure, is the citizen's at once: the
    hand-over code goes to that telephone. Every other code waits for the desk's word.
    """
    rows = []
    for position, (given, procedure) in enumerate(zip(command.dossiers, admitted.procedures, strict=True), start=1):
        code = str(parse_dossier_code(given.code or ""))
        waiting = _look(session, code, given, proved_phone(request))
        told = waiting[0]
        if told is not None:
            take_over(told, request, position)
            rows.append((told, told.procedure))
            continue
        rows.append((_asked(session, request, admitted, position, given, waiting[1]), procedure))
    session.flush()
    return rows


def proved_phone(request: ServiceRequest) -> PhoneNumber | None:
    """The applicant's own telephone where somebody answers for it: what is typed beside a helper's was tried by nobody."""
    own = request.applicant.phone
    if own is None or request.channel is Channel.HELPER or request.phone_proof is PhoneProof.NONE:
        return None
    return cast("PhoneNumber", own)  # read when it was typed


def _look(
    session: Session, code: str, given: DossierGiven, phone: PhoneNumber | None
) -> tuple[Dossier | None, WaitingResult | None]:
    """The dossier that is theirs beyond doubt, and where a desk has entered the result; two at once wait here."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"dossier {code}", 0))))
    visits = select(ErrandDossier.errand_id).where(ErrandDossier.dossier_id == Dossier.id)
    theirs = (
        select(Dossier)
        .join(ServiceRequest, ServiceRequest.id == Dossier.request_id)
        .join(Applicant, Applicant.id == ServiceRequest.applicant_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(
            Dossier.code == code,
            Dossier.partner_id.is_not(None),
            Dossier.state.not_in(FINAL),
            Procedure.code == given.procedure_code,
            Applicant.phone == literal(phone, String()),  # bound, also where it is NULL, which is nobody's
            ~visits.exists(),
        )
        .options(
            joinedload(Dossier.request).joinedload(ServiceRequest.applicant),
            joinedload(Dossier.procedure),
        )
    )
    told = session.scalars(theirs).first()
    entered = session.scalars(
        select(WaitingResult).where(WaitingResult.code == code).options(joinedload(WaitingResult.desk))
    ).one_or_none()
    return told, entered


def take_over(dossier: Dossier, request: ServiceRequest, position: int) -> None:
    """The citizen's own request takes the place of what the agency said of them, which is forgotten."""
    before = dossier.request.applicant
    dossier.request, dossier.position = request, position
    before.name = before.phone = None


def _asked(
    session: Session,
    request: ServiceRequest,
    admitted: Admitted,
    position: int,
    given: DossierGiven,
    entered: WaitingResult | None,
) -> Dossier:
    procedure, named = admitted.procedures[position - 1], admitted.named[position - 1]
    if entered is not None:
        desk, placed_by = entered.desk, PlacedBy.DESK
    elif named is not None:
        desk, placed_by = named, PlacedBy.PREFIX
    else:
        desk, placed_by = admitted.desks.receiving(procedure), PlacedBy.HOME
    dossier = Dossier(
        request=request,
        position=position,
        procedure=procedure,
        cases=list(given.cases),
        desk=desk,
        competent_desk=desk,
        state=DossierState.REGISTERED,
    )
    session.add_all([
        dossier,
        Entitlement(
            dossier=dossier,
            asked_code=str(parse_dossier_code(given.code or "")),
            state=EntitlementState.TO_CONFIRM,
            placed_by=placed_by,
            owner_id_last4=given.owner_id_last4 or None,
            asked_at=request.created_at,
        ),
    ])  # fmt: skip
    return dossier


# -- decided


def decide(work: UnitOfWork, command: DecideEntitlement) -> Entitlement:
    """The desk's word. Confirmed, its code is the dossier's, and the others that asked for it are denied.

    Raises `not_found`, `entitlement_decided` (otherwise), `entitlement_called_off`, `dossier_confirmed_before` and
    `dossier_with_earlier`.
    """
    one = _locked(work, command.dossier_id)
    if one.dossier.desk_id != command.desk_id:
        raise DomainError("not_found", kind="not_found")
    wanted = EntitlementState.DENIED if command.reason else EntitlementState.PROVED
    if one.state == wanted:
        return one
    _check_open(work, one)
    if command.reason is not None:
        _deny(work, one, command.reason, command.by, command.now)
    else:
        _prove(work, one, command.by, command.now)
    return one


def _check_open(work: UnitOfWork, one: Entitlement) -> None:
    if one.state != EntitlementState.TO_CONFIRM:
        raise DomainError("entitlement_decided", kind="conflict", field="dossier")
    if not _wanted(work, one):
        raise DomainError("entitlement_called_off", kind="conflict", field="dossier")


def _wanted(work: UnitOfWork, one: Entitlement) -> bool:
    """`WANTED`, of one whose errands are locked."""
    return any(pickups.is_open(errand) for errand in pickups.hold(work, one.dossier_id))


def _locked(work: UnitOfWork, dossier_id: UUID) -> Entitlement:
    """With all that ask for the same code, in the order of `app.services`: errands, dossiers, and what hangs on them."""
    code = work.scalar(select(Entitlement.asked_code).where(Entitlement.dossier_id == dossier_id))
    if code is None:
        raise DomainError("not_found", kind="not_found")
    rivals = work.scalars(select(Entitlement.dossier_id).where(Entitlement.asked_code == code)).all()
    pickups.hold(work, *rivals)
    held = select(Dossier).where(Dossier.id.in_(rivals)).order_by(Dossier.id).with_for_update(of=Dossier)
    work.scalars(held.execution_options(populate_existing=True)).all()
    mine = select(Entitlement).where(Entitlement.dossier_id.in_(rivals)).order_by(Entitlement.dossier_id)
    rows = work.scalars(mine.with_for_update(of=Entitlement).execution_options(populate_existing=True)).all()
    return next(row for row in rows if row.dossier_id == dossier_id)


def _prove(work: UnitOfWork, one: Entitlement, by: str, now: datetime) -> None:
    standing = _make_way(work, one.asked_code, by, now)
    _decided(one, EntitlementState.PROVED, by, now)
    if standing is not None:
        _join(work, one, standing)
    else:
        one.dossier.code, one.dossier.state = one.asked_code, DossierState.IN_PROCESS
    work.flush()
    audit.record(work, by, "entitlement.proved", "dossier", one.dossier_id, now)
    for rival in _open_of(work, one.asked_code):
        _deny(work, rival, DenialReason.FOR_SOMEBODY_ELSE, by, now)


def _make_way(work: UnitOfWork, code: str, by: str, now: datetime) -> Dossier | None:
    """The dossier that its agency told, to be joined. One that was confirmed and called off before anything was packed frees the code.

    Raises `dossier_confirmed_before` where a visit stands that may be called off, `dossier_with_earlier` where that would
    not help.
    """
    standing = work.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
    if standing is None:
        return None
    held = pickups.hold(work, standing.id)
    if standing.partner_id is not None and not held:
        return standing
    asked = work.get(Entitlement, standing.id)
    packed = work.scalars(select(Parcel.code).where(Parcel.dossier_id == standing.id)).first()
    if standing.partner_id is not None or asked is None or packed is not None or standing.state in FINAL:
        raise DomainError("dossier_with_earlier", kind="conflict", field="dossier", given=code)
    if any(errand.kind is ErrandKind.DELIVER and pickups.is_open(errand) for errand in held):
        raise DomainError("dossier_confirmed_before", kind="conflict", field="dossier", given=code)
    standing.code, standing.state = None, DossierState.REGISTERED
    work.flush()
    audit.record(work, by, "entitlement.freed", "dossier", standing.id, now)
    return None


def _join(work: UnitOfWork, one: Entitlement, told: Dossier) -> None:
    """Its agency told of it, too: that row has the steps, this one the visit; they become one."""
    asked, request, position = one.dossier, one.dossier.request, one.dossier.position
    for errand in pickups.hold(work, asked.id):
        errand.dossiers = [told if dossier.id == asked.id else dossier for dossier in errand.dossiers]
    work.execute(update(Charge).where(Charge.dossier_id == asked.id).values(dossier_id=told.id))
    take_over(told, request, position)
    one.dossier = told
    work.flush()
    work.delete(asked)


def _deny(work: UnitOfWork, one: Entitlement, reason: DenialReason, by: str, now: datetime) -> None:
    """Nobody comes, and nothing is to be paid; whoever asked is told whom to ask, and not what the desk knows."""
    _decided(one, EntitlementState.DENIED, by, now)
    one.reason = reason
    request, desk = one.dossier.request, desk_told(work, one)
    held = [errand for errand in pickups.hold(work, one.dossier_id) if pickups.is_open(errand)]
    pickups.call_off(work, one.dossier, held, "not_confirmed", by, now)
    drop_charges(work, one.dossier_id)
    messages.tell(work, request, None, "not_confirmed", now, f"not_confirmed:{one.dossier_id}", desk=desk.name)
    audit.record(work, by, "entitlement.denied", "dossier", one.dossier_id, now, reason=reason)


def _decided(one: Entitlement, state: EntitlementState, by: str, now: datetime) -> None:
    one.state, one.decided_by, one.decided_at, one.owner_id_last4 = state, by, now, None


def _open_of(session: Session, code: str) -> Sequence[Entitlement]:
    mine = (Entitlement.asked_code == code, Entitlement.state == EntitlementState.TO_CONFIRM, WANTED)
    return session.scalars(select(Entitlement).where(*mine).order_by(Entitlement.dossier_id)).all()


# -- where it is looked for


def pass_on(work: UnitOfWork, command: DecideEntitlement, to_desk: Desk) -> Entitlement:
    """Not this desk's dossier: another one is asked. Raises `not_found`, `entitlement_decided`, `entitlement_called_off`."""
    one = _locked(work, command.dossier_id)
    if one.dossier.desk_id != command.desk_id:
        raise DomainError("not_found", kind="not_found")
    _check_open(work, one)
    _place(one, to_desk, PlacedBy.DESK)
    audit.record(work, command.by, "entitlement.passed_on", "dossier", one.dossier_id, command.now, desk=to_desk.code)
    return one


def _place(one: Entitlement, desk: Desk, placed_by: PlacedBy) -> None:
    one.dossier.desk = one.dossier.competent_desk = desk
    one.placed_by = placed_by


def note_result(work: UnitOfWork, command: ResultHere) -> bool:
    """A result lies at this desk and no confirmed visit waits for it: it is kept in mind for who asks.

    Whoever has asked is this desk's to confirm from now on, since the paper is here. True: somebody has.
    Raises `dossier_code_malformed`.
    """
    code = str(parse_dossier_code(command.code))
    work.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"dossier {code}", 0))))
    work.execute(delete(WaitingResult).where(WaitingResult.noted_at < command.now - KEPT))
    row = work.scalars(select(WaitingResult).where(WaitingResult.code == code)).one_or_none()
    if row is None:
        row = WaitingResult(code=code)
        work.add(row)
    row.desk_id, row.noted_at, row.noted_by = command.desk_id, command.now, command.by
    desk, asked = work.get_one(Desk, command.desk_id), _open_of(work, code)
    for one in asked:
        _place(_locked(work, one.dossier_id), desk, PlacedBy.DESK)
    audit.record(work, command.by, "result.noted", "desk", desk.id, command.now, asked=len(asked))
    work.flush()
    return bool(asked)


def asked_by_code(session: Session, code: str) -> bool:
    """Does somebody wait for a desk's word on this code?"""
    return bool(_open_of(session, code))


# -- by who knows


def hear_agency(work: UnitOfWork, told: Dossier, by: str, now: datetime) -> None:
    """Its agency tells of a dossier now that somebody asked for before: with the telephone on file it is proved."""
    phone = told.request.applicant.phone
    for one in _open_of(work, told.code or ""):
        same = one.dossier.procedure.code == told.procedure.code
        if phone is not None and same and proved_phone(one.dossier.request) == phone:
            _prove(work, _locked(work, one.dossier_id), by, now)
            return


def hear_owner(work: UnitOfWork, dossier_id: UUID, known: OwnerKnown | None, unit: str | None, now: datetime) -> str:
    """What the exchange says of the owner, and where the dossier is: proved where it is the same person, else the desk looks.

    Returns `proved`, `known` or `unknown`. Nothing that it said of the person is kept.
    """
    one = _locked(work, dossier_id)
    if one.state != EntitlementState.TO_CONFIRM or not _wanted(work, one):
        return "known"
    one.checked_at = now
    if known is None:
        return "unknown"
    _placed_by_exchange(work, one, unit)
    request = one.dossier.request
    name = request.applicant.name or ""
    match = match_owner(known, name=name, id_last4=one.owner_id_last4, phone=proved_phone(request))
    one.seen = match
    taken = work.scalars(select(Dossier.id).where(Dossier.code == one.asked_code)).first()
    if match is not OwnerMatch.SAME or taken is not None:
        return "known"
    _prove(work, one, BY_EXCHANGE, now)
    return "proved"


def _placed_by_exchange(session: Session, one: Entitlement, unit: str | None) -> None:
    """The exchange overrules the prefix; a desk where the paper lies is overruled by nobody."""
    if not unit or one.placed_by == PlacedBy.DESK:
        return
    named = select(Desk).where((Desk.dossier_prefix == unit) | (Desk.code == unit)).limit(1)
    desk = in_charge(session.scalars(named).first())
    if desk is not None:
        _place(one, desk, PlacedBy.EXCHANGE)


def to_ask(session: Session, since: datetime, most: int) -> Sequence[tuple[UUID, str]]:
    """Those of which the exchange was not asked after `since`, the longest waiting first."""
    stale = Entitlement.checked_at.is_(None) | (Entitlement.checked_at <= since)
    rows = session.execute(
        select(Entitlement.dossier_id, Entitlement.asked_code)
        .where(Entitlement.state == EntitlementState.TO_CONFIRM, WANTED, stale)
        .order_by(Entitlement.checked_at.nulls_first(), Entitlement.asked_at, Entitlement.dossier_id)
        .limit(most)
    )
    return [(row.dossier_id, row.asked_code) for row in rows]


def forget_packed(session: Session, dossier: Dossier) -> None:
    """Its result travels: nobody has to keep in mind that it lies there."""
    row = session.scalars(select(WaitingResult).where(WaitingResult.code == dossier.code)).one_or_none()
    if row is not None:
        session.delete(row)
