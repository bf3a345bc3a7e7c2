"""A citizen's complaint: which road it takes, until when it is answered, and who may not answer it alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.errors import DomainError
from app.domain.working_days import Calendar

MOST_OPEN: Final = 3
"""Of one request: whoever has more to say is called."""
TEXT_AT_MOST: Final = 1000


class ComplaintKind(StrEnum):
    LOSS = "loss"
    DAMAGE = "damage"
    DELAY = "delay"
    MANNER = "manner"
    PRICE = "price"
    DESK = "desk"  # a remark on a one-stop desk: never ours to judge


POSTAL: Final = frozenset(ComplaintKind) - {ComplaintKind.DESK}


class ComplaintRoute(StrEnum):
    """Where a remark on a desk is passed on to."""

    DESK = "desk"
    PORTAL = "portal"  # the national portal's remarks and proposals


ANSWER_WITHIN: Final[Mapping[ComplaintKind, int]] = dict.fromkeys(POSTAL, 10) | {ComplaintKind.DESK: 15}
"""Working days [assumption]: what we promise, far below the two months that the Postal Law (2010, art. 39) lets the post take."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers: the actor as the audit has it, and the office, where there is one."""

    actor: str
    office_id: int | None


def due_of(kind: ComplaintKind, day: date, calendar: Calendar) -> date:
    return calendar.add(day, ANSWER_WITHIN[kind])


def is_complained_of(who: Answerer, about: Collection[str], office_id: int | None) -> bool:
    """Named themselves, or of the office that the complaint is about; `office_id` None: about no office of the post."""
    return who.actor in about or (office_id is not None and who.office_id == office_id)


def check_signing(written_by: str, signer: Answerer, about: Collection[str], office_id: int | None) -> None:
    """Whoever is complained of never answers alone. Raises `answered_alone` or `answered_by_complained_of`."""
    if signer.actor == written_by:
        raise DomainError("answered_alone", kind="forbidden")
    if is_complained_of(signer, about, office_id):
        raise DomainError("answered_by_complained_of", kind="forbidden")
