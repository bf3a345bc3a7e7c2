"""Who serves a commune, and which desk takes what."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.errors import DomainError
from app.models import Desk, Office, Procedure, Unit


def unit_of(session: Session, code: str) -> Unit:
    """Raise `unit_unknown` (field `place.unit_code`) for a code that is none of ours."""
    unit = session.get(Unit, code)
    if unit is None:
        raise DomainError("unit_unknown", kind="invalid", field="place.unit_code")
    return unit


def office_of(session: Session, unit_code: str) -> Office:
    """The commune post office that serves a unit. Raises `no_office`."""
    office = session.scalars(
        select(Office).where(Office.unit_code == unit_code, Office.kind == "commune").order_by(Office.id).limit(1)
    ).first()
    if office is None:
        raise DomainError("no_office", kind="conflict", field="place.unit_code")
    return office


def office_beside(session: Session, desk: Desk) -> Office | None:
    """The post office that looks after a desk's envelopes: the one it sits in, else its commune's, else the first hub."""
    own = or_(Office.id == desk.office_id, Office.unit_code == desk.unit_code, Office.kind == "hub")
    nearest = case((Office.id == desk.office_id, 0), (Office.unit_code == desk.unit_code, 1), else_=2)
    return session.scalars(select(Office).where(own).order_by(nearest, Office.id).limit(1)).first()


def office_of_desk(session: Session, desk: Desk) -> Office:
    """The office beside a desk. Raises `no_office`."""
    office = office_beside(session, desk)
    if office is None:
        raise DomainError("no_office", kind="conflict", field="place.unit_code")
    return office


@dataclass(frozen=True, slots=True)
class Desks:
    """The desks of a commune's people: its own and the provincial centre."""

    own: Desk | None
    centre: Desk | None

    @property
    def instead(self) -> Desk | None:
        """Where to go while the commune is not in service."""
        return self.own or self.centre

    def competent(self, procedure: Procedure) -> Desk:
        """The desk that decides: the commune's own, or the provincial centre. Raises `no_desk`."""
        desk = (self.own or self.centre) if procedure.level == "commune" else (self.centre or self.own)
        if desk is None:
            raise DomainError("no_desk", kind="conflict", field="place.unit_code")
        return desk

    def receiving(self, procedure: Procedure) -> Desk:
        """The desk that takes the papers in: the commune's own where boundaries don't matter (Decree 118/2025)."""
        return self.own if procedure.boundary_free and self.own is not None else self.competent(procedure)


def desks_of(session: Session, unit_code: str) -> Desks:
    """In one query; where there are several, the first."""
    near = (Desk.unit_code == unit_code) & (Desk.level == "commune")
    wanted = select(Desk).where(near | (Desk.level == "province")).order_by(Desk.id).options(joinedload(Desk.unit))
    desks = session.scalars(wanted).all()
    own = next((desk for desk in desks if desk.level == "commune"), None)
    return Desks(own, next((desk for desk in desks if desk.level == "province"), None))
