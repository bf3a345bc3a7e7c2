"""Which desk the prefix of a dossier's code names, and whose code it is at all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.domain.dossier import DossierCode
from app.models import Desk
from app.queries.reference.units import in_charge


@dataclass(frozen=True, slots=True)
class NamedByCode:
    """`desk` None: no desk of ours has this prefix. `elsewhere`: another province gave the code."""

    desk: Desk | None
    elsewhere: bool


def named_by(session: Session, code: DossierCode) -> NamedByCode:
    """The same two statements whatever the code is; where no desk has told its prefix, no code is somebody else's."""
    parts = code.prefix.split(".")
    ways = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    named = select(Desk).where(Desk.dossier_prefix.in_(ways)).order_by(func.length(Desk.dossier_prefix).desc())
    whole = (joinedload(Desk.unit), joinedload(Desk.taken_over_by).joinedload(Desk.unit))
    desk = in_charge(session.scalars(named.limit(1).options(*whole)).first())
    provinces = session.scalars(select(func.split_part(Desk.dossier_prefix, ".", 1)).distinct()).all()
    ours = {province for province in provinces if province}
    return NamedByCode(desk, bool(ours) and code.province not in ours)
