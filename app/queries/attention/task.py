"""A line of the list of what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.queries.tracking.booking_wishes import WishedCall


@dataclass(frozen=True, slots=True)
class AttentionTask:
    """`kind` finds its sentence in `app.texts.attention`. `reason`: of an errand left out of the plan in force;
    `said`: what the citizen should have read.
    """

    kind: str
    reference: str
    office: str
    since: datetime | date | None
    attempt_id: int | None = None
    message_id: UUID | None = None
    reason: str | None = None
    said: str = ""
    operation_id: UUID | None = None
    device_id: UUID | None = None
    incident_id: int | None = None
    day: date | None = None  # of a plan that failed
    claim_id: int | None = None
    wish_id: int | None = None
    complaint_id: int | None = None
    line_id: int | None = None  # of the bank's statement
    due_at: datetime | None = None
    caller: str = ""  # by name, who calls the citizen
    call: WishedCall | None = None  # of somebody who has no request yet
    others: tuple[str, ...] = ()  # references of what the same number has under way
