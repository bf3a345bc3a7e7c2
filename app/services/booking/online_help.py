"""Ask for help to file online at a post office's counter, and say what became of it (docs/decisions/online-help.md)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errors import DomainError
from app.domain.online_help import AskHelp, HelpState, check_settling, days_offered
from app.models import OnlineHelp
from app.queries.reference.calendar import calendar
from app.queries.reference.procedures import by_code
from app.queries.reference.serving import served
from app.queries.visible import Offices, within
from app.services import audit

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another


def ask(session: Session, asked: AskHelp) -> OnlineHelp:
    """Raises `not_found`, `not_online`, `no_office` or `help_day_closed`."""
    procedure, today = by_code(session, asked.procedure_code), local_day(asked.now)
    if not procedure.online_allowed:
        raise DomainError("not_online", kind="invalid", field="procedure", procedure=procedure.name)
    office = next((place.office for place in served(session, [asked.unit_code], today)), None)
    if office is None:
        raise DomainError("no_office", kind="invalid", field="unit")
    if asked.day not in days_offered(calendar(session), asked.unit_code, today):
        raise DomainError("help_day_closed", kind="invalid", field="ngay")
    row = OnlineHelp(
        reference=_new_reference(session),
        procedure=procedure,
        office=office,
        day=asked.day,
        half=asked.half,
        result_by=asked.result_by,
        state=HelpState.ASKED,
        created_at=asked.now,
    )
    session.add(row)
    session.flush()
    return row


def settle(
    session: Session, reference: str, settled_as: HelpState, by: str, now: datetime, offices: Offices
) -> OnlineHelp:
    """Whoever helped says how it went. Raises `not_found`, `help_settled` or `help_outcome_unknown`."""
    wanted = select(OnlineHelp).where(OnlineHelp.reference == reference, *within(OnlineHelp.office_id, offices))
    row = session.scalar(wanted.with_for_update())
    if row is None:
        raise DomainError("not_found", kind="not_found")
    check_settling(row.state, settled_as)
    row.state, row.settled_at, row.settled_by = settled_as, now, by
    audit.record(session, by, "online_help.settled", "online_help", row.id, now, state=settled_as.value)
    return row


def _new_reference(session: Session) -> str:
    while True:
        reference = "HT-" + "".join(secrets.choice(LETTERS) for _ in range(6))
        if session.scalar(select(OnlineHelp.id).where(OnlineHelp.reference == reference)) is None:
            return reference
