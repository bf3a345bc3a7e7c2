"""Where a landmark is that several households of a commune named alike; what it offers is looked at, never certain."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.landmarks import spoken_in
from app.models import Landmark
from routing.matrix import distance_m

ONE_NEIGHBOURHOOD_M: Final = 1_000


def landmark_said(session: Session, unit_code: str, text: str) -> Landmark | None:
    """The nearest-named landmark of the words; None: none is known, or they may mean places far apart."""
    words = [spoken.words for spoken in spoken_in(text)]
    if not words:
        return None
    known = select(Landmark).where(Landmark.unit_code == unit_code, Landmark.words.in_(words))
    found = sorted(session.scalars(known), key=lambda one: (-len(one.words.split()), words.index(one.words), one.id))
    if not found:
        return None
    best = (found[0].lon, found[0].lat)
    far = any(distance_m(best, (other.lon, other.lat)) > ONE_NEIGHBOURHOOD_M for other in found[1:])
    return None if far else found[0]


def has_landmarks(session: Session, unit_code: str) -> bool:
    return session.scalar(select(Landmark.id).where(Landmark.unit_code == unit_code).limit(1)) is not None
