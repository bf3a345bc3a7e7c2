"""What every courier's view begins with: the courier behind the account, and only doors of today's own route."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errors import DomainError
from app.models import Courier, Errand, Stop
from app.queries.courier_day import courier_of, stop_of_courier, stop_of_errand
from app.web.auth import current_staff
from app.web.session import now

bp = Blueprint("couriers", __name__, url_prefix="/buu-ta")


def own_courier(session: Session) -> Courier:
    """Raise `not_a_courier` for an account behind which no courier stands."""
    courier = courier_of(session, current_staff().id)
    if courier is None:
        raise DomainError("not_a_courier", kind="forbidden")
    return courier


def own_stop(session: Session, stop_id: int, courier: Courier) -> Stop:
    return _of_today(stop_of_courier(session, stop_id, courier))


def own_errand(session: Session, errand_id: UUID, courier: Courier) -> tuple[Errand, Stop]:
    """An errand at a door of today's route. A courier sees the stops of the day only (Decree 356/2025)."""
    stop = _of_today(stop_of_errand(session, errand_id, courier))
    return session.get_one(Errand, errand_id), stop


def _of_today(stop: Stop | None) -> Stop:
    if stop is None or local_day(stop.starts_at) != local_day(now()):
        raise DomainError("not_found", kind="not_found")
    return stop


def courier_actor(courier: Courier) -> str:
    return f"courier:{courier.id}"
