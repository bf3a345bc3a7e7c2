"""Whom a courier on the road calls: the duty's telephone and the counter's, said once for each office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import DomainError
from app.domain.identity import parse_line
from app.models import Office
from app.services import audit
from app.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SetTelephones:
    """Of an office, as they were typed; blank: none."""

    office_id: int
    phone: str
    duty_phone: str
    by: str
    now: datetime


def set_telephones(work: UnitOfWork, command: SetTelephones) -> Office:
    """From its next bundle every phone of the office has them. Raises `not_found`, `line_malformed`."""
    office = work.get(Office, command.office_id, with_for_update={"of": Office})
    if office is None:
        raise DomainError("not_found", kind="not_found")
    phone = parse_line(command.phone, "phone") or None
    duty = parse_line(command.duty_phone, "duty_phone") or None
    if (office.phone, office.duty_phone) != (phone, duty):
        office.phone, office.duty_phone = phone, duty
        audit.record(work, command.by, "office.telephones_changed", "office", office.id, command.now)
    return office
