"""Which day an office's page is about; a due date as a form gives it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from flask import request

from app.clock import local_day
from app.domain.due_date import check_written
from app.domain.errors import DomainError
from app.web.session import now

SOON: Final = timedelta(hours=2)  # a safe is counted when it is asked for; after that it is late
FIRST_DAY: Final = date(2020, 1, 1)  # no book is older


def asked_day() -> date:
    """The day of `ngay`; a malformed one, or one ahead, is answered by today."""
    today = local_day(now())
    try:
        return max(min(date.fromisoformat(request.values.get("ngay", "")), today), FIRST_DAY)
    except ValueError:
        return today


def given_day(text: str) -> date | None:
    """None: nothing was written. Raises `date_malformed` and `due_before_received` at `due_on`."""
    if not text.strip():
        return None
    try:
        written = date.fromisoformat(text.strip())
    except ValueError:
        raise DomainError("date_malformed", kind="invalid", field="due_on") from None
    check_written(written, local_day(now()))
    return written
