"""What an agency's software tells of its dossiers: received, moved on, result ready (docs/domain.md §4).

The code is the dossier's identity: told twice it stands once. Nothing personal is kept without the citizen's consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.agency import Caller, DossierTold, ResultTold, StateTold
from app.domain.commands import PlaceGiven, ResultReady
from app.domain.dossier import DECIDING, FINAL, DossierState
from app.domain.due_date import DueTold
from app.domain.errand import ErrandKind
from app.domain.errors import DomainError, refusals
from app.domain.identity import PhoneProof
from app.domain.parcel import ParcelPurpose
from app.domain.pickup import VISITS, Standing, by_itself
from app.domain.tracking import new_tracking_token
from app.domain.wording import UNSAID
from app.models import Applicant, Dossier, Errand, Parcel, Place, ServiceRequest
from app.queries.desks.papers import originals_due
from app.queries.partners.agency import dossier_of_desk
from app.queries.reference.units import desks_of
from app.services import audit
from app.services.booking import entitlements, pickups
from app.services.booking.admission import check_procedure, check_unit
from app.services.booking.book import new_reference
from app.services.booking.places import make_place
from app.services.desks import dossier_steps, due_dates, results
from app.services.inbox.agency_checks import DossierParties, check_dossier, check_moment
from app.texts import say
from app.texts.consent import CONSENT, CONSENT_VERSION
from app.unit_of_work import UnitOfWork

ENDS: Final = frozenset({DossierState.WITHDRAWN, DossierState.STOPPED, DossierState.RESULT_RETURNED})


def tell_dossier(work: UnitOfWork, told: DossierTold, caller: Caller) -> tuple[Dossier, bool]:
    """The dossier, and whether it was unknown until now.

    Told again it stands, and a wish that is new is added to it. Raises what `check_dossier` finds, each fault at its field,
    and `dossier_told_otherwise` when the code stands for something else.
    """
    checked = check_dossier(work, told, caller)
    work.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"dossier {checked.code}", 0))))
    standing = work.scalars(select(Dossier).where(Dossier.code == checked.code)).one_or_none()
    if standing is not None:
        return _told_again(work, standing, told, checked, caller), False
    dossier = _write(work, told, checked, caller)
    dossier_steps.learn(work, dossier, told.state, by=caller.by, at=told.received_at, now=caller.now)
    entitlements.hear_agency(work, dossier, caller.by, caller.now)
    made = _arrange(work, dossier, told, caller)
    audit.record(work, caller.by, "dossier.told", "dossier", dossier.id, caller.now, state=told.state, visits=len(made))
    return dossier, True


def _write(session: Session, told: DossierTold, checked: DossierParties, caller: Caller) -> Dossier:
    request = ServiceRequest(
        reference=new_reference(session),
        kind=pickups.ASKED[frozenset(VISITS[told.wish]) if told.wish else frozenset({ErrandKind.DELIVER})],
        applicant=Applicant(kind=told.applicant.kind),
        place=_door(session, told, checked, caller),
        language=told.language,
        tongue=told.tongue if told.consent else None,
        channel=told.reach,
        phone_proof=PhoneProof.PARTNER,
        tracking_token=new_tracking_token(),
        partner_id=caller.partner_id,
        created_at=caller.now,
        **_consent(told, caller.now),
    )
    _name(request.applicant, told)
    dossier = Dossier(
        request=request,
        procedure=checked.procedure,
        cases=list(told.cases),
        code=checked.code,
        desk=checked.desk,
        competent_desk=checked.competent,
        state=told.state,
        sub_state=told.sub_state,
        channel=told.channel,
        return_form=told.return_form,
        partner_id=caller.partner_id,
        due_on=told.due_on,
        accepted_at=told.received_at if told.state != DossierState.REGISTERED else None,
    )
    session.add_all([request, dossier])
    session.flush()
    return dossier


def _consent(told: DossierTold, now: datetime) -> dict[str, object]:
    text = say(CONSENT, told.language) if told.consent else ""
    return {"consent_text": text, "consent_version": CONSENT_VERSION if told.consent else "", "consent_at": now}


def _name(applicant: Applicant, told: DossierTold) -> None:
    applicant.kind = told.applicant.kind
    applicant.name = told.applicant.name if told.consent else None
    applicant.phone = told.applicant.phone if told.consent else None


def _door(session: Session, told: DossierTold, checked: DossierParties, caller: Caller) -> Place:
    """The citizen's door; the desk's commune without a door while nobody said where, or may say it."""
    known = told.place if told.consent else None
    given = known or PlaceGiven(unit_code=checked.unit.code, address=UNSAID)
    return make_place(session, checked.unit, given, caller.by, caller.now)


# -- told again


def _told_again(
    work: UnitOfWork, dossier: Dossier, told: DossierTold, checked: DossierParties, caller: Caller
) -> Dossier:
    had = pickups.hold(work, dossier.id)
    work.refresh(dossier, with_for_update={"of": Dossier})
    if not _same(dossier, told, checked) or (had and not _same_citizen(dossier.request, told, checked)):
        raise DomainError("dossier_told_otherwise", field="code", given=checked.code)
    if not had and dossier.partner_id == caller.partner_id:
        _correct(work, dossier.request, told, checked, caller)
    made = _arrange(work, dossier, told, caller)
    if made:
        audit.record(work, caller.by, "dossier.told", "dossier", dossier.id, caller.now, visits=len(made))
    return dossier


def _same(dossier: Dossier, told: DossierTold, checked: DossierParties) -> bool:
    """What a code can't change. How it was handed in is ours to know where the citizen booked with us."""
    if dossier.procedure.code != told.procedure_code or checked.desk.id not in {
        dossier.desk_id, dossier.competent_desk_id,
    }:  # fmt: skip
        return False
    if dossier.partner_id is None:
        return True
    return (dossier.channel, dossier.return_form) == (told.channel, told.return_form) and (
        dossier.competent_desk_id == checked.competent.id
    )


def _same_citizen(request: ServiceRequest, told: DossierTold, checked: DossierParties) -> bool:
    if request.partner_id is None:
        return True
    same_commune = told.place is None or request.place.unit_code == checked.unit.code
    return request.applicant.phone == told.applicant.phone and same_commune


def _correct(
    session: Session, request: ServiceRequest, told: DossierTold, checked: DossierParties, caller: Caller
) -> None:
    """While no visit stands, the later word of the agency is the right one."""
    _name(request.applicant, told)
    request.place = _door(session, told, checked, caller)
    request.language, request.channel = told.language, told.reach
    request.tongue = told.tongue if told.consent else None
    for name, value in _consent(told, caller.now).items():
        setattr(request, name, value)
    session.flush()


# -- visits


def _arrange(work: UnitOfWork, dossier: Dossier, told: DossierTold, caller: Caller) -> Sequence[Errand]:
    if told.wish is None:
        return _arrange_by_itself(work, dossier, caller)
    return pickups.arrange(work, dossier, VISITS[told.wish], caller.by, caller.now)


def _arrange_by_itself(work: UnitOfWork, dossier: Dossier, caller: Caller) -> Sequence[Errand]:
    kinds = by_itself(
        Standing(
            state=dossier.state,
            channel=dossier.channel,
            return_form=dossier.return_form,
            originals_due=originals_due(work, dossier),
            has_door=bool(dossier.request.consent_text and dossier.request.place.address),
        )
    )
    if not kinds or _not_carried(work, dossier, caller.now):
        return ()
    return pickups.arrange(work, dossier, kinds, caller.by, caller.now)


def _not_carried(session: Session, dossier: Dossier, now: datetime) -> bool:
    unit, day = dossier.request.place.unit, local_day(now)
    desks = desks_of(session, unit.code)
    return bool(refusals(lambda: check_unit(unit, desks, day), lambda: check_procedure(dossier.procedure, desks, day)))


# -- states and results


def tell_state(work: UnitOfWork, told: StateTold, caller: Caller) -> Dossier:
    """A step of the desk's software; told twice it is one, and an older one is history.

    Raises `not_found`, `moment_to_come`, `refusal_asked_elsewhere` (state 3: two phases), `result_with_post` (state 10
    while the post has the result), `redated_once`.
    """
    check_moment(told.at, caller.now, "at")
    dossier = dossier_of_desk(work, told.code, caller.desk_id)
    had = pickups.hold(work, dossier.id)
    work.refresh(dossier, with_for_update={"of": Dossier})
    _check_state(work, dossier, told, had)
    if _crossed(dossier, told):
        audit.record(
            work, caller.by, "dossier.state_told", "dossier", dossier.id, caller.now, state=told.state, moved=False
        )
        return dossier
    moves = dossier_steps.moves(work, dossier, told.at)
    if moves:
        due_dates.tell(work, dossier, DueTold(told.due_on, told.state, caller.by, caller.now, binding=caller.binding))
        dossier.sub_state = told.sub_state
        if told.state == DossierState.ACCEPTED:
            dossier.accepted_at = dossier.accepted_at or told.at
    dossier_steps.learn(work, dossier, told.state, by=caller.by, at=told.at, now=caller.now)
    if moves and told.state in ENDS:
        pickups.call_off(work, dossier, had, f"dossier_state_{told.state}", caller.by, caller.now)
    elif moves:
        _arrange_by_itself(work, dossier, caller)
    audit.record(
        work, caller.by, "dossier.state_told", "dossier", dossier.id, caller.now, state=told.state, moved=moves
    )
    return dossier


def _check_state(session: Session, dossier: Dossier, told: StateTold, had: Sequence[Errand]) -> None:
    if told.state == dossier.state:
        return
    if told.state == DossierState.REFUSED:
        raise DomainError("refusal_asked_elsewhere", field="state", given=told.code)
    if told.state == DossierState.RESULT_RETURNED and _with_post(session, dossier, had):
        raise DomainError("result_with_post", field="state", given=told.code)


def _crossed(dossier: Dossier, told: StateTold) -> bool:
    """Did their word that it is being decided cross with our envelope? Its result is sealed: that is not taken back by it."""
    sealed = dossier.state == DossierState.FINISHED and dossier.result_ready_at is not None
    return sealed and told.state in DECIDING


def _with_post(session: Session, dossier: Dossier, had: Sequence[Errand]) -> bool:
    """Is its result packed for a delivery that still stands? Then state 10 follows from the proof of it."""
    if not any(errand.kind is ErrandKind.DELIVER and pickups.is_open(errand) for errand in had):
        return False
    packed = select(Parcel.id).where(Parcel.dossier_id == dossier.id, Parcel.purpose == ParcelPurpose.RESULT)
    return session.scalars(packed.limit(1)).first() is not None


def tell_result(work: UnitOfWork, told: ResultTold, caller: Caller) -> tuple[Dossier, Parcel | None]:
    """The result is there: state 9, and with a seal number its envelope lies packed at the desk.

    Raises `dossier_unknown`, `moment_to_come`, `dossier_closed`, and the refusals of `result_ready`, each at its field.
    """
    check_moment(told.at, caller.now, "at")
    dossier = dossier_of_desk(work, told.dossier_code, caller.desk_id, field="dossier_code")
    pickups.hold(work, dossier.id)
    work.refresh(dossier, with_for_update={"of": Dossier})
    if dossier.state in FINAL:
        raise DomainError("dossier_closed", field="dossier_code", given=dossier.code)
    if dossier.state != DossierState.FINISHED:
        at = _not_before(work, dossier, told.at)
        dossier_steps.learn(work, dossier, DossierState.FINISHED, by=caller.by, at=at, now=caller.now)
    if not told.title:
        raise DomainError("title_missing", kind="invalid", field="title", most=results.TITLE_AT_MOST)
    dossier.result_title = told.title
    parcel = _pack(work, dossier, told, caller) if told.seal_number else None
    packed = parcel is not None
    audit.record(work, caller.by, "dossier.result_told", "dossier", dossier.id, caller.now, packed=packed)
    return dossier, parcel


def _not_before(session: Session, dossier: Dossier, at: datetime) -> datetime:
    """A result that is there is the last word, whatever their clocks say of the order."""
    last = dossier_steps.last_step(session, dossier)
    return at if last is None else max(at, last.at)


def _pack(work: UnitOfWork, dossier: Dossier, told: ResultTold, caller: Caller) -> Parcel:
    command = ResultReady(
        dossier=dossier.code or "",
        title=told.title,
        seal_number=told.seal_number or "",
        desk_id=caller.desk_id,
        operation_id=f"{caller.by}:{caller.key}",
        now=caller.now,
        by=caller.by,
        parcel_code=told.parcel_code,
    )
    try:
        return results.result_ready(work, command)
    except DomainError as error:
        if error.field == "dossier":
            error.field = "dossier_code"
        raise
