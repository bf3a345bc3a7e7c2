"""Which outside systems this installation is joined to. Rows are made from the operator's file when a program starts."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.sending import LINK
from app.models import Link
from app.unit_of_work import UnitOfWork

ONE_STOP = "one_stop"
WEBHOOK = "webhook:"


def enabled(work: UnitOfWork, name: str) -> bool:
    """Is this link joined and switched on?"""
    return name in _enabled(work)


def any_enabled(work: UnitOfWork) -> bool:
    """Is anything outside joined at all?"""
    return bool(_enabled(work))


def carrier(work: UnitOfWork) -> str | None:
    """The postal operator's link, when one is joined; the first by name where there are several."""
    return min((name for name in _enabled(work) if name != ONE_STOP and not name.startswith(WEBHOOK)), default=None)


def forget(work: UnitOfWork) -> None:
    """Ask anew: for who has just changed the rows."""
    work.enabled_links = None


def _enabled(work: UnitOfWork) -> frozenset[str]:
    """Asked once: a transaction sees one answer."""
    if work.enabled_links is None:
        with work.no_autoflush:  # nothing of ours decides it
            joined = select(Link.name).where(Link.enabled, ~Link.name.startswith(LINK))
            work.enabled_links = frozenset(work.scalars(joined))
    return work.enabled_links
