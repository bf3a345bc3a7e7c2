"""Everything we hold of one person, as a file: made of the table of personal data, so that nothing of it is forgotten."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select

from app.domain.personal_data import COLUMNS, KeepingRule
from app.models import AuditEvent
from app.services import audit
from app.services.evidence import emptying, person_rows
from app.texts import say
from app.texts.personal_data import BASES, HOLDS, NoticeLine, notice
from app.unit_of_work import UnitOfWork

AT_MOST: Final = 5_000  # rows a table: far more than anybody has
LEFT_OUT: Final = frozenset(
    {"handover_code", "stored_file"}
)  # a code's hash says nothing; pictures are opened page by page
HIDDEN: Final = frozenset({"salt"})


def export_person(
    work: UnitOfWork,
    applicant_ids: Sequence[UUID],
    rules: Mapping[str, KeepingRule],
    by: str,
    now: datetime,
    language: str,
) -> Mapping[str, Any]:
    """`data`: table → rows of what is personal, with the id of each row; `kept`: what for, on which basis, how long.

    The look is written down, once an applicant.
    """
    who = person_rows.these(tuple(applicant_ids))
    data = {table: _rows(work, table, who) for table in person_rows.OWN if table not in LEFT_OUT}
    for applicant_id in applicant_ids:
        audit.record(work, by, "person.exported", "applicant", applicant_id, now)
    return {
        "made_at": now.isoformat(),
        "applicants": [str(one) for one in applicant_ids],
        "data": {table: rows for table, rows in data.items() if rows},
        "looked_at": _looks(work, applicant_ids),
        "kept": [_line(one) for one in notice(rules, language)],
        "columns": _columns(rules, language),
    }


def packed(exported: Mapping[str, Any]) -> bytes:
    """The same as a ZIP with one JSON file in it."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("du-lieu-ca-nhan.json", json.dumps(exported, ensure_ascii=False, indent=1))
    return buffer.getvalue()


def _rows(work: UnitOfWork, name: str, who: person_rows.Applicants) -> list[dict[str, Any]]:
    table = emptying.table_of(name)
    wanted = dict.fromkeys(one.column for one in COLUMNS if one.table == name and one.column not in HIDDEN)
    shown = [*table.primary_key, *(table.c[one] for one in wanted if one not in table.primary_key)]
    rows = work.execute(select(*shown).where(person_rows.OWN[name](who)).limit(AT_MOST))
    return [{key: _plain(value) for key, value in row._mapping.items()} for row in rows]  # noqa: SLF001 (its public name)


def _looks(work: UnitOfWork, applicant_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Who looked at this person's requests, by code of the account."""
    who = person_rows.these(tuple(applicant_ids))
    mine = [str(one) for one in work.scalars(person_rows.requests_of(who))] + [str(one) for one in applicant_ids]
    events = select(AuditEvent).where(
        AuditEvent.object_id.in_(mine), AuditEvent.object_kind.in_(("service_request", "applicant"))
    )
    return [
        {"at": one.at.isoformat(), "by": one.actor, "what": one.action}
        for one in work.scalars(events.order_by(AuditEvent.at).limit(AT_MOST))
    ]


def _columns(rules: Mapping[str, KeepingRule], language: str) -> dict[str, dict[str, str]]:
    return {
        f"{one.table}.{one.column}": {
            "holds": say(HOLDS[one.holds], language),
            "basis": say(BASES[rules[one.rule].basis], language),
            "rule": one.rule,
            "end": one.end.value,
        }
        for one in COLUMNS
        if one.table in person_rows.OWN
    }


def _line(line: NoticeLine) -> dict[str, str]:
    return {"what": line.purpose, "period": line.period, "since": line.since, "basis": line.basis}


def _plain(value: object) -> object:
    """A sealed box of a phone is no sentence; it stands as it is, in Base64."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value if isinstance(value, str | int | float | bool | dict | list | None) else str(value)
