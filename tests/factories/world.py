"""The smallest place where a dossier can travel: one commune, its office, its desk, a courier at work, a procedure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import Courier, Desk, Office, Procedure, Shift, Slot, StaffAccount, Unit
from tests.factories.office import make_courier, make_desk, make_office, make_shift, make_staff, make_unit
from tests.factories.procedure import make_outcomes, make_procedure, make_tariff
from tests.factories.request import make_slot


@dataclass(frozen=True)
class World:
    unit: Unit
    office: Office
    desk: Desk
    courier: Courier
    shift: Shift
    clerk: StaffAccount
    counter: StaffAccount
    procedure: Procedure
    slot: Slot


def slot_on(session: Session, world: World, day: date) -> Slot:
    """A slot of that day, also where it is the very day of the world's own."""
    return world.slot if world.slot.day == day else make_slot(session, world.unit, day)


def make_world(session: Session, **unit: Any) -> World:
    """One commune in service; the keywords go to its unit."""
    place = make_unit(session, **unit)
    office, desk = make_office(session, unit=place), make_desk(session, unit=place)
    courier = make_courier(session, office=office)
    make_tariff(session)
    make_outcomes(session)
    return World(
        unit=place,
        office=office,
        desk=desk,
        courier=courier,
        shift=make_shift(session, courier),
        clerk=make_staff(session, Role.DESK_CLERK, desk=desk),
        counter=make_staff(session, Role.COUNTER, office=office),
        procedure=make_procedure(session),
        slot=make_slot(session, place),
    )
