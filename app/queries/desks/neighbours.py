"""Who belongs to a place: the offices beside a desk, the desks beside an office, the couriers who work there that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.models import Courier, Desk, Office, Plan, Route
from app.queries.reference.units import office_beside

DRAFT = "draft"


def offices_beside(session: Session, desk_id: int) -> frozenset[int]:
    """The office the desk sits in, those of its commune, else the one that looks after it from afar."""
    desk = session.get_one(Desk, desk_id)
    nearest = office_beside(session, desk)
    of_commune = select(Office.id).where(Office.unit_code == desk.unit_code, Office.closed_at.is_(None))
    return frozenset(session.scalars(of_commune)) | ({nearest.id} if nearest else set())


def desks_beside(session: Session, office_id: int) -> frozenset[int]:
    """The other way round."""
    office = session.get_one(Office, office_id)
    near: list[ColumnElement[bool]] = [Desk.office_id == office.id, Desk.unit_code == office.unit_code]
    if office.kind == "hub":
        near.append(Desk.office_id.is_(None) & Desk.unit_code.not_in(_served()))
    return frozenset(session.scalars(select(Desk.id).where(or_(*near), Desk.closed_at.is_(None))))


def _served() -> Select[str]:
    return select(Office.unit_code).where(Office.closed_at.is_(None))


def couriers_at(session: Session, office_ids: frozenset[int], day: date) -> Sequence[Courier]:
    """Own couriers, and those of elsewhere whose published route of today or yesterday starts here."""
    lent = (
        select(Route.courier_id)
        .join(Plan, Plan.id == Route.plan_id)
        .where(Route.office_id.in_(office_ids), Plan.day.in_((day, day - timedelta(days=1))), Plan.state != DRAFT)
    )
    mine = or_(Courier.office_id.in_(office_ids), Courier.id.in_(lent))
    return session.scalars(select(Courier).where(mine, Courier.active).order_by(Courier.name, Courier.id)).all()


def beside(session: Session, place: Party, day: date) -> frozenset[Party]:
    """Everybody who may sign at this desk or safe as its other side."""
    number = int(place.id or 0)
    at_desk = place.holder is Holder.DESK
    offices = offices_beside(session, number) if at_desk else frozenset({number})
    neighbours = [(Holder.COURIER, courier.id) for courier in couriers_at(session, offices, day)]
    if at_desk:
        neighbours += [(Holder.OFFICE_SAFE, office) for office in offices]
    else:
        neighbours += [(Holder.DESK, desk) for desk in desks_beside(session, number)]
    return frozenset(Party(holder, str(one)) for holder, one in neighbours)
