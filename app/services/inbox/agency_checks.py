"""Is what an agency tells of a dossier whole and possible? Every fault at once, each at its field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.agency import Caller, DossierTold
from app.domain.dossier import parse_dossier_code
from app.domain.errors import DomainError
from app.domain.faults import Faults
from app.domain.identity import Channel
from app.domain.pickup import check_wish
from app.models import Desk, Procedure, Unit
from app.queries.reference.units import desks_of, in_charge, unit_of
from app.services.booking.admission import check_procedure, check_unit
from app.services.booking.places import check_pin

CLOCKS_DIFFER: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class DossierParties:
    """What the codes mean. `unit`: where the citizen lives; while nobody said it, the desk's."""

    code: str
    procedure: Procedure
    desk: Desk
    competent: Desk
    unit: Unit


def check_dossier(session: Session, told: DossierTold, caller: Caller) -> DossierParties:
    """Raises the one fault or `DomainErrors`: `dossier_code_malformed`, `procedure_unknown`, `case_unknown`,
    `competent_desk_unknown`, `moment_to_come`, `due_before_received`, and those of applicant, place and wish.
    """
    faults = Faults()
    with faults.gathered():
        code = _code(told.code)
    with faults.gathered():
        procedure = _procedure(session, told)
    with faults.gathered():
        competent = _competent(session, told, caller)
    with faults.gathered():
        unit = _unit(session, told, caller)
    with faults.gathered():
        check_moment(told.received_at, caller.now, "received_at")
    with faults.gathered():
        _check_due(told)
    _check_applicant(faults, told)
    _check_consent(faults, told)
    faults.refuse()
    if told.wish is not None:
        _check_visit(session, told, procedure, unit, caller)
    return DossierParties(code, procedure, session.get_one(Desk, caller.desk_id), competent, unit)


def check_moment(moment: datetime, now: datetime, field: str) -> None:
    """Raise `moment_to_come` for what is said to have happened later than two clocks can differ."""
    if moment > now + CLOCKS_DIFFER:
        raise DomainError("moment_to_come", kind="invalid", field=field, now=now)


def _code(given: str) -> str:
    try:
        return str(parse_dossier_code(given))
    except DomainError as error:
        error.field = "code"
        raise


def _procedure(session: Session, told: DossierTold) -> Procedure:
    current = select(Procedure).where(Procedure.code == told.procedure_code, Procedure.current)
    procedure = session.scalars(current).one_or_none()
    if procedure is None:
        raise DomainError("procedure_unknown", kind="invalid", field="procedure_code")
    known = {option["key"] for question in procedure.cases for option in question.get("options", ())}
    for case in told.cases:
        if case not in known:
            raise DomainError("case_unknown", kind="invalid", field="cases", case=case[:40])
    return procedure


def _competent(session: Session, told: DossierTold, caller: Caller) -> Desk:
    if told.competent_desk is None:
        return session.get_one(Desk, caller.desk_id)
    desk = in_charge(session.scalars(select(Desk).where(Desk.code == told.competent_desk)).one_or_none())
    if desk is None:
        raise DomainError("competent_desk_unknown", kind="invalid", field="competent_desk")
    return desk


def _unit(session: Session, told: DossierTold, caller: Caller) -> Unit:
    if told.place is None:
        return session.get_one(Desk, caller.desk_id).unit
    unit = unit_of(session, told.place.unit_code)
    if not told.place.address:
        raise DomainError("address_missing", kind="invalid", field="place.address")
    check_pin(unit, told.place.lon, told.place.lat)
    return unit


def _check_due(told: DossierTold) -> None:
    if told.due_on is not None and told.due_on < local_day(told.received_at):
        raise DomainError("due_before_received", kind="invalid", field="due_on")


def _check_applicant(faults: Faults, told: DossierTold) -> None:
    if not told.applicant.name:
        faults.add(DomainError("name_missing", kind="invalid", field="applicant.name"))
    faults.found.extend(told.applicant.faults)
    if told.applicant.phone is None and not told.applicant.faults and told.reach is not Channel.NONE:
        faults.add(DomainError("phone_missing", kind="invalid", field="applicant.phone"))


def _check_consent(faults: Faults, told: DossierTold) -> None:
    if told.wish is not None and not told.consent:
        faults.add(DomainError("consent_missing", kind="invalid", field="consent"))
    if told.wish is not None and told.place is None:
        faults.add(DomainError("place_missing", kind="invalid", field="place"))


def _check_visit(session: Session, told: DossierTold, procedure: Procedure, unit: Unit, caller: Caller) -> None:
    """What is whole may still be impossible: the state, the commune, the procedure."""
    assert told.wish is not None
    faults = Faults()
    day, desks = local_day(caller.now), desks_of(session, unit.code)
    with faults.gathered():
        check_wish(told.wish, told.state)
    with faults.gathered():
        check_unit(unit, desks, day)
    with faults.gathered():
        check_procedure(procedure, desks, day)
    faults.refuse()
