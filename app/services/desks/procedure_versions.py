"""Published procedures change: a paper list that differs becomes a new version, because dossiers keep theirs.

What the exchange does not publish (questions, what must be presented, what the post may certify) is ours and is kept, paper by
paper, by name. A list that can't be matched to our cases is a person's work and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.checklist import Mode
from app.domain.wording import tidy
from app.models import Procedure, RequiredPaper
from app.services import audit

SOURCE: Final = "LayThuTuc"
KEPT: Final = ("mode", "need", "case_keys", "case_label", "certified_by_post", "in_database")


@dataclass(frozen=True, slots=True)
class PublishedPaper:
    """Counts are None where the exchange does not say."""

    name: str
    originals: int | None
    copies: int | None


@dataclass(frozen=True, slots=True)
class Published:
    """One procedure as published; `cases`: the paper lists, one a case."""

    code: str
    post_allowed: bool
    cases: tuple[tuple[PublishedPaper, ...], ...]


def codes(session: Session) -> Sequence[str]:
    """The procedures that we know, in order."""
    return session.scalars(select(Procedure.code).where(Procedure.current).order_by(Procedure.code)).all()


def learn(session: Session, published: Published, now: datetime) -> str:
    """Take over what was published. Returns `same`, `unknown`, `new_version` or `differs` (a person must match it)."""
    wanted = select(Procedure).where(Procedure.code == published.code, Procedure.current)
    row = session.scalars(wanted.options(selectinload(Procedure.papers)).with_for_update(of=Procedure)).one_or_none()
    if row is None:
        return "unknown"
    papers = _matched(row, published)
    if papers is None:
        audit.record(session, "one_stop", "procedure.differs", "procedure", row.code, now, version=row.version)
        return "differs"
    if row.post_allowed == published.post_allowed and papers == [_values(paper) for paper in row.papers]:
        return "same"
    fresh = _next(row, published, papers)
    row.current = False
    session.flush()  # one current row a code: the old one steps back first
    session.add(fresh)
    audit.record(session, "one_stop", "procedure.new_version", "procedure", row.code, now, version=fresh.version)
    return "new_version"


def _matched(row: Procedure, published: Published) -> list[dict[str, Any]] | None:
    """Our lines with their counts; None where lists by case, or an empty list, can't be matched to our lines."""
    ours = {_plain(paper.name): paper for paper in row.papers}
    if len(published.cases) != 1:
        theirs = {_plain(paper.name): paper for case in published.cases for paper in case}
        if not theirs or theirs.keys() != ours.keys():
            return None
        listed = [theirs[_plain(paper.name)] for paper in row.papers]
    else:
        listed = list(published.cases[0])
    if not listed:
        return None
    return [_line(number, paper, ours.get(_plain(paper.name))) for number, paper in enumerate(listed, start=1)]


def _line(number: int, paper: PublishedPaper, ours: RequiredPaper | None) -> dict[str, Any]:
    known = {name: getattr(ours, name) for name in KEPT} if ours is not None else _new()
    return {
        "line": number,
        "name": ours.name if ours is not None else tidy(paper.name),
        "originals": paper.originals if paper.originals is not None or ours is None else ours.originals,
        "copies": paper.copies if paper.copies is not None or ours is None else ours.copies,
        **known,
    }


def _new() -> dict[str, Any]:
    return {
        "mode": Mode.SUBMIT.value,
        "need": "always",
        "case_keys": [],
        "case_label": "",
        "certified_by_post": False,
        "in_database": False,
    }


def _values(paper: RequiredPaper) -> dict[str, Any]:
    names = ("line", "name", "originals", "copies", *KEPT)
    return {name: getattr(paper, name) for name in names}


def _next(row: Procedure, published: Published, papers: list[dict[str, Any]]) -> Procedure:
    skipped = {"id", "version", "current", "post_allowed", "sample", "source"}
    kept = {column.key: getattr(row, column.key) for column in Procedure.__table__.columns if column.key not in skipped}
    return Procedure(
        **kept,
        version=row.version + 1,
        current=True,
        post_allowed=published.post_allowed,
        sample=False,
        source=SOURCE,
        papers=[RequiredPaper(**paper) for paper in papers],
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().split()).rstrip(".")
