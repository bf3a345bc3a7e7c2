"""Who may be the same person as the applicant of one request: proposed with what matches, never joined by itself.

A telephone proves little: a hamlet shares one, and a helper's number identifies nobody. A name proves less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from rapidfuzz import fuzz, utils
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.errand import OPEN
from app.models import Applicant, Errand, Place, ServiceRequest

ALIKE: Final = 88  # of 100, letters of the whole name in whatever order its words stand
AT_MOST: Final = 100
PHONE, NAME, ADDRESS, HELPER_PHONE, HELPER_NAME = "phone", "name", "address", "helper_phone", "helper_name"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """One request and why it may be the person's. `as_helper`: the person may be its helper, not its applicant.

    `open_errands`: how many visits are still to be done; nobody is erased before.
    """

    request: ServiceRequest
    matches: tuple[str, ...]
    alike: int  # of the names, 0 to 100
    open_errands: int
    as_helper: bool = False

    @property
    def reference(self) -> str:
        return self.request.reference

    @property
    def created_at(self) -> datetime:
        return self.request.created_at


def lookalikes(session: Session, request: ServiceRequest) -> Sequence[Lookalike]:
    """The request itself first, then its applicant's others, then what matches most; erased ones are left out."""
    near = session.scalars(_near(request)).unique().all()
    open_of = _open_errands(session, [one.id for one in near])
    found = [(_as_applicant(request, one, open_of), _as_helper(request, one, open_of)) for one in near]
    chosen = [one for pair in found for one in pair if one is not None and one.matches]
    chosen.sort(key=lambda one: (one.request.id != request.id, one.as_helper, -len(one.matches), -one.alike))
    return chosen[:AT_MOST]


def _near(request: ServiceRequest) -> Select[ServiceRequest]:
    """Of the same telephone anywhere, of the same spelling anywhere, of any name in the same commune."""
    mine = request.applicant
    same = [Applicant.id == mine.id, Place.unit_code == request.place.unit_code]
    if mine.phone:
        same += [Applicant.phone == mine.phone, ServiceRequest.helper_phone == mine.phone]
    if mine.name:
        same.append(func.lower(Applicant.name) == mine.name.lower())
    return (
        select(ServiceRequest)
        .join(Applicant, Applicant.id == ServiceRequest.applicant_id)
        .join(Place, Place.id == ServiceRequest.place_id)
        .where(or_(*same))
        .options(joinedload(ServiceRequest.applicant), joinedload(ServiceRequest.place).joinedload(Place.unit))
        .order_by(ServiceRequest.created_at.desc())
    )


def _as_applicant(request: ServiceRequest, other: ServiceRequest, open_of: Mapping[UUID, int]) -> Lookalike | None:
    mine, theirs = request.applicant, other.applicant
    alike = _alike(mine.name, theirs.name)
    own = theirs.id == mine.id
    if not own and theirs.name is None and theirs.phone is None:
        return None
    matches = [
        *([PHONE] if mine.phone and mine.phone == theirs.phone else ()),
        *([NAME] if alike >= ALIKE else ()),
        *([ADDRESS] if own or (alike >= ALIKE and _same_door(request.place, other.place)) else ()),
    ]
    return Lookalike(other, tuple(matches), alike, open_of.get(other.id, 0))


def _as_helper(request: ServiceRequest, other: ServiceRequest, open_of: Mapping[UUID, int]) -> Lookalike | None:
    """The person may have helped somebody else: by the telephone, or by a name of the same spelling."""
    mine = request.applicant
    if other.helper_name is None or other.applicant_id == mine.id:
        return None
    alike = _alike(mine.name, other.helper_name)
    matches = [
        *([HELPER_PHONE] if mine.phone and mine.phone == other.helper_phone else ()),
        *([HELPER_NAME] if alike >= ALIKE else ()),
    ]
    return Lookalike(other, tuple(matches), alike, open_of.get(other.id, 0), as_helper=True)


def _alike(mine: str | None, theirs: str | None) -> int:
    if not mine or not theirs:
        return 0
    return round(fuzz.token_sort_ratio(mine, theirs, processor=utils.default_process))


def _same_door(mine: Place, theirs: Place) -> bool:
    return mine.unit_code == theirs.unit_code and bool(mine.address) and mine.address == theirs.address


def _open_errands(session: Session, request_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    counted = (
        select(Errand.request_id, func.count().label("open"))
        .where(Errand.request_id.in_(request_ids), Errand.state.in_(OPEN))
        .group_by(Errand.request_id)
    )
    return {row.request_id: row.open for row in session.execute(counted)}
