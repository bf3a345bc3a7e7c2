"""May this visit be booked? What can never be, is said before anything is filled in; the rest all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.commands import BookVisit, DossierGiven
from app.domain.contact import check_contact
from app.domain.dossier import DossierCode, parse_dossier_code
from app.domain.entitlement import LAST_DIGITS
from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.faults import Faults
from app.models import Desk, Office, Procedure, Slot, Unit
from app.queries.reference.prefixes import named_by
from app.queries.reference.units import Desks, desks_of, office_of, unit_of
from app.services.booking.crowding import check_room
from app.services.booking.places import check_pin, check_pin_unit
from app.services.booking.pricing import procedure_of
from app.services.booking.slots import take_slot
from app.texts import say
from app.texts.booking import GO_TO
from app.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the command's codes mean, once nothing speaks against them; the slot is locked."""

    unit: Unit
    office: Office
    desks: Desks
    procedures: tuple[Procedure, ...]
    slot: Slot | None
    named: tuple[Desk | None, ...] = ()  # of a result, by dossier: the desk that its code's prefix names


def admit(work: UnitOfWork, command: BookVisit) -> Admitted:
    """Check everything; raise the one fault, or `DomainErrors` with all of them, each at its field."""
    faults = Faults()
    if not command.consent:
        faults.add(DomainError("consent_missing", kind="invalid", field="consent"))
    with faults.gathered():
        check_contact(command)
        check_room(work, command)
    unit = _unit(work, faults, command)
    desks = work.once(desks_of, unit.code)
    slot = None
    with faults.gathered():
        slot = _slot(work, command, unit)
    day = slot.day if slot is not None else local_day(command.now)
    with faults.gathered():
        check_unit(unit, desks, day)
    with faults.gathered():
        _check_place(work, command, unit)
    procedures = _procedures(work, faults, command, desks, day)
    named: tuple[Desk | None, ...] = ()
    if command.kind is RequestKind.RECEIVE:
        named = _check_codes(work, faults, command)
    faults.refuse()
    return Admitted(unit, work.once(office_of, unit.code), desks, procedures, slot, named)


def check_unit(unit: Unit, desks: Desks, day: date) -> None:
    """Raise `unit_not_in_service` or `unit_opens_later`: both name where to go instead."""
    if unit.in_service_from is not None and unit.in_service_from <= day:
        return
    instead = _directions(desks.instead)
    if unit.in_service_from is None:
        raise DomainError("unit_not_in_service", field="place.unit_code", unit=unit.name, place=instead)
    raise DomainError(
        "unit_opens_later", field="place.unit_code", unit=unit.name, day=unit.in_service_from, place=instead
    )


def check_procedure(procedure: Procedure, desks: Desks, day: date, field: str = "procedure_code") -> None:
    """Raise `procedure_not_carried`, `person_needed` or `procedure_not_in_service`, each with the way to go instead."""
    place = _directions(desks.receiving(procedure))
    reason = procedure.refusal or say(GO_TO, place=place)
    if procedure.presence == "yes":
        raise DomainError("person_needed", field=field, procedure=procedure.name, reason=reason)
    if not procedure.post_allowed:
        raise DomainError("procedure_not_carried", field=field, procedure=procedure.name, reason=reason)
    if procedure.in_service_from is None or procedure.in_service_from > day:
        raise DomainError("procedure_not_in_service", field=field, procedure=procedure.name, place=place)


def _directions(desk: Desk | None) -> str:
    return ", ".join(part for part in (desk.name, desk.address) if part) if desk is not None else ""


def _unit(session: Session, faults: Faults, command: BookVisit) -> Unit:
    """Without a commune there is no slot, desk or price to check: what was found so far is said with it."""
    try:
        return unit_of(session, command.place.unit_code)
    except DomainError as error:
        faults.add(error)
        faults.refuse()
        raise


def _slot(work: UnitOfWork, command: BookVisit, unit: Unit) -> Slot | None:
    if command.kind is RequestKind.RECEIVE:
        if command.slot_id is not None:
            raise DomainError("slot_not_yet", kind="invalid", field="slot_id")
        return None
    if command.slot_id is None:
        raise DomainError("slot_missing", kind="invalid", field="slot_id")
    slot = take_slot(work, command.slot_id, command.now, command.hold)
    if slot.unit_code != unit.code:
        raise DomainError("slot_of_other_unit", kind="invalid", field="slot_id")
    return slot


def _check_place(work: UnitOfWork, command: BookVisit, unit: Unit) -> None:
    if not command.place.address:
        raise DomainError("address_missing", kind="invalid", field="place.address")
    check_pin(unit, command.place.lon, command.place.lat)
    check_pin_unit(work, unit, command.place)


def _procedures(work: UnitOfWork, faults: Faults, command: BookVisit, desks: Desks, day: date) -> tuple[Procedure, ...]:
    if not command.dossiers:
        faults.add(DomainError("dossier_missing", kind="invalid", field="dossiers"))
    found = []
    for index, given in enumerate(command.dossiers):
        field = f"dossiers.{index}"
        with faults.gathered():
            procedure = procedure_of(work, given, index)
            check_procedure(procedure, desks, day, f"{field}.procedure_code")
            _check_cases(procedure, given, f"{field}.cases")
            found.append(procedure)
    return tuple(found)


def _check_codes(session: Session, faults: Faults, command: BookVisit) -> tuple[Desk | None, ...]:
    """The desk that each code names, in the order of the dossiers."""
    codes: set[str] = set()
    named: list[Desk | None] = []
    for index, given in enumerate(command.dossiers):
        with faults.gathered():
            code = _check_code(given, f"dossiers.{index}.code")
            if str(code) in codes:
                raise DomainError("dossier_twice", kind="invalid", field=f"dossiers.{index}.code", given=str(code))
            codes.add(str(code))
            check_last4(given, f"dossiers.{index}.owner_id_last4")
            named.append(check_province(session, code, f"dossiers.{index}.code"))
    return tuple(named)


def _check_cases(procedure: Procedure, given: DossierGiven, field: str) -> None:
    known = {option["key"] for question in procedure.cases for option in question.get("options", ())}
    for case in given.cases:
        if case not in known:
            raise DomainError("case_unknown", kind="invalid", field=field, case=case[:40])


def _check_code(given: DossierGiven, field: str) -> DossierCode:
    """Only its form: whether we know the dossier, and what of it, is nobody's business who may type any code."""
    if not given.code:
        raise DomainError("dossier_code_missing", kind="invalid", field=field)
    try:
        return parse_dossier_code(given.code)
    except DomainError as error:
        raise DomainError(error.code, kind="invalid", field=field, **error.params) from None


def check_province(session: Session, code: DossierCode, field: str) -> Desk | None:
    """The desk that the code names, if any. Raise `dossier_of_other_province`: nobody here fetches from there."""
    place = named_by(session, code)
    if place.elsewhere:
        raise DomainError("dossier_of_other_province", field=field, given=str(code))
    return place.desk


def check_last4(given: DossierGiven, field: str) -> None:
    """Raise `last4_malformed`; nothing is asked of who leaves them out."""
    last4 = given.owner_id_last4
    if last4 and not (len(last4) == LAST_DIGITS and last4.isascii() and last4.isdecimal()):
        raise DomainError("last4_malformed", kind="invalid", field=field)
