"""The published procedures: one version of each is current."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.errors import DomainError
from app.models import Procedure
from app.queries.reference.wanted import wanted


def current(session: Session) -> list[Procedure]:
    """By field, then name."""
    rows = session.scalars(
        select(Procedure).where(Procedure.current).order_by(Procedure.field, Procedure.name, Procedure.code)
    )
    return list(rows)


def search(session: Session, words: str) -> list[Procedure]:
    """Those that somebody may mean by these words, likeliest first; without words all, what is wanted most first."""
    return wanted(current(session), words)


def by_code(session: Session, code: str) -> Procedure:
    """The current version with its papers. Raises `not_found`."""
    row = session.scalar(
        select(Procedure).where(Procedure.current, Procedure.code == code).options(selectinload(Procedure.papers))
    )
    if row is None:
        raise DomainError("not_found", kind="not_found", field="procedure_code")
    return row
