"""Which outside systems this installation is joined to. Rows are made from the operator's file when a program starts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Link

ONE_STOP = "one_stop"
WEBHOOK = "webhook:"

_KNOWN = "links known"


def enabled(session: Session, name: str) -> bool:
    """Is this link joined and switched on? Asked once a session: a transaction sees one answer."""
    known: frozenset[str] | None = session.info.get(_KNOWN)
    if known is None:
        with session.no_autoflush:  # nothing of ours decides it
            known = frozenset(session.scalars(select(Link.name).where(Link.enabled)))
        session.info[_KNOWN] = known
    return name in known


def any_enabled(session: Session) -> bool:
    """Is anything outside joined at all?"""
    enabled(session, "")
    return bool(session.info[_KNOWN])


def carrier(session: Session) -> str | None:
    """The postal operator's link, when one is joined; the first by name where there are several."""
    enabled(session, "")
    names: frozenset[str] = session.info[_KNOWN]
    return min((name for name in names if name != ONE_STOP and not name.startswith(WEBHOOK)), default=None)


def forget(session: Session) -> None:
    """Ask anew: for who has just changed the rows."""
    session.info.pop(_KNOWN, None)
