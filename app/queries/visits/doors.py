"""What is known of many doors at once: a statement each, however many stops a route has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, selectinload

from app.clock import end_of_day, start_of_day
from app.domain.errand import ProofKind
from app.domain.outcome import DONE
from app.models import Attempt, Charge, Errand, HandoverCode, OutcomeCode, Parcel, PhoneCall, Procedure


@dataclass(frozen=True, slots=True)
class LastVisit:
    """The newest try at a door, whichever errand it was for."""

    at: datetime
    outcome: str  # the label, as the outcome table says it


@dataclass(frozen=True, slots=True)
class TriedToday:
    """How the newest try of the day at an errand ended: its door is closed for the day, whatever was arranged since."""

    outcome: str
    label: str | None  # None: done, or a code that no table knows
    at: datetime


def parcels_of(session: Session, errand_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Parcel]]:
    """With their seals."""
    rows = session.scalars(
        select(Parcel).where(Parcel.errand_id.in_(errand_ids)).order_by(Parcel.code).options(selectinload(Parcel.seals))
    )
    found: dict[UUID, list[Parcel]] = defaultdict(list)
    for parcel in rows:
        if parcel.errand_id is not None:
            found[parcel.errand_id].append(parcel)
    return found


def unpaid_of(session: Session, errand_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Charge]]:
    rows = session.scalars(
        select(Charge).where(Charge.errand_id.in_(errand_ids), Charge.paid_at.is_(None)).order_by(Charge.id)
    )
    found: dict[UUID, list[Charge]] = defaultdict(list)
    for charge in rows:
        if charge.errand_id is not None:
            found[charge.errand_id].append(charge)
    return found


def codes_of(session: Session, errand_ids: Collection[UUID], now: datetime) -> Mapping[UUID, HandoverCode]:
    """The codes that still prove something, of errands that are proved by a code."""
    rows = session.scalars(
        select(HandoverCode)
        .join(Errand, Errand.id == HandoverCode.errand_id)
        .where(
            HandoverCode.errand_id.in_(errand_ids),
            HandoverCode.expires_at > now,
            HandoverCode.confirmed_at.is_(None),
            Errand.proof != ProofKind.ID_CHECK,
        )
    )
    return {code.errand_id: code for code in rows}


def attempts_of(session: Session, errand_ids: Collection[UUID]) -> Mapping[UUID, int]:
    made = (
        select(Attempt.errand_id, func.count().label("tries"))
        .where(Attempt.errand_id.in_(errand_ids))
        .group_by(Attempt.errand_id)
    )
    return {row.errand_id: row.tries for row in session.execute(made)}


def calls_on(
    session: Session, courier_id: int, errand_ids: Collection[UUID], day: date
) -> Mapping[UUID, Sequence[PhoneCall]]:
    """Each press of the call button on this day by this courier, in the order of time: a colleague's proves nothing for them."""
    of_the_day = (PhoneCall.occurred_at >= start_of_day(day), PhoneCall.occurred_at < end_of_day(day))
    rows = session.scalars(
        select(PhoneCall)
        .where(PhoneCall.errand_id.in_(errand_ids), PhoneCall.courier_id == courier_id, *of_the_day)
        .order_by(PhoneCall.occurred_at, PhoneCall.id)
    )
    found: dict[UUID, list[PhoneCall]] = defaultdict(list)
    for call in rows:
        found[call.errand_id].append(call)
    return found


def tried_on(session: Session, errand_ids: Collection[UUID], day: date) -> Mapping[UUID, TriedToday]:
    known = (OutcomeCode.code == Attempt.outcome) & (OutcomeCode.version == Attempt.outcome_version)
    rows = session.execute(
        select(Attempt.errand_id, Attempt.outcome, OutcomeCode.label, Attempt.occurred_at)
        .outerjoin(OutcomeCode, known & (OutcomeCode.code != DONE))
        .where(
            Attempt.errand_id.in_(errand_ids),
            Attempt.occurred_at >= start_of_day(day),
            Attempt.occurred_at < end_of_day(day),
        )
        .ext(distinct_on(Attempt.errand_id))
        .order_by(Attempt.errand_id, Attempt.occurred_at.desc(), Attempt.number.desc())
    )
    return {row.errand_id: TriedToday(row.outcome, row.label, row.occurred_at) for row in rows}


def last_visits(session: Session, place_ids: Collection[UUID]) -> Mapping[UUID, LastVisit]:
    rows = session.execute(
        select(Errand.place_id, Attempt.occurred_at, OutcomeCode.label)
        .join(Errand, Errand.id == Attempt.errand_id)
        .join(OutcomeCode, (OutcomeCode.code == Attempt.outcome) & (OutcomeCode.version == Attempt.outcome_version))
        .where(Errand.place_id.in_(place_ids))
        .ext(distinct_on(Errand.place_id))
        .order_by(Errand.place_id, Attempt.occurred_at.desc())
    )
    return {row.place_id: LastVisit(row.occurred_at, row.label) for row in rows}


def procedures_of(session: Session, ids: Collection[int]) -> Sequence[Procedure]:
    """The very versions that the dossiers were booked under, with their lists."""
    return session.scalars(
        select(Procedure).where(Procedure.id.in_(ids)).order_by(Procedure.code).options(selectinload(Procedure.papers))
    ).all()
