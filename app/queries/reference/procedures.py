"""The published procedures: one version of each is current."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from vn_text import fold

from app.domain.errors import DomainError
from app.models import Procedure


def current(session: Session) -> list[Procedure]:
    """By field, then name."""
    rows = session.scalars(
        select(Procedure).where(Procedure.current).order_by(Procedure.field, Procedure.name, Procedure.code)
    )
    return list(rows)


def search(session: Session, words: str) -> list[Procedure]:
    """Those whose name, field, result or code hold every word, accents and case apart."""
    wanted = fold(words).lower().split()
    return [row for row in current(session) if all(word in _haystack(row) for word in wanted)]


def _haystack(procedure: Procedure) -> str:
    return fold(" ".join((procedure.name, procedure.field, procedure.code, *procedure.results))).lower()


def by_code(session: Session, code: str) -> Procedure:
    """The current version with its papers. Raises `not_found`."""
    row = session.scalar(
        select(Procedure).where(Procedure.current, Procedure.code == code).options(selectinload(Procedure.papers))
    )
    if row is None:
        raise DomainError("not_found", kind="not_found", field="procedure_code")
    return row
