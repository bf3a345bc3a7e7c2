"""How much of the calendar one telephone and one door may have at a time, and whether a visit is booked already.

Of what citizens book themselves: staff and partners answer for theirs, and the audit says so.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.domain.commands import BookVisit, PlaceGiven
from app.domain.contact import proof_of
from app.domain.errand import OPEN, ErrandKind, RequestKind
from app.domain.errors import DomainError
from app.domain.faults import Faults
from app.domain.identity import BY_CITIZEN, Channel
from app.models import Applicant, Dossier, Errand, Place, Procedure, ServiceRequest
from app.texts.slots import slot_label

OF_A_TELEPHONE: Final = 3  # open visits [assumption]: a family's; who books for a village does it at the counter
OF_A_DOOR: Final = 4
PIN_DIGITS: Final = 4  # eleven metres: one door


def check_room(session: Session, command: BookVisit) -> None:
    """Raise `phone_has_visits`, `door_has_visits`, `visit_twice`: two at once on one telephone or door wait for each other."""
    phone = command.reached
    if phone is None or proof_of(command) not in BY_CITIZEN:
        return
    for asked in sorted((f"visits of {phone}", f"visits at {_door_name(command.place)}")):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(asked, 0))))
    faults = Faults()
    field = "helper_phone" if command.channel is Channel.HELPER else "applicant.phone"
    if _count(session, _reached(phone)) >= OF_A_TELEPHONE:
        faults.add(DomainError("phone_has_visits", field=field, visits=OF_A_TELEPHONE))
    if _count(session, *_at_door(command.place)) >= OF_A_DOOR:
        faults.add(DomainError("door_has_visits", field="place.address", visits=OF_A_DOOR))
    with faults.gathered():
        _check_twice(session, command, phone)
    faults.refuse()


def open_visits(session: Session, command: BookVisit) -> int:
    """How many of the telephone's own are open, for the audit of what staff book beyond the measure."""
    return _count(session, _reached(command.reached)) if command.reached is not None else 0


def _count(session: Session, *which: ColumnElement[bool]) -> int:
    """A result that waits at its desk takes no place of the calendar: it counts with its slot, or where it was all that was asked."""
    takes_place = or_(Errand.slot_id.is_not(None), ServiceRequest.kind == RequestKind.RECEIVE)
    return session.scalar(_open(func.count(ServiceRequest.id.distinct())).where(takes_place, *which)) or 0


def _open(*wanted: Any) -> Select[Any]:
    """Requests that citizens booked themselves and of which something is still to come."""
    return (
        select(*wanted)
        .select_from(ServiceRequest)
        .join(Applicant, Applicant.id == ServiceRequest.applicant_id)
        .join(Place, Place.id == ServiceRequest.place_id)
        .join(Errand, Errand.request_id == ServiceRequest.id)
        .where(Errand.state.in_(OPEN), ServiceRequest.partner_id.is_(None), ServiceRequest.booked_by.is_(None))
    )


def _reached(phone: str) -> ColumnElement[bool]:
    own = (Applicant.phone == phone) & (ServiceRequest.channel != Channel.HELPER)
    return or_(own, (ServiceRequest.helper_phone == phone) & (ServiceRequest.channel == Channel.HELPER))


def _door_name(place: PlaceGiven) -> str:
    if place.lon is not None and place.lat is not None:
        return f"{round(place.lon, PIN_DIGITS)} {round(place.lat, PIN_DIGITS)}"
    return f"{place.unit_code} {place.address} {place.landmark}".lower()


def _at_door(place: PlaceGiven) -> tuple[ColumnElement[bool], ...]:
    """By the pin; without one by what is written: a hamlet that shares its name writes where the house is."""
    if place.lon is not None and place.lat is not None:
        near = 10**-PIN_DIGITS / 2
        return (
            Place.unit_code == place.unit_code,
            Place.lon.between(place.lon - near, place.lon + near),
            Place.lat.between(place.lat - near, place.lat + near),
        )
    return (
        Place.unit_code == place.unit_code,
        Place.pin_source == "unit",
        func.lower(Place.address) == func.lower(place.address),
        func.lower(func.coalesce(Place.landmark, "")) == func.lower(place.landmark or ""),
    )


def _check_twice(session: Session, command: BookVisit, phone: str) -> None:
    """The same papers are fetched for this telephone from this commune already: changed more often than meant twice."""
    if command.again or command.slot_id is None:
        return
    wanted = sorted(dossier.procedure_code for dossier in command.dossiers)
    standing = _open(ServiceRequest, Errand).where(
        _reached(phone), Place.unit_code == command.place.unit_code, Errand.kind == ErrandKind.COLLECT
    )
    for request, errand in session.execute(standing.order_by(ServiceRequest.created_at, Errand.id)):
        codes = select(Procedure.code).join(Dossier, Dossier.procedure_id == Procedure.id)
        if sorted(session.scalars(codes.where(Dossier.request_id == request.id))) == wanted:
            slot = errand.slot
            label = slot_label(slot.kind, slot.starts_at, slot.ends_at, command.language) if slot is not None else "…"
            raise DomainError("visit_twice", field="again", reference=request.reference, slot=label)
