"""Help to file online at a post office's counter: an appointment without a name (docs/decisions/online-help.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.errors import DomainError
from app.domain.working_days import Calendar

DAYS_OFFERED: Final = 5
FARTHEST: Final = timedelta(days=21)


class HelpState(StrEnum):
    ASKED = "asked"
    FILED = "filed"
    NO_ACCOUNT = "no_account"  # no electronic identity yet
    PAPERS_MISSING = "papers_missing"
    PORTAL_FAILED = "portal_failed"
    ABSENT = "absent"


class HalfDay(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"


class ResultWay(StrEnum):
    POST = "post"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class AskHelp:
    """An appointment at the counter of the commune's post office, to be helped with filing online."""

    procedure_code: str
    unit_code: str
    day: date
    half: HalfDay
    result_by: ResultWay
    now: datetime


def days_offered(calendar: Calendar, unit_code: str, today: date) -> list[date]:
    """The next days on which the commune is open, from tomorrow on."""
    ahead = (today + timedelta(days=n) for n in range(1, FARTHEST.days))
    return [day for day in ahead if calendar.is_open(unit_code, day)][:DAYS_OFFERED]


def check_settling(state: HelpState, settled_as: HelpState) -> None:
    """Once, and as something that happened. Raises `help_settled` or `help_outcome_unknown`."""
    if state is not HelpState.ASKED:
        raise DomainError("help_settled", kind="conflict")
    if settled_as is HelpState.ASKED:
        raise DomainError("help_outcome_unknown", kind="invalid", field="help_outcome")
