"""What a desk lacks this morning, the oldest first: what citizen and post owe it, and what it has not written itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.clock import local_day, start_of_day
from app.domain.custody import Holder, Party
from app.domain.dossier import DECIDING, REFUSABLE, DossierState
from app.domain.errand import OPEN
from app.domain.parcel import PaperState, ParcelPurpose
from app.models import (
    Courier,
    Desk,
    Dossier,
    DossierStep,
    Errand,
    Incident,
    Office,
    Paper,
    Parcel,
    RequiredPaper,
)  # fmt: skip
from app.queries.desks.bags import bag_day
from app.queries.desks.holdings import bound_for_desk, in_hand
from app.queries.desks.papers import still_wanted_of
from app.queries.reference.units import office_beside

SHOWN: Final = 12  # lines of a kind; the rest is counted
ON_THE_ROAD: Final = (Holder.COURIER, Holder.OFFICE_SAFE, Holder.BAG, Holder.CARRIER, Holder.LOST)


class Lacks(StrEnum):
    ENVELOPE = "envelope"  # signed for at the door on an earlier day, and not here
    NUMBER = "number"  # counted, and not taken in
    PAPERS = "papers"  # wanted from the citizen
    DATE = "date"  # taken in without a due date
    FETCHING = "fetching"  # a result that nobody has fetched since an earlier day


@dataclass(frozen=True, slots=True)
class MissingLine:
    """`where`: who holds an envelope; `phone`: of the office to ask; `bag`: the one it lies in, if that is opened here."""

    dossier: Dossier
    since: datetime
    parcel: Parcel | None = None
    where: Party | None = None
    here: bool = False  # it lies in the safe next door: only fetch it
    phone: str | None = None
    bag: str | None = None


@dataclass(frozen=True, slots=True)
class MissingToday:
    why: Lacks
    lines: Sequence[MissingLine]  # the first of them
    count: int


def missing_today(session: Session, desk: Desk, now: datetime) -> list[MissingToday]:
    """Kinds without a line are left out."""
    morning = start_of_day(local_day(now))
    found = {
        Lacks.ENVELOPE: _envelopes(session, desk, morning, now),
        Lacks.NUMBER: _lines(session, _uncoded(desk.id)),
        Lacks.PAPERS: _lines(session, _waiting_for_papers(desk.id)),
        Lacks.DATE: _lines(session, _undated(desk.id)),
        Lacks.FETCHING: _results(session, desk.id, morning),
    }
    return [MissingToday(why, lines[:SHOWN], len(lines)) for why, lines in found.items() if lines]


# -- envelopes


def _envelopes(session: Session, desk: Desk, morning: datetime, now: datetime) -> list[MissingLine]:
    parcels = session.scalars(
        select(Parcel)
        .join(Dossier, Dossier.id == Parcel.dossier_id)
        .where(bound_for_desk(desk.id), Parcel.holder.in_(ON_THE_ROAD), Parcel.created_at < morning)
        .order_by(Parcel.created_at, Parcel.code)
        .options(joinedload(Parcel.dossier).joinedload(Dossier.procedure))
    ).all()
    parcels = _still_missed(session, parcels)
    if not parcels:
        return []
    beside = office_beside(session, desk)
    bags = {line.bag.code for line in bag_day(session, Party(Holder.DESK, str(desk.id)), now).coming}
    phones = dict(_phones(session, parcels))
    return [
        MissingLine(
            dossier=parcel.dossier,
            since=parcel.created_at,
            parcel=parcel,
            where=Party(parcel.holder, parcel.holder_id),
            here=parcel.holder is Holder.OFFICE_SAFE and beside is not None and parcel.holder_id == str(beside.id),
            phone=phones.get(Party(parcel.holder, parcel.holder_id)) or (beside.phone if beside else None),
            bag=parcel.holder_id if parcel.holder is Holder.BAG and parcel.holder_id in bags else None,
        )
        for parcel in parcels
    ]


def _still_missed(session: Session, parcels: Sequence[Parcel]) -> Sequence[Parcel]:
    """Of what is lost, as long as somebody looks for it, or what was inside is wanted and has not come in another envelope."""
    lost = [parcel for parcel in parcels if parcel.holder is Holder.LOST]
    if not lost:
        return parcels
    looked_for = select(Incident.parcel_code).where(Incident.closed_at.is_(None))
    codes = set(session.scalars(looked_for.where(Incident.parcel_code.in_([parcel.code for parcel in lost]))))
    wanted = still_wanted_of(session, {parcel.dossier_id: parcel.dossier for parcel in lost})
    gone = {
        parcel.id for parcel in lost if parcel.code not in codes and not _is_wanted(parcel, wanted[parcel.dossier_id])
    }
    return [parcel for parcel in parcels if parcel.id not in gone]


def _is_wanted(parcel: Parcel, wanted: Sequence[RequiredPaper]) -> bool:
    """Between two desks nothing is fetched from the citizen: there it is missed until the dossier is decided."""
    if parcel.purpose is ParcelPurpose.TRANSFER:
        return parcel.dossier.state in REFUSABLE
    inside = {paper.line for paper in parcel.papers if paper.state is PaperState.IN_PARCEL}
    return any(paper.line in inside for paper in wanted)


def _phones(session: Session, parcels: Sequence[Parcel]) -> Iterator[tuple[Party, str | None]]:
    """Of the office that holds it, or whose courier does."""
    safes = {int(one.holder_id or 0) for one in parcels if one.holder is Holder.OFFICE_SAFE}
    couriers = {int(one.holder_id or 0) for one in parcels if one.holder is Holder.COURIER}
    for row in session.execute(select(Office.id, Office.phone).where(Office.id.in_(safes))):
        yield Party(Holder.OFFICE_SAFE, str(row.id)), row.phone
    theirs = select(Courier.id, Office.phone).join(Office, Office.id == Courier.office_id)
    for row in session.execute(theirs.where(Courier.id.in_(couriers))):
        yield Party(Holder.COURIER, str(row.id)), row.phone


# -- dossiers


def _lines(session: Session, wanted: Select[Dossier]) -> list[MissingLine]:
    moved = select(func.max(DossierStep.at)).where(DossierStep.dossier_id == Dossier.id).scalar_subquery()
    rows = session.execute(
        wanted.add_columns(moved).options(joinedload(Dossier.procedure), joinedload(Dossier.request))
    )
    lines = [MissingLine(dossier, moved_at or dossier.request.created_at) for dossier, moved_at in rows]
    return sorted(lines, key=lambda line: (line.since, line.dossier.id))


def _uncoded(desk_id: int) -> Select[Dossier]:
    """An envelope of it was opened here, and it is still only registered."""
    inside = select(Paper.id).where(Paper.parcel_id == Parcel.id, Paper.state == PaperState.IN_PARCEL).exists()
    opened = (
        select(Parcel.id)
        .where(
            Parcel.dossier_id == Dossier.id,
            Parcel.purpose == ParcelPurpose.DOSSIER,
            Parcel.holder == Holder.DESK,
            Parcel.holder_id == str(desk_id),
            ~inside,
        )
        .exists()
    )
    return select(Dossier).where(Dossier.desk_id == desk_id, Dossier.state == DossierState.REGISTERED, opened)


def _waiting_for_papers(desk_id: int) -> Select[Dossier]:
    return select(Dossier).where(in_hand(desk_id), Dossier.state == DossierState.PAPERS_WANTED)


def _undated(desk_id: int) -> Select[Dossier]:
    """Of a dossier that goes to another desk the date begins when it is sent on."""
    own = or_(Dossier.desk_id == Dossier.competent_desk_id, Dossier.sent_on_at.is_not(None))
    return select(Dossier).where(in_hand(desk_id), own, Dossier.state.in_(DECIDING), Dossier.due_on.is_(None))


# -- results


def _results(session: Session, desk_id: int, morning: datetime) -> list[MissingLine]:
    packed = session.scalars(
        select(Parcel)
        .join(Errand, Errand.id == Parcel.errand_id)
        .where(
            Parcel.purpose == ParcelPurpose.RESULT,
            Parcel.holder == Holder.DESK,
            Parcel.holder_id == str(desk_id),
            Parcel.created_at < morning,
            Errand.state.in_(OPEN),  # what came back sealed waits for the citizen, not for the post
        )
        .order_by(Parcel.created_at, Parcel.code)
        .options(joinedload(Parcel.dossier).joinedload(Dossier.procedure))
    )
    return [MissingLine(parcel.dossier, parcel.created_at, parcel) for parcel in packed]
