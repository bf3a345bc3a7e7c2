"""Who looked at or changed what between two times, with the names behind the codes: for who is asked by a citizen or a court."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, false, or_, select
from sqlalchemy.orm import Session

from app.clock import LOCAL, at
from app.domain.errors import DomainError
from app.domain.wording import whole_number
from app.models import (
    AuditEvent,
    Courier,
    Dossier,
    Errand,
    Incident,
    Message,
    Parcel,
    Partner,
    Place,
    ServiceRequest,
    StaffAccount,
    StoredFile,
)  # fmt: skip
from app.services import audit
from app.services.evidence import person_rows
from app.unit_of_work import UnitOfWork

MOST_LINES: Final = 20_000
DAY_ONLY: Final = 10  # letters of 2026-12-01
HEAD: Final = ("at", "actor", "name", "action", "object_kind", "object_id", "reference")


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From `first`, before `last`."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One line; `name` is the account's or courier's, `reference` the request's, where the object belongs to one."""

    at: datetime
    actor: str
    name: str
    action: str
    object_kind: str
    object_id: str
    reference: str

    def cells(self) -> tuple[str, ...]:
        when = self.at.astimezone(LOCAL).isoformat(timespec="seconds")
        return when, self.actor, self.name, self.action, self.object_kind, self.object_id, self.reference


def time_span(first: str, last: str) -> TimeSpan:
    """Days or moments as people here count them; a last day counts whole. Raises `time_span_malformed`."""
    try:
        begin, end = _moment(first), _moment(last)
        end += timedelta(days=1) if len(last.strip()) == DAY_ONLY else timedelta(0)
    except (ValueError, OverflowError):
        raise DomainError("time_span_malformed", kind="invalid", field="to") from None
    if begin >= end:
        raise DomainError("time_span_malformed", kind="invalid", field="to")
    return TimeSpan(begin, end)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    if len(text.strip()) == DAY_ONLY:
        return at(moment.date(), time(0))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=LOCAL)


def access_log(work: UnitOfWork, span: TimeSpan, subject: UUID | None, by: str, now: datetime) -> Sequence[AccessLine]:
    """Every line, oldest first; `subject`: an applicant. That the log was taken is a line itself. Raises `log_too_long`."""
    wanted = select(AuditEvent).where(AuditEvent.at >= span.first, AuditEvent.at < span.last)
    if subject is not None:
        wanted = wanted.where(_about(work, subject))
    events = work.scalars(wanted.order_by(AuditEvent.at, AuditEvent.id).limit(MOST_LINES + 1)).all()
    if len(events) > MOST_LINES:
        raise DomainError("log_too_long", kind="invalid", field="to", most=MOST_LINES)
    names, references = _names(work, {one.actor for one in events}), _references(work, events)
    named = f"{span.first.isoformat()}/{span.last.isoformat()}"
    detail = {"subject": str(subject)} if subject else {}
    audit.record(work, by, "access_log.taken", "audit_event", named, now, lines=len(events), **detail)
    return [
        AccessLine(
            one.at, one.actor, names.get(one.actor, ""), one.action, one.object_kind, one.object_id,
            references.get(one.object_id, ""),
        )
        for one in events
    ]  # fmt: skip


def _about(session: Session, applicant_id: UUID) -> ColumnElement[bool]:
    """What belongs to this applicant, under whatever kind it stands in the audit."""
    who = person_rows.these((applicant_id,))
    mine: tuple[Select[str], ...] = (
        select(cast(ServiceRequest.id, Text)).where(ServiceRequest.applicant_id == applicant_id),
        select(cast(Errand.id, Text)).where(person_rows.OWN["errand"](who)),
        select(cast(Dossier.id, Text)).where(person_rows.OWN["dossier"](who)),
        select(cast(Place.id, Text)).where(person_rows.OWN["place"](who)),
        select(cast(Message.id, Text)).where(person_rows.OWN["message"](who)),
        select(cast(Parcel.id, Text)).where(Parcel.dossier_id.in_(person_rows.dossiers_of(who))),
        select(StoredFile.sha256).where(person_rows.OWN["stored_file"](who)),
    )
    incidents = select(cast(Incident.id, Text)).where(person_rows.OWN["incident"](who))
    ids = {str(applicant_id), *(one for statement in mine for one in session.scalars(statement))}
    numbers = list(session.scalars(incidents))
    requests = list(
        session.scalars(select(cast(ServiceRequest.id, Text)).where(ServiceRequest.applicant_id == applicant_id))
    )
    seen = [AuditEvent.detail["shown"].contains([one]) for one in requests]
    by_number = (AuditEvent.object_kind == "incident") & AuditEvent.object_id.in_(numbers)
    return or_(AuditEvent.object_id.in_(ids), by_number, (AuditEvent.object_kind == "lookup") & or_(false(), *seen))


def _names(session: Session, actors: Iterable[str]) -> Mapping[str, str]:
    """Actor, such as `staff:12` → the name behind it."""
    codes = {"staff": StaffAccount.id, "courier": Courier.id, "partner": Partner.id}
    names = {"staff": StaffAccount.name, "courier": Courier.name, "partner": Partner.name}
    found: dict[str, str] = {}
    for actor in actors:
        kind, _, number = actor.partition(":")
        if kind in names and (whole := whole_number(number)) is not None:
            found[actor] = session.scalar(select(names[kind]).where(codes[kind] == whole)) or ""
    return found


def _references(session: Session, events: Sequence[AuditEvent]) -> Mapping[str, str]:
    """Object → the reference of its request."""
    ids = {one.object_id for one in events}
    ways = (
        select(cast(ServiceRequest.id, Text), ServiceRequest.reference).where(cast(ServiceRequest.id, Text).in_(ids)),
        select(cast(Errand.id, Text), ServiceRequest.reference)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .where(cast(Errand.id, Text).in_(ids)),
        select(cast(Dossier.id, Text), ServiceRequest.reference)
        .join(ServiceRequest, ServiceRequest.id == Dossier.request_id)
        .where(cast(Dossier.id, Text).in_(ids)),
        select(cast(ServiceRequest.applicant_id, Text), ServiceRequest.reference).where(
            cast(ServiceRequest.applicant_id, Text).in_(ids)
        ),
    )
    return {row[0]: row[1] for way in ways for row in session.execute(way)}
