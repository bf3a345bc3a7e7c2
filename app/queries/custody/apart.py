"""Who may not sign beside whom: for a day, the one who has reset a password and the one whose it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import PasswordReset

APART: Final = timedelta(hours=24)


def reset_lately(session: Session, one_id: int, other_id: int, now: datetime) -> bool:
    """Whether one of these two accounts has made, or used, the other's link within a day."""
    pair = {one_id, other_id}
    lately = or_(PasswordReset.made_at > now - APART, PasswordReset.used_at > now - APART)
    both = (PasswordReset.staff_account_id.in_(pair), PasswordReset.made_by_id.in_(pair))
    return session.scalar(select(PasswordReset.id).where(*both, lately).limit(1)) is not None
