"""What every coordinator's view begins with: the offices the account sees, the day in hand, a plan of those offices."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final

from flask import Blueprint, request
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Plan
from app.queries.planning import board
from app.queries.reference.calendar import calendar
from app.texts import say
from app.texts.attention import ASSIGNMENTS, PLAN_STATES
from app.web.auth import signed_in_staff, staff, visible_office_ids
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.session import language, now

bp = Blueprint("coordinators", __name__, url_prefix="/dieu-phoi")

ROLES: Final = frozenset({Role.COORDINATOR, Role.OFFICE_MANAGER, Role.ADMIN})
coordinating = staff(*ROLES)
"""Coordinators see every office, a manager the own one: each view asks `visible_office_ids`."""

TONES: Final = {"draft": "wait", "published": "good", "superseded": "neutral"}


def chosen_day(session: Session, field: str = "ngay") -> date:
    """The day of `?ngay=`, else the day in hand; a malformed one is answered by the day in hand, too."""
    return given_day(field) or board.day_in_hand(now(), calendar(session))


def given_day(field: str) -> date | None:
    try:
        return date.fromisoformat(request.values.get(field, ""))
    except ValueError:
        return None


def given_number(field: str) -> int | None:
    text = request.values.get(field, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 (fits in int4)


def not_found() -> DomainError:
    return DomainError("not_found", kind="not_found")


def seen_plan(session: Session, plan_id: int) -> tuple[Plan, board.PlanLine]:
    """A plan that speaks for an office of this account, with the figures of those offices. Raises `not_found`."""
    plan = session.get(Plan, plan_id)
    line = None if plan is None else board.plan_line(session, plan, visible_office_ids())
    if plan is None or line is None:
        raise not_found()
    return plan, line


def answers_for(session: Session, plan: Plan) -> bool:
    """Whether this account may publish the plan: it speaks for no office that the account does not see."""
    visible = visible_office_ids()
    return visible is None or board.offices_of_plan(session, plan.id) <= visible


def _worded(sentences: dict[str, str], key: str) -> str:
    return say(sentences[key], language())


def _hours(seconds: int) -> str:
    """4500 → 1 giờ 15 phút would be long in a table: 1:15."""
    sign, minutes = ("−" if seconds < 0 else ""), abs(round(seconds / 60))
    return f"{sign}{minutes // 60}:{minutes % 60:02d}"


@bp.context_processor
def _words() -> dict[str, object]:
    return {
        "room": _("Điều phối"),
        "plan_state": partial(_worded, PLAN_STATES),
        "assignment": partial(_worded, ASSIGNMENTS),
        "tones": TONES,
        "number": number,
        "hours": _hours,
        "sees_all": signed_in_staff() is not None and visible_office_ids() is None,
    }
