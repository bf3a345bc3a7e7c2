"""Who may not sign beside whom: for a day, who has reset a password or taken a second factor off, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.models import AuditEvent, PasswordReset

APART: Final = timedelta(hours=24)
FACTOR_REMOVED: Final = "remove_factor"
"""The audit action of a second factor that somebody took off."""


def reset_lately(session: Session, one_id: int, other_id: int, now: datetime) -> bool:
    """Whether one of these two accounts has made, or used, the other's link, or taken its second factor off, within a day."""
    pair = {one_id, other_id}
    lately = or_(PasswordReset.made_at > now - APART, PasswordReset.used_at > now - APART)
    both = (PasswordReset.staff_account_id.in_(pair), PasswordReset.made_by_id.in_(pair))
    if session.scalar(select(PasswordReset.id).where(*both, lately).limit(1)) is not None:
        return True
    pairs = ((one_id, other_id), (other_id, one_id))
    taken = or_(*(and_(AuditEvent.actor == f"staff:{by}", AuditEvent.object_id == str(whose)) for by, whose in pairs))
    return session.scalar(select(AuditEvent.id).where(*_factors_removed(now), taken).limit(1)) is not None


def factors_removed_lately(session: Session, now: datetime) -> Sequence[AuditEvent]:
    """Second factors taken off within a day, whoever did it, oldest first."""
    return session.scalars(select(AuditEvent).where(*_factors_removed(now)).order_by(AuditEvent.id)).all()


def factor_removed(session: Session, account_id: int) -> AuditEvent | None:
    """The last time that this account's second factor was taken off."""
    mine = (AuditEvent.object_kind == "staff_account", AuditEvent.object_id == str(account_id))
    last = select(AuditEvent).where(*mine, AuditEvent.action == FACTOR_REMOVED).order_by(AuditEvent.id.desc())
    return session.scalars(last.limit(1)).first()


def _factors_removed(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (AuditEvent.action == FACTOR_REMOVED, AuditEvent.object_kind == "staff_account", AuditEvent.at > now - APART)
