"""Who may be called to translate at a door."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.tongue import UNDERSTOOD, Tongue
from app.models import Errand, Interpreter, Unit


def interpreters_for(session: Session, tongues: Collection[Tongue | None]) -> Sequence[Interpreter]:
    """Everybody who may be called, where one of these is not understood by all; else nobody is looked for."""
    if UNDERSTOOD.issuperset(tongues):
        return []
    return session.scalars(select(Interpreter).where(Interpreter.closed_at.is_(None)).order_by(Interpreter.code)).all()


def nearest(known: Sequence[Interpreter], tongue: Tongue | None, unit_code: str) -> Interpreter | None:
    """The commune's own before who helps the whole province."""
    speaking = [one for one in known if tongue in one.tongues and (not one.units or unit_code in one.units)]
    return min(speaking, key=lambda one: not one.units, default=None)


def helping(session: Session, tongue: Tongue) -> tuple[int, list[str] | None]:
    """How many may be called for it, and in which communes, by name; None: in the whole province."""
    speaking = [one for one in interpreters_for(session, [tongue]) if tongue in one.tongues]
    if any(not one.units for one in speaking):
        return len(speaking), None
    named = {unit for one in speaking for unit in one.units}
    return len(speaking), list(session.scalars(select(Unit.name).where(Unit.code.in_(named)).order_by(Unit.name)))


def spoken_at(errands: Sequence[Errand]) -> Tongue | None:
    """At this door; None: nobody said, or what every courier speaks."""
    tongues = (errand.request.tongue for errand in errands)
    return next((tongue for tongue in tongues if tongue not in UNDERSTOOD), None)
