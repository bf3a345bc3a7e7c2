"""What people wrote in their own words: anybody may be named there. A person decides, text by text; a replay deletes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.erasing import ErasePerson, TextDecision
from app.domain.errors import DomainError
from app.domain.personal_data import free_texts
from app.domain.wording import tidy
from app.services.evidence import emptying, names, person_rows

ELSEWHERE_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class FreeText:
    """One text that is the person's own (`linked`), or that names the person somewhere else."""

    table: str
    column: str
    row: str
    text: str
    linked: bool

    @property
    def key(self) -> str:
        return f"{self.table}.{self.column}.{self.row}"


def texts_of(session: Session, applicant_ids: Sequence[UUID], helped: Sequence[UUID] = ()) -> list[FreeText]:
    """What staff wrote about these applicants, then texts elsewhere that hold a name or telephone of theirs.

    What a citizen said of the own request (a landmark, why it was cancelled) goes whole, and nobody is asked.
    """
    who = person_rows.these(tuple(applicant_ids))
    named = names.words_of(session, applicant_ids, helped)
    found: dict[str, FreeText] = {}
    for one in free_texts():
        own = person_rows.OWN.get(one.table)
        if own is not None:
            _gather(session, found, one.table, one.column, own(who), linked=True)
    for one in free_texts():
        column = emptying.table_of(one.table).c[one.column]
        if named:
            _gather(session, found, one.table, one.column, or_(*(_says(column, word) for word in named)), linked=False)
    unasked = {(one.table, one.column) for one in free_texts() if one.rule == "person"}
    return [one for one in found.values() if not (one.linked and (one.table, one.column) in unasked)]


def _gather(
    session: Session, found: dict[str, FreeText], name: str, column: str, where: ColumnElement[bool], *, linked: bool
) -> None:
    table = emptying.table_of(name)
    (key,) = table.primary_key
    rows = select(key, table.c[column]).where(where, func.coalesce(table.c[column], "") != "").order_by(key)
    for row_id, text in session.execute(rows if linked else rows.limit(ELSEWHERE_AT_MOST)):
        one = FreeText(name, column, str(row_id), text, linked)
        found.setdefault(one.key, one)


def _says(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """A telephone is found however its digits are parted."""
    if word.isdecimal():
        return func.regexp_replace(column, r"[\s.\-()]", "", "g").contains(word, autoescape=True)
    return func.lower(column).contains(word.lower(), autoescape=True)


def check(session: Session, command: ErasePerson) -> Sequence[TextDecision]:
    """Raise `text_unknown` for a text that is nobody's of these, `text_redaction_missing` for one to redact with no words."""
    known = {one.key: one for one in texts_of(session, command.applicants, command.helped)}
    for decision in command.texts:
        if decision.key not in known:
            raise DomainError("text_unknown", kind="invalid", field="texts")
        if decision.redacted is not None and not tidy(decision.redacted):
            raise DomainError("text_redaction_missing", kind="invalid", field=f"text_{decision.key}")
    return command.texts


def decide(session: Session, decisions: Sequence[TextDecision]) -> None:
    for decision in decisions:
        table = emptying.table_of(decision.table)
        (key,) = table.primary_key
        column = table.c[decision.column]
        said = tidy(decision.redacted) if decision.redacted is not None else emptying.nothing(column)
        session.execute(update(table).where(cast(key, Text) == decision.row).values({column.name: said}))


def delete_texts(session: Session, keys: Sequence[str]) -> None:
    """After a restore: what was deleted or redacted goes whole; keys that are no free text are passed over."""
    places = {(one.table, one.column) for one in free_texts()}
    parts = [tuple(key.split(".", 2)) for key in keys]
    decide(session, [TextDecision(*part) for part in parts if len(part) == 3 and part[:2] in places])  # noqa: PLR2004 - table, column, key
