"""Who serves a commune, and which desk takes what."""

from __future__ import annotations

from collections.abc import Sequence
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
    office = _serving(session, unit_code)
    if office is None:
        raise DomainError("no_office", kind="conflict", field="place.unit_code")
    return office


def has_office(session: Session, unit_code: str) -> bool:
    return _serving(session, unit_code) is not None


def _serving(session: Session, unit_code: str) -> Office | None:
    serves = (Office.unit_code == unit_code, Office.kind == "commune", Office.closed_at.is_(None))
    return session.scalars(select(Office).where(*serves).order_by(Office.id).limit(1)).first()


def office_beside(session: Session, desk: Desk) -> Office | None:
    """The post office that looks after a desk's envelopes: the one it sits in, else its commune's, else the first hub."""
    own = or_(Office.id == desk.office_id, Office.unit_code == desk.unit_code, Office.kind == "hub")
    nearest = case((Office.id == desk.office_id, 0), (Office.unit_code == desk.unit_code, 1), else_=2)
    opened = Office.closed_at.is_(None)
    return session.scalars(select(Office).where(own, opened).order_by(nearest, Office.id).limit(1)).first()


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
    """In one query; where there are several, the first open one, else the one that has taken over from it."""
    near = (Desk.unit_code == unit_code) & (Desk.level == "commune")
    wanted = select(Desk).where(near | (Desk.level == "province")).order_by(Desk.closed_at.is_not(None), Desk.id)
    whole = (joinedload(Desk.unit), joinedload(Desk.taken_over_by).joinedload(Desk.unit))
    desks = session.scalars(wanted.options(*whole)).all()
    return Desks(_at_work(desks, "commune"), _at_work(desks, "province"))


def _at_work(desks: Sequence[Desk], level: str) -> Desk | None:
    """Of the open ones first: the first that still decides, itself or by who took over."""
    standing = (in_charge(desk) for desk in desks if desk.level == level)
    return next((desk for desk in standing if desk is not None), None)


def in_charge(desk: Desk | None) -> Desk | None:
    """The desk itself, or whoever took over what it decided; None where nobody has."""
    return desk if desk is None or desk.closed_at is None else desk.taken_over_by
