"""Published procedures become rows; a published list that changed becomes a new version, because dossiers keep theirs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import Procedure, RequiredPaper
from app.services.reference import procedures as published
from app.services.reference.procedures import read_procedures
from app.services.reference.rows import Changes

SERVICE: Final = ("in_service_from",)
"""When the post takes it up is the post's decision, not a change of the published list."""


def load_procedures(session: Session, replacement: Path | None, changes: Changes) -> int:
    """Bring the procedures up to date; return how many are current.

    A sample never takes the place of what the one-stop system gave. A procedure that the file leaves out stays as it is.
    """
    read = read_procedures(replacement)
    current = {row.code: row for row in session.scalars(_current())}
    for procedure in read.procedures:
        row = current.get(procedure.code)
        if row is not None and read.sample and not row.sample:
            continue
        values = _values(procedure, sample=read.sample, source=f"{read.source} ({read.as_of.isoformat()})")
        papers = [_paper_values(paper) for paper in procedure.papers]
        if row is None:
            session.add(_row(values, papers, version=_next_version(session, procedure.code)))
            changes.rows += 1 + len(papers)
        elif _published(row) != (_without_service(values), papers):
            row.current = False
            session.flush()  # one current row a code: the old one steps back first
            session.add(_row(values, papers, version=_next_version(session, procedure.code)))
            changes.rows += 1 + len(papers)
        elif row.in_service_from != procedure.in_service_from:
            row.in_service_from = procedure.in_service_from
            changes.rows += 1
    session.flush()
    return len(session.scalars(_current()).all())


def _current() -> Any:
    return select(Procedure).where(Procedure.current).options(selectinload(Procedure.papers))


def _next_version(session: Session, code: str) -> int:
    versions = session.scalars(select(Procedure.version).where(Procedure.code == code)).all()
    return max(versions, default=0) + 1


def _row(values: dict[str, Any], papers: list[dict[str, Any]], *, version: int) -> Procedure:
    return Procedure(**values, version=version, papers=[RequiredPaper(**paper) for paper in papers])


def _values(procedure: published.ProcedureEntry, *, sample: bool, source: str) -> dict[str, Any]:
    return {
        "code": procedure.code,
        "name": procedure.name,
        "field": procedure.field,
        "level": procedure.level,
        "post_allowed": procedure.post_allowed,
        "online_allowed": procedure.online_allowed,
        "presence": procedure.presence,
        "presence_note": procedure.presence_note,
        "refusal": procedure.refusal,
        "time_value": procedure.time_value,
        "time_unit": procedure.time_unit,
        "state_fee": procedure.state_fee,
        "originals_due": procedure.originals_due,
        "boundary_free": procedure.boundary_free,
        "results": list(procedure.results),
        "cases": [_case(question) for question in procedure.questions],
        "sample": sample,
        "source": source,
        "in_service_from": procedure.in_service_from,
    }


def _case(question: published.ProcedureQuestion) -> dict[str, Any]:
    return {
        "key": question.key,
        "question": question.question,
        "many": question.many,
        "options": [{"key": option.key, "label": option.label} for option in question.options],
    }


def _paper_values(paper: published.ProcedurePaper) -> dict[str, Any]:
    return asdict(paper) | {"case_keys": paper.postal_keys}


def _published(row: Procedure) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a row as the file would say it, to compare."""
    skipped = {"id", "version", "current", *SERVICE}
    values = {
        column.key: getattr(row, column.key) for column in Procedure.__table__.columns if column.key not in skipped
    }
    return values, [
        {
            column.key: getattr(paper, column.key)
            for column in RequiredPaper.__table__.columns
            if column.key not in {"id", "procedure_id"}
        }
        for paper in row.papers
    ]


def _without_service(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in SERVICE}
