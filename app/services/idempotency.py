"""One answer a key: a repeated POST gets the stored answer, another payload is refused, one under way asks to wait."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import StoredAnswer

SHORTEST, LONGEST = 8, 200


def begin(session: Session, partner_id: int, key: str, payload: object, now: datetime) -> StoredAnswer | None:
    """None: nobody asked this yet, go on and `finish` in the same transaction. Otherwise the answer to repeat.

    The row is written with the work itself, so a crash leaves neither. Raises `idempotency_key_missing`,
    `idempotency_key_malformed`, `idempotency_key_reused` (another payload), `idempotency_in_flight` (409) or
    `idempotency_answer_gone` (409): it was done, longer ago than answers are kept, and is not done again.
    """
    _check_key(key)
    locked = session.execute(
        select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"idempotency {partner_id} {key}", 0)))
    ).scalar_one()
    if not locked:
        raise DomainError("idempotency_in_flight", kind="conflict", field="Idempotency-Key")
    stored = session.get(StoredAnswer, (partner_id, key))
    if stored is None:
        session.add(StoredAnswer(partner_id=partner_id, key=key, request_hash=payload_hash(payload), created_at=now))
        session.flush()
        return None
    if stored.request_hash != payload_hash(payload):
        raise DomainError("idempotency_key_reused", kind="invalid", field="Idempotency-Key")
    if stored.status is not None and stored.body is None:
        raise DomainError("idempotency_answer_gone", kind="conflict", field="Idempotency-Key")
    return stored


def finish(session: Session, partner_id: int, key: str, status: int, body: dict[str, Any]) -> None:
    """Keep the answer given to `key`."""
    stored = session.get_one(StoredAnswer, (partner_id, key))
    stored.status, stored.body = status, body
    session.flush()


def payload_hash(payload: object) -> str:
    """Two payloads are the same when their JSON is, whatever the order of its keys."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _check_key(key: str) -> None:
    if not key:
        raise DomainError("idempotency_key_missing", kind="invalid", field="Idempotency-Key")
    if not SHORTEST <= len(key) <= LONGEST:
        raise DomainError("idempotency_key_malformed", kind="invalid", field="Idempotency-Key")
