"""Lodge a complaint, pass it on, answer it; whoever is complained of never answers alone (docs/decisions/complaints.md)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select

from app.clock import local_day
from app.domain.complaint import (
    MOST_OPEN,
    POSTAL,
    TEXT_AT_MOST,
    Answerer,
    ComplaintKind,
    ComplaintRoute,
    check_signing,
    due_of,
    is_complained_of,
)
from app.domain.errors import DomainError
from app.domain.survey import VoiceRoad
from app.models import Attempt, Complaint, Courier, Errand, ServiceRequest
from app.queries.custody.apart import reset_lately
from app.queries.reference.calendar import calendar
from app.queries.visible import Offices, within
from app.services import audit
from app.services.messaging.messages import tell
from app.unit_of_work import UnitOfWork

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another


@dataclass(frozen=True, slots=True)
class Lodged:
    """What somebody complains of, by which road it came, and who wrote it down."""

    kind: ComplaintKind
    road: VoiceRoad
    said: str
    by: str
    now: datetime


def lodge(work: UnitOfWork, request: ServiceRequest, lodged: Lodged) -> Complaint:
    """The same kind twice is one while it is open. Raises `complaint_empty`, `complaints_open`."""
    said = lodged.said.strip()[:TEXT_AT_MOST]
    if not said:
        raise DomainError("complaint_empty", kind="invalid", field="complaint")
    work.scalars(select(ServiceRequest.id).where(ServiceRequest.id == request.id).with_for_update()).one()
    mine = select(Complaint).where(Complaint.request_id == request.id, Complaint.answered_at.is_(None))
    open_ones = work.scalars(mine.order_by(Complaint.id)).all()
    same = next((one for one in open_ones if one.kind is lodged.kind and one.said == said), None)
    if same is not None:
        return same
    if len(open_ones) >= MOST_OPEN:
        raise DomainError("complaints_open", kind="conflict", field="complaint", numbers=_numbers(open_ones))
    return _written(work, request, lodged, said)


def _numbers(rows: Sequence[Complaint]) -> str:
    return ", ".join(row.number for row in rows)


def _written(work: UnitOfWork, request: ServiceRequest, lodged: Lodged, said: str) -> Complaint:
    row = Complaint(
        number=_new_number(work),
        request=request,
        office_id=_office_of(work, request),
        kind=lodged.kind,
        road=lodged.road,
        said=said,
        about=_couriers_of(work, request) if lodged.kind in POSTAL else [],
        lodged_at=lodged.now,
        lodged_by=lodged.by,
        due_on=due_of(lodged.kind, local_day(lodged.now), calendar(work)),
    )
    work.add(row)
    work.flush()
    audit.record(work, lodged.by, "complaint.lodged", "complaint", row.id, lodged.now, kind=lodged.kind.value)
    trigger = f"complaint_taken:{row.id}"
    tell(work, request, None, "complaint_taken", lodged.now, trigger, number=row.number, due=row.due_on)
    return row


def find(work: UnitOfWork, complaint_id: int, offices: Offices) -> Complaint:
    """Held until the transaction ends. Raises `not_found`, also for one of an office that the account does not see."""
    wanted = select(Complaint).where(Complaint.id == complaint_id, *within(Complaint.office_id, offices))
    row = work.scalar(wanted.with_for_update())
    if row is None:
        raise DomainError("not_found", kind="not_found")
    return row


def pass_on(work: UnitOfWork, row: Complaint, route: ComplaintRoute, by: str, now: datetime) -> None:
    """A remark on a desk goes to the desk, or to the national portal. Raises `complaint_is_ours`, `complaint_answered`."""
    _check_open(row)
    if row.kind in POSTAL:
        raise DomainError("complaint_is_ours", kind="conflict")
    row.route, row.routed_at, row.routed_by = route, now, by
    audit.record(work, by, "complaint.passed_on", "complaint", row.id, now, route=route.value)


def write_answer(work: UnitOfWork, row: Complaint, answer: str, who: Answerer, now: datetime) -> None:
    """Ends the complaint at once, unless the writer is complained of: then somebody else has to sign.

    Raises `complaint_answered`, `complaint_answer_missing`, `complaint_not_passed_on`.
    """
    _check_open(row)
    said = answer.strip()[:TEXT_AT_MOST]
    if not said:
        raise DomainError("complaint_answer_missing", kind="invalid", field="complaint_answer")
    if row.kind is ComplaintKind.DESK and row.routed_at is None:
        raise DomainError("complaint_not_passed_on", kind="conflict", field="complaint_route")
    row.answer, row.written_at, row.written_by = said, now, who.actor
    audit.record(work, who.actor, "complaint.written", "complaint", row.id, now)
    if not is_complained_of(who, row.about, _office_complained_of(row)):
        _answered(work, row, now)


def text_of(row: Complaint) -> str:
    """Which text of the answer this is, for the form that signs it."""
    return row.written_at.astimezone(UTC).isoformat() if row.written_at is not None else ""


def sign_answer(work: UnitOfWork, row: Complaint, who: Answerer, read: str, now: datetime) -> None:
    """`read`: the `text_of` that was shown; another one was never read.

    Raises `complaint_answered`, `complaint_answer_missing`, `answered_alone`, `answered_by_complained_of`, `reset_lately`
    or `complaint_answer_changed`.
    """
    _check_open(row)
    if row.written_by is None:
        raise DomainError("complaint_answer_missing", kind="conflict")
    check_signing(row.written_by, who, row.about, _office_complained_of(row))
    if reset_lately(work, _account(row.written_by), _account(who.actor), now):
        raise DomainError("reset_lately", kind="forbidden")
    if read != text_of(row):
        raise DomainError("complaint_answer_changed", kind="conflict")
    row.signed_by = who.actor
    audit.record(work, who.actor, "complaint.signed", "complaint", row.id, now)
    _answered(work, row, now)


def _account(actor: str) -> int:
    return int(actor.removeprefix("staff:"))


def _answered(work: UnitOfWork, row: Complaint, now: datetime) -> None:
    row.answered_at = now
    tell(work, row.request, None, "complaint_answered", now, f"complaint_answered:{row.id}", number=row.number)


def _check_open(row: Complaint) -> None:
    if row.answered_at is not None:
        raise DomainError("complaint_answered", kind="conflict", number=row.number)


def _office_complained_of(row: Complaint) -> int | None:
    return row.office_id if row.kind in POSTAL else None


def _office_of(work: UnitOfWork, request: ServiceRequest) -> int:
    served = select(Errand.office_id).where(Errand.request_id == request.id)
    return work.scalars(served.order_by(Errand.created_at.desc(), Errand.id).limit(1)).one()


def _couriers_of(work: UnitOfWork, request: ServiceRequest) -> list[str]:
    """The accounts of whoever was at this door."""
    came = (
        select(Courier.staff_account_id)
        .join(Attempt, Attempt.courier_id == Courier.id)
        .join(Errand, Errand.id == Attempt.errand_id)
        .where(Errand.request_id == request.id, Courier.staff_account_id.is_not(None))
        .distinct()
    )
    return [f"staff:{account_id}" for account_id in work.scalars(came.order_by(Courier.staff_account_id))]


def _new_number(work: UnitOfWork) -> str:
    while True:
        number = "KN-" + "".join(secrets.choice(LETTERS) for _ in range(6))
        if not work.scalar(select(func.count()).select_from(Complaint).where(Complaint.number == number)):
            return number
