"""The errands of a day as planning sees them: in a plannable state, with their papers where they must be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from app.clock import start_of_day
from app.domain.custody import Holder
from app.domain.errand import PLANNABLE, ErrandKind
from app.domain.parcel import ParcelPurpose
from app.models import (
    Applicant,
    Attempt,
    Dossier,
    Errand,
    ErrandDossier,
    Office,
    Parcel,
    Place,
    Plan,
    PlanOffice,
    Procedure,
    Route,
    ServiceRequest,
    Slot,
    Stop,
    StopErrand,
)
from app.queries.reference.calendar import calendar
from app.services.planning.households import DueErrand

CARRIES: Mapping[ErrandKind, ParcelPurpose] = {
    ErrandKind.DELIVER: ParcelPurpose.RESULT,
    ErrandKind.GIVE_BACK: ParcelPurpose.GIVE_BACK,
}
AnyRow = Row[*tuple[Any, ...]]
_Holders = Mapping[tuple[UUID, ParcelPurpose], tuple[Holder, str | None]]


def due_errands(
    session: Session, day: date, office_ids: Collection[int], carriers: Mapping[int, int]
) -> tuple[list[DueErrand], list[tuple[UUID, str]]]:
    """Return the errands that can be planned, and those whose parcel is not at the office, with the reason.

    `carriers`: shift by courier at work. A parcel that a courier already carries stays with that courier.
    """
    rows = _rows(session, Errand.office_id.in_(office_ids), Slot.day == day, Errand.state.in_(PLANNABLE))
    dossiers = _dossiers(session, [row.id for row in rows])
    holders = _holders(session, [dossier.id for some in dossiers.values() for dossier in some])
    working = calendar(session)
    found: list[DueErrand] = []
    elsewhere: list[tuple[UUID, str]] = []
    for row in rows:
        here, shift_id = _where(row, dossiers[row.id], holders, carriers)
        due = replace(_due(row, dossiers[row.id], day, _home(row, office_ids), shift_id), calendar=working)
        there = by_boat(due, row.unit_code, day)
        if here and there is None:
            elsewhere.append((row.id, "no_boat"))
        elif here and there is not None:
            found.append(there)
        else:
            elsewhere.append((row.id, "parcel_elsewhere"))
    return found, elsewhere


def errands_by_id(
    session: Session, day: date, errand_ids: Collection[UUID], office_ids: Collection[int]
) -> dict[UUID, DueErrand]:
    """The errands of a draft, whatever became of them since: its routes are judged again with them."""
    rows = _rows(session, Errand.id.in_(errand_ids))
    dossiers, working = _dossiers(session, [row.id for row in rows]), calendar(session)
    return {
        row.id: replace(_due(row, dossiers[row.id], day, _home(row, office_ids), None), calendar=working)
        for row in rows
    }


def _home(row: AnyRow, office_ids: Collection[int]) -> int:
    """The office of the door's own commune, even when a free plan gave the errand to another one; a parcel stays put."""
    own: int | None = row.own_office_id if row.kind is ErrandKind.COLLECT else None
    return own if own is not None and own in office_ids else int(row.office_id)


def _rows(session: Session, *conditions: ColumnElement[bool]) -> Sequence[AnyRow]:
    failed = select(func.count(Attempt.id)).where(Attempt.errand_id == Errand.id).scalar_subquery()
    serves = (Office.unit_code == Place.unit_code, Office.kind == "commune", Office.closed_at.is_(None))
    own = select(func.min(Office.id)).where(*serves)
    return session.execute(
        select(
            Errand.id,
            Errand.kind,
            func.coalesce(Applicant.phone, cast(Errand.request_id, Text)).label("household"),
            Errand.place_id,
            Errand.office_id,
            Errand.papers_due_waived,
            Errand.held_until,
            Place.lon,
            Place.lat,
            Place.unit_code,
            Slot.starts_at,
            Slot.ends_at,
            failed.label("attempts"),
            own.scalar_subquery().label("own_office_id"),
        )
        .join(Place, Place.id == Errand.place_id)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .join(Applicant, Applicant.id == ServiceRequest.applicant_id)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Errand.executed_by == "own", *conditions)
        .order_by(Errand.office_id, Errand.created_at, Errand.id)
    ).all()


def _dossiers(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, list[AnyRow]]:
    rows = session.execute(
        select(
            ErrandDossier.errand_id,
            Dossier.id,
            Dossier.competent_desk_id,
            Dossier.due_on,
            Procedure.boundary_free,
            Procedure.originals_due,
        )
        .join(Dossier, Dossier.id == ErrandDossier.dossier_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(ErrandDossier.errand_id.in_(errand_ids))
    )
    found: dict[UUID, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[row.errand_id].append(row)
    return found


def _holders(session: Session, dossier_ids: Collection[UUID]) -> _Holders:
    """Who holds the newest parcel of each dossier and purpose."""
    rows = session.execute(
        select(Parcel.dossier_id, Parcel.purpose, Parcel.holder, Parcel.holder_id)
        .where(Parcel.dossier_id.in_(dossier_ids), Parcel.purpose.in_(CARRIES.values()))
        .order_by(Parcel.created_at)
    )
    return {(row.dossier_id, row.purpose): (row.holder, row.holder_id) for row in rows}


def aboard(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, int]:
    """The errands whose parcel a courier carries, with that courier."""
    rows = session.execute(
        select(ErrandDossier.errand_id, Parcel.holder_id)
        .join(Parcel, Parcel.dossier_id == ErrandDossier.dossier_id)
        .where(
            ErrandDossier.errand_id.in_(errand_ids),
            Parcel.purpose.in_(CARRIES.values()),
            Parcel.holder == Holder.COURIER,
            Parcel.holder_id.is_not(None),
        )
    )
    return {row.errand_id: int(row.holder_id) for row in rows}


def _where(
    row: AnyRow, dossiers: Sequence[AnyRow], holders: _Holders, carriers: Mapping[int, int]
) -> tuple[bool, int | None]:
    """Are all parcels of the errand in the office's safe, or with one courier at work (then that shift)?"""
    purpose = CARRIES.get(row.kind)
    if purpose is None:
        return True, None
    known = {holders.get((dossier.id, purpose)) for dossier in dossiers}
    if known == {(Holder.OFFICE_SAFE, str(row.office_id))}:
        return True, None
    holder = next(iter(known)) if len(known) == 1 else None
    if holder is None or holder[0] is not Holder.COURIER or holder[1] is None:
        return False, None
    shift_id = carriers.get(int(holder[1]))
    return shift_id is not None, shift_id


def _due(row: AnyRow, dossiers: Sequence[AnyRow], day: date, office_id: int, shift_id: int | None) -> DueErrand:
    midnight = start_of_day(day)
    collecting = row.kind is ErrandKind.COLLECT
    papers_due = 0 if row.papers_due_waived else sum(dossier.originals_due for dossier in dossiers)
    dates = [row.held_until, *(dossier.due_on for dossier in dossiers)]
    return DueErrand(
        id=row.id,
        kind=row.kind,
        household=row.household,
        place_id=row.place_id,
        office_id=office_id,
        location=(row.lon, row.lat),
        starts=round((row.starts_at - midnight).total_seconds()),
        ends=round((row.ends_at - midnight).total_seconds()),
        carried=0 if collecting else len(dossiers),
        collected=len(dossiers) if collecting else papers_due * (row.kind is ErrandKind.DELIVER),
        boundary_free=collecting and all(dossier.boundary_free for dossier in dossiers),
        desk_ids=frozenset(dossier.competent_desk_id for dossier in dossiers) if collecting else frozenset(),
        due_on=min((known for known in dates if known is not None), default=None),
        failed_attempts=row.attempts,
        shift_id=shift_id,
    )


def by_boat(errand: DueErrand, unit_code: str, day: date) -> DueErrand | None:
    """The errand with what the boat's hours leave of its window; None where that is too little."""
    if not errand.calendar.by_boat(unit_code):
        return errand
    hours, midnight = errand.calendar.boat_hours(unit_code, day), start_of_day(day)
    promised = (midnight + timedelta(seconds=errand.starts), midnight + timedelta(seconds=errand.ends))
    left = None if hours is None else hours.within(*promised)
    if left is None:
        return None
    starts, ends = (round((moment - midnight).total_seconds()) for moment in left)
    return replace(errand, starts=starts, ends=ends)


def locked_shifts(
    session: Session, day: date, office_ids: Collection[int], shift_ids: Collection[int]
) -> dict[UUID, int]:
    """Errands that a coordinator tied to a courier, in the newest plan of each office that still counts."""
    newest = (
        select(PlanOffice.office_id, func.max(PlanOffice.plan_id).label("plan_id"))
        .join(Plan, Plan.id == PlanOffice.plan_id)
        .where(PlanOffice.day == day, PlanOffice.office_id.in_(office_ids), Plan.state != "superseded")
        .group_by(PlanOffice.office_id)
        .subquery()
    )
    rows = session.execute(
        select(StopErrand.errand_id, Route.shift_id)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .join(newest, (newest.c.plan_id == Route.plan_id) & (newest.c.office_id == Route.office_id))
        .where(or_(Stop.locked, Route.locked), Route.shift_id.in_(shift_ids))
    )
    return {row.errand_id: row.shift_id for row in rows}
