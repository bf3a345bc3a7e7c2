"""Incidents: opened by a person, a phone or a count that does not come out; closed by a person's written word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errors import DomainError
from app.domain.incident import IncidentKind, Verdict
from app.models import Incident, Parcel, StrayScan
from app.services import audit
from app.services.custody import chains
from app.services.custody.case_opening import begin_with, end_with
from app.unit_of_work import UnitOfWork

NOTE_AT_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What a phone says went wrong with an envelope, and which office answers for it."""

    kind: str
    office_id: int
    by: str
    now: datetime
    note: str
    operation_id: str


def report(work: UnitOfWork, parcel: Parcel, told: Told, *, moves: bool) -> Incident:
    """`open_incident` by a phone's word. `moves` False: even a loss is an incident alone, until a person has closed it."""
    return open_incident(
        work,
        kind=told.kind,
        parcel_code=parcel.code,
        office_id=told.office_id,
        by=told.by,
        now=told.now,
        note=told.note,
        operation_id=told.operation_id,
        moves=moves,
    )


def open_incident(  # noqa: PLR0913 (one flat fact; phones, counts and pages all write it)
    work: UnitOfWork,
    *,
    kind: str,
    parcel_code: str,
    office_id: int,
    by: str,
    now: datetime,
    note: str = "",
    operation_id: str | None = None,
    moves: bool = True,
) -> Incident:
    """Write the incident once an operation; `lost` takes the envelope out of its holder's hands by an event.

    `parcel_code` may be one that nobody knows yet, or a bag's. `moves` False: the envelope stays where the chain says.
    """
    if operation_id is not None:
        stored = work.scalar(select(Incident).where(Incident.operation_id == operation_id))
        if stored is not None:
            return stored
    incident = Incident(
        kind=IncidentKind(kind).value,
        parcel_code=parcel_code,
        office_id=office_id,
        operation_id=operation_id,
        note=note.strip()[:NOTE_AT_MOST],
        opened_at=now,
        opened_by=by,
    )
    work.add(incident)
    work.flush()
    begin_with(work, incident, now)
    if moves and incident.kind == IncidentKind.LOST:
        _move(work, parcel_code, Party(Holder.LOST), by, now, operation_id or f"incident:{incident.id}")
    return incident


def add_note(incident: Incident, note: str) -> None:
    """What is told of an open incident later stands behind what was told before; told twice it stands once."""
    said = note.strip()
    if said not in incident.note:
        incident.note = " · ".join(one for one in (incident.note, said) if one)[:NOTE_AT_MOST]


def close_incident(
    work: UnitOfWork, incident_id: int, verdict: Verdict, resolution: str, by: str, now: datetime
) -> Incident:
    """Write what came of it; `found` and `lost` move the envelope by an event. A second closing changes nothing.

    Raises `incident_unknown` or `resolution_missing`.
    """
    wanted = select(Incident).where(Incident.id == incident_id).with_for_update()
    incident = work.scalar(wanted.execution_options(populate_existing=True))
    if incident is None:
        raise DomainError("incident_unknown", kind="not_found")
    if incident.closed_at is not None:
        return incident
    if not resolution.strip():
        raise DomainError("resolution_missing", kind="invalid", field="resolution")
    _settle(work, incident, verdict, by, now)
    end_with(work, incident, verdict, by, now)
    incident.closed_at, incident.closed_by = now, by
    incident.resolution = resolution.strip()[:NOTE_AT_MOST]
    audit.record(work, by, "close_incident", "incident", incident.id, now, verdict=verdict.value)
    return incident


def explain_stray(session: Session, stray_id: int, note: str, by: str, now: datetime) -> StrayScan:
    """A person says what the unknown code was (a typing error, an envelope of another post): the task ends.

    Raises `stray_unknown` or `resolution_missing`; what the chain or somebody has settled stays as it is.
    """
    scan = session.get(StrayScan, stray_id, with_for_update=True)
    if scan is None:
        raise DomainError("stray_unknown", kind="not_found")
    if scan.settled_at is not None:
        return scan
    if not note.strip():
        raise DomainError("resolution_missing", kind="invalid", field="note")
    scan.settled_at, scan.settled_by, scan.note = now, by, note.strip()[:NOTE_AT_MOST]
    audit.record(session, by, "explain_stray", "stray_scan", scan.id, now)
    return scan


def _settle(work: UnitOfWork, incident: Incident, verdict: Verdict, by: str, now: datetime) -> None:
    operation = f"incident:{incident.id}:{verdict.value}"
    if verdict is Verdict.LOST:
        _move(work, incident.parcel_code, Party(Holder.LOST), by, now, operation)
    elif verdict is Verdict.FOUND:
        safe = Party(Holder.OFFICE_SAFE, str(incident.office_id))
        _move(work, incident.parcel_code, safe, by, now, operation)


def _move(work: UnitOfWork, code: str, taker: Party, by: str, now: datetime, operation_id: str) -> None:
    """From whoever holds it to `taker`; an envelope that is there already, or that nobody knows, is left alone."""
    parcel_id = work.scalar(select(Parcel.id).where(Parcel.code == code))
    if parcel_id is None:
        return
    (chain,) = chains.lock(work, [parcel_id])
    holder = Party(chain.parcel.holder, chain.parcel.holder_id)
    if holder == taker or (holder.holder is Holder.LOST and taker.holder is Holder.LOST):
        return
    kind = EventKind.REPORTED_LOST if taker.holder is Holder.LOST else EventKind.HANDED_OVER
    act = Act(kind, holder, taker, occurred_at=now, now=now, by=by, operation_id=operation_id, late=True)
    chains.add_event(work, chain, act)
