"""Invitations to sign: whom they concern, and what waits for somebody's hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.custody import Party
from app.models import SigningInvitation
from app.queries.desks.neighbours import beside


def waiting_for(session: Session, side: Party, by: str, now: datetime) -> Sequence[SigningInvitation]:
    """What this holder's people may sign now, newest first; nobody signs what he has asked for himself."""
    open_ones = select(SigningInvitation).where(
        SigningInvitation.answered_at.is_(None), SigningInvitation.expires_at >= now, SigningInvitation.asked_by != by
    )
    rows = session.scalars(open_ones.order_by(SigningInvitation.asked_at.desc())).all()
    return [row for row in rows if concerns(session, row, side, now)]


def concerns(session: Session, invitation: SigningInvitation, side: Party, now: datetime) -> bool:
    """Is it this holder that is asked, or, where nobody is named, one of the place or beside it?"""
    if invitation.other_holder is not None:
        return Party(invitation.other_holder, invitation.other_id) == side
    place = Party(invitation.holder, invitation.holder_id)
    return side == place or side in beside(session, place, local_day(now))
