"""The citizen's proof at the door. A code can be worked out again from the row and the pepper, so it is kept nowhere:
the message fills it in at sending, a slip can be printed twice, and a stolen database tells nobody a code.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import end_of_day
from app.config import Keys
from app.domain.errand import ProofKind
from app.domain.errors import DomainError
from app.models import Errand, HandoverCode
from app.unit_of_work import UnitOfWork

TRIES: Final = 5
STRANGE_TRIES: Final = 3
SLIP_LIVES: Final = timedelta(days=180)  # [assumption] longer than any procedure with a slip takes


def issue(session: Session, errand: Errand, kind: ProofKind, now: datetime, keys: Keys) -> str:
    """The six digits for an errand. Asked again while they live, the same six: a second print is no second code.

    `code` lives to the end of the visit's day, `slip` until the result is given (at most 180 days).
    """
    row = session.get(HandoverCode, errand.id, with_for_update=True)
    issued = _issued(row, errand, kind, now, keys)
    session.add(issued)
    session.flush()
    return reveal(issued, keys)


def issue_all(session: Session, errands: Sequence[Errand], kind: ProofKind, now: datetime, keys: Keys) -> None:
    """`issue` for many errands, in two statements."""
    wanted = select(HandoverCode).where(HandoverCode.errand_id.in_([errand.id for errand in errands]))
    locked = session.scalars(
        wanted.order_by(HandoverCode.errand_id).with_for_update(), execution_options={"populate_existing": True}
    )
    rows = {row.errand_id: row for row in locked}
    session.add_all([_issued(rows.get(errand.id), errand, kind, now, keys) for errand in errands])
    session.flush()


def _issued(row: HandoverCode | None, errand: Errand, kind: ProofKind, now: datetime, keys: Keys) -> HandoverCode:
    expires_at = _expires_at(errand, kind, now)
    if row is None:
        row = HandoverCode(errand_id=errand.id)
    elif row.expires_at > now and row.tries < TRIES and row.confirmed_at is None:
        row.expires_at = max(row.expires_at, expires_at)
        return row
    row.salt, row.tries, row.strange_tries = secrets.token_hex(16), 0, 0
    row.expires_at, row.confirmed_at = expires_at, None
    code = _code(row, keys.pepper)
    row.mac, row.check_digits = _mac(errand.id, code, keys.pepper), check_digits(row.salt, code)
    return row


def reveal(row: HandoverCode, keys: Keys) -> str:
    """Work the code out again: only for the citizen's own message or slip. It keeps the pepper it was issued under."""
    return _code(row, next((pepper for pepper in keys.peppers if is_of(row, pepper)), keys.pepper))


def is_of(row: HandoverCode, pepper: bytes) -> bool:
    """Was the code issued under this pepper?"""
    return hmac.compare_digest(row.mac, _mac(row.errand_id, _code(row, pepper), pepper))


def _code(row: HandoverCode, pepper: bytes) -> str:
    seed = hmac.new(pepper, f"handover\0{row.errand_id}\0{row.salt}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(seed[:8]) % 1_000_000:06d}"


def confirm(work: UnitOfWork, errand_id: UUID, code: str, now: datetime, keys: Keys) -> bool:
    """Was this the citizen's code? Counts the try in the row. Never raises for a wrong one: the delivery stands, flagged.

    Raises `handover_code_missing` when none was issued.
    """
    row = _held(work, errand_id)
    if row is None:
        raise DomainError("handover_code_missing", kind="conflict", field="code")
    row.tries += 1
    if row.tries > TRIES or row.expires_at <= now:
        return False
    right = _is_right(row, code, keys)
    if right and row.confirmed_at is None:
        row.confirmed_at = now
    return right


def confirm_strange(work: UnitOfWork, errand_id: UUID, code: str, now: datetime, keys: Keys) -> bool:
    """`confirm` for a phone that has nothing but the code. Its tries are counted apart: it uses up none of the courier's."""
    row = _held(work, errand_id)
    if row is None or row.strange_tries >= STRANGE_TRIES or row.tries >= TRIES or row.expires_at <= now:
        return False
    row.strange_tries += 1
    return _is_right(row, code, keys)


def _is_right(row: HandoverCode, code: str, keys: Keys) -> bool:
    said = _digits(code)
    return any(hmac.compare_digest(row.mac, _mac(row.errand_id, said, pepper)) for pepper in keys.peppers)


def _held(work: UnitOfWork, errand_id: UUID) -> HandoverCode | None:
    prefetched = work.prefetched_of(errand_id)
    if prefetched is not None and errand_id in prefetched.codes:
        return prefetched.codes[errand_id]
    return work.scalars(select(HandoverCode).where(HandoverCode.errand_id == errand_id).with_for_update()).first()


def check_digits(salt: str, code: str) -> str:
    """Two digits that catch 99 % of typos on a phone without a network and tell its holder nothing worth having."""
    return f"{int(hashlib.sha256((salt + code).encode()).hexdigest(), 16) % 100:02d}"


def _digits(code: str) -> str:
    return "".join(letter for letter in code if letter.isdecimal())


def _mac(errand_id: UUID, code: str, pepper: bytes) -> str:
    return hmac.new(pepper, f"{errand_id}\0{code}".encode(), hashlib.sha256).hexdigest()


def _expires_at(errand: Errand, kind: ProofKind, now: datetime) -> datetime:
    if kind is not ProofKind.CODE:
        return now + SLIP_LIVES
    return end_of_day(errand.slot.day) if errand.slot is not None else now + timedelta(days=1)
