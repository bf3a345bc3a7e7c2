"""Who serves a commune, and which desk takes what."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

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


def commune_desk(session: Session, unit_code: str) -> Desk | None:
    own = select(Desk).where(Desk.unit_code == unit_code, Desk.level == "commune")
    return session.scalars(own.order_by(Desk.id).limit(1)).first()


def provincial_desk(session: Session) -> Desk | None:
    return session.scalars(select(Desk).where(Desk.level == "province").order_by(Desk.id).limit(1)).first()


def competent_desk(session: Session, unit_code: str, procedure: Procedure) -> Desk:
    """The desk that decides: the commune's own, or the provincial centre. Raises `no_desk`."""
    own, centre = commune_desk(session, unit_code), provincial_desk(session)
    desk = (own or centre) if procedure.level == "commune" else (centre or own)
    if desk is None:
        raise DomainError("no_desk", kind="conflict", field="place.unit_code")
    return desk


def receiving_desk(session: Session, unit_code: str, procedure: Procedure) -> Desk:
    """The desk that takes the papers in: the commune's own where boundaries don't matter (Decree 118/2025)."""
    own = commune_desk(session, unit_code) if procedure.boundary_free else None
    return own or competent_desk(session, unit_code, procedure)


def where_instead(session: Session, unit_code: str) -> Desk | None:
    """Where to go while a commune is not in service."""
    return commune_desk(session, unit_code) or provincial_desk(session)
