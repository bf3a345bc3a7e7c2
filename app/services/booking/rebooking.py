"""The missed-visit card: a signed token that may choose another time for the visits of one door, and nothing else.

Whoever finds the card at the gate learns a reference and open hours, never a name, a telephone or an address.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from itsdangerous import BadSignature, Signer
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import local_day
from app.domain.commands import RescheduleErrand
from app.domain.errand import OPEN, ErrandState
from app.domain.errors import DomainError
from app.domain.outcome import DONE
from app.models import Errand, Place, Slot
from app.services.booking import errands
from app.unit_of_work import UnitOfWork

CARD_LIVES: Final = timedelta(days=30)  # [assumption] longer than the fifteen days that an office holds a result
DAY_BYTES, ID_BYTES = 4, 16
CLOSED: Final = (ErrandState.RETURNED, ErrandState.DONE, ErrandState.CANCELLED)
REBOOKABLE: Final = frozenset({ErrandState.FAILED, ErrandState.HELD, ErrandState.SCHEDULED, ErrandState.PLANNED})


class CardState(StrEnum):
    """What the card can still do. `unheard`: the courier's phone has not reported this visit yet."""

    OPEN = "open"
    UNHEARD = "unheard"
    DONE = "done"
    RETURNED = "returned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Card:
    """The visits behind a card; `choosable`: those that a new time may be chosen for."""

    state: CardState
    errands: Sequence[Errand]
    choosable: Sequence[Errand]

    @property
    def reference(self) -> str:
        return self.errands[0].request.reference

    @property
    def slot(self) -> Slot | None:
        """The time that stands now, once the visit is arranged anew."""
        return next((e.slot for e in self.choosable if e.state in errands.WAITING and e.slot is not None), None)


def card_token(secret: str, errand_ids: Sequence[UUID], day: date) -> str:
    """The token for the visits of one request at one door on `day`; its letters are safe in a URL."""
    packed = day.toordinal().to_bytes(DAY_BYTES) + b"".join(errand.bytes for errand in errand_ids)
    return _signer(secret).sign(base64.urlsafe_b64encode(packed).rstrip(b"=")).decode()


def read_card(session: Session, secrets: Sequence[str], token: str, now: datetime) -> Card:
    """Raises `card_unknown` for a token that is not ours and `card_expired` thirty days after the visit's day."""
    day, errand_ids = _unpack(secrets, token)
    if local_day(now) > day + CARD_LIVES:
        raise DomainError("card_expired", kind="gone")
    found = session.scalars(
        select(Errand)
        .where(Errand.id.in_(errand_ids))
        .options(
            joinedload(Errand.request),
            joinedload(Errand.office),
            joinedload(Errand.slot),
            joinedload(Errand.place).joinedload(Place.unit),
            selectinload(Errand.attempts),
        )
        .order_by(Errand.created_at, Errand.id)
    ).all()
    if not found:
        raise _unknown()
    choosable = [errand for errand in found if _missed(errand) and errand.state in REBOOKABLE]
    return Card(_state(found, choosable), found, choosable)


def choose(work: UnitOfWork, card: Card, slot_id: int, now: datetime) -> None:
    """Move every visit of the card to the slot. Raises what `errands.reschedule` refuses."""
    for errand in card.choosable:
        errands.reschedule(work, RescheduleErrand(errand.id, slot_id, f"card:{errand.id}", now))


def _missed(errand: Errand) -> bool:
    return any(attempt.outcome != DONE for attempt in errand.attempts)


def _state(found: Sequence[Errand], choosable: Sequence[Errand]) -> CardState:
    if choosable:
        return CardState.OPEN
    states = {errand.state for errand in found}
    if states & OPEN:
        return CardState.UNHEARD
    return next(CardState(state.value) for state in CLOSED if state in states)


def _unpack(secrets: Sequence[str], token: str) -> tuple[date, list[UUID]]:
    try:
        packed = _signer(*secrets).unsign(token.encode())
        raw = base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4))
    except (BadSignature, ValueError):
        raise _unknown() from None
    ids = raw[DAY_BYTES:]
    every = range(0, len(ids), ID_BYTES)
    return date.fromordinal(int.from_bytes(raw[:DAY_BYTES])), [UUID(bytes=ids[at : at + ID_BYTES]) for at in every]


def _signer(*secrets: str) -> Signer:
    # the last of the list signs, each of it is read
    return Signer(secrets[::-1], salt=b"tannha missed visit", digest_method=sha256)


def _unknown() -> DomainError:
    return DomainError("card_unknown", kind="not_found")
