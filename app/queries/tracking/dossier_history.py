"""What one dossier's story is told from: its envelopes with their events, its errands with their attempts; read in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.checklist import Tick
from app.domain.custody import EventKind, Holder
from app.domain.dossier import DossierState
from app.domain.entitlement import EntitlementState
from app.domain.errand import OPEN, ErrandKind, ErrandState
from app.domain.parcel import ParcelPurpose
from app.models import (
    CustodyEvent,
    Desk,
    Dossier,
    DossierStep,
    Entitlement,
    Errand,
    Office,
    OutcomeCode,
    Parcel,
    Refusal,
    RequiredPaper,
    ServiceRequest,
    Transfer,
)
from app.queries.desks.between_desks import moving, transfers_of
from app.queries.desks.papers import Known, complete_since, lost_of, signed_lists, wanted_of
from app.queries.desks.refusals import said_of
from app.queries.desks.ways import WayHome, way_of
from app.queries.tracking.entitled import desk_told, entitlements_of
from app.queries.tracking.given_away import GivenAway, given_away
from app.queries.tracking.requests import parcels_of


@dataclass(frozen=True, slots=True)
class Places:
    """Names by id: an office or a desk may be named, a person may not."""

    offices: Mapping[str, str]
    desks: Mapping[str, str]
    outcomes: Mapping[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class Road:
    """One dossier of a request."""

    request: ServiceRequest
    dossier: Dossier
    collection: Errand | None  # of the dossier; the visits for what it lacked are `supplements`
    delivery: Errand | None
    parcels: Sequence[Parcel]
    events: Mapping[UUID, Sequence[CustodyEvent]]
    places: Places
    transfers: Sequence[Transfer] = ()
    lists: Mapping[UUID, Mapping[int, Tick]] = field(default_factory=dict)  # by envelope, as they were signed
    said: Sequence[Refusal] = ()
    supplements: Sequence[Errand] = ()
    complete: Sequence[datetime] = ()  # when the desk said that all of it is there
    steps: Sequence[DossierStep] = ()  # in the order in which they happened
    way: WayHome | None = None  # of a result that still travels to the office of its door
    entitlement: Entitlement | None = None  # of a result that was asked for by a code
    desk_told: str | None = None  # its desk as far as its citizen may read it
    given: GivenAway | None = None  # at a desk, whatever became of the visit that was to bring it

    @property
    def given_at(self) -> str:
        """The desk where the owner took the result along."""
        return (self.given.desk if self.given is not None else None) or self.desk

    @property
    def newest(self) -> Parcel | None:
        """The envelope in which the matter is now: the result's, else that of the papers."""
        purposes = (ParcelPurpose.RESULT, ParcelPurpose.TRANSFER, ParcelPurpose.DOSSIER)
        return next((parcel for purpose in purposes if (parcel := self.parcel(purpose)) is not None), None)

    @property
    def moving(self) -> Transfer | None:
        return moving(self.transfers, self.newest)

    @property
    def over(self) -> bool:
        every = (self.collection, self.delivery, *self.supplements)
        return all(errand.state not in OPEN for errand in every if errand is not None)

    @property
    def wanted(self) -> list[RequiredPaper]:
        """What it still lacks."""
        moved_on, lost = _moved_on(self.steps), lost_of(self.parcels)
        known = Known(self.dossier.state, self.parcels, self.lists, self.said, self.complete, moved_on, lost)
        return wanted_of(self.dossier, known)

    def wanted_at(self, moment: datetime) -> list[RequiredPaper]:
        """What it lacked then, by what was known then."""
        sealed = [parcel for parcel in self.parcels if parcel.created_at <= moment]
        events = {
            parcel.id: [one for one in self.events.get(parcel.id, ()) if one.occurred_at <= moment] for parcel in sealed
        }
        steps = [step for step in self.steps if step.at <= moment]
        known = Known(
            steps[-1].state if steps else DossierState.REGISTERED,
            sealed,
            self.lists,
            [one for one in self.said if one.decided_at is not None and one.decided_at <= moment],
            [at for at in self.complete if at <= moment],
            _moved_on(steps),
            {parcel for parcel, then in events.items() if then and then[-1].taker is Holder.LOST},
            {parcel for parcel, then in events.items() if all(one.kind is not EventKind.OPENED for one in then)},
        )
        return wanted_of(self.dossier, known)

    @property
    def fetchable(self) -> bool:
        """May a visit be booked for what it lacks? Not while one stands that takes papers."""
        taking = (self.collection, *self.supplements)
        return bool(self.wanted) and all(errand.state not in OPEN for errand in taking if errand is not None)

    @property
    def adding(self) -> Parcel | None:
        """What it lacked, on its way to the desk in an envelope that nobody has opened yet."""
        parcel = self.parcel(ParcelPurpose.SUPPLEMENT)
        return parcel if parcel is not None and self.event(parcel, EventKind.OPENED) is None else None

    def parcel(self, purpose: ParcelPurpose) -> Parcel | None:
        return next((parcel for parcel in reversed(self.parcels) if parcel.purpose is purpose), None)

    def sealed_at(self, errand: Errand) -> Parcel | None:
        """The envelope that was closed at this visit."""
        return next((parcel for parcel in self.parcels if parcel.errand_id == errand.id), None)

    def event(self, parcel: Parcel, kind: EventKind, taker: Holder | None = None) -> CustodyEvent | None:
        """The newest event of a kind (and taker) in a parcel's chain."""
        for event in reversed(self.events.get(parcel.id, ())):
            if event.kind is kind and (taker is None or event.taker is taker):
                return event
        return None

    @property
    def unconfirmed(self) -> bool:
        """Nothing is known of it yet: neither whose it is nor where."""
        return self.entitlement is not None and self.entitlement.state != EntitlementState.PROVED

    @property
    def desk(self) -> str:
        return self.desk_told or self.dossier.desk.name

    @property
    def office(self) -> str:
        errand = self.delivery or self.collection
        return errand.office.name if errand is not None else ""


def load_roads(session: Session, request: ServiceRequest, now: datetime | None = None) -> list[Road]:
    """The roads of a request's dossiers, in their order: a handful of queries whatever their number."""
    errands = session.scalars(
        select(Errand)
        .where(Errand.request_id == request.id)
        .options(
            selectinload(Errand.attempts),
            selectinload(Errand.dossiers),
            selectinload(Errand.slot),
            selectinload(Errand.office),
        )
        .order_by(Errand.created_at, Errand.id)
    ).all()
    parcels = parcels_of(session, request)
    events = _events(session, [parcel.id for parcel in parcels])
    places = _places(session, errands, events)
    transfers = transfers_of(session, request)
    lists = signed_lists(session, [parcel.id for parcel in parcels])
    said = said_of(session, [dossier.id for dossier in request.dossiers])
    complete = complete_since(session, [dossier.id for dossier in request.dossiers])
    steps = _steps(session, request)
    entitlements = entitlements_of(session, request)
    given = given_away(session, request)
    roads = [
        Road(
            request=request,
            dossier=dossier,
            collection=_last(errands, ErrandKind.COLLECT, dossier),
            delivery=_last(errands, ErrandKind.DELIVER, dossier),
            parcels=[parcel for parcel in parcels if parcel.dossier_id == dossier.id],
            events=events,
            places=places,
            transfers=transfers.get(dossier.id, ()),
            lists=lists,
            said=[one for one in said if one.dossier_id == dossier.id],
            supplements=[one for one in _of(errands, ErrandKind.COLLECT, dossier) if one.only_lines is not None],
            complete=complete[dossier.id],
            steps=[step for step in steps if step.dossier_id == dossier.id],
            entitlement=(one := entitlements.get(dossier.id)),
            desk_told=desk_told(session, one).name if one is not None else None,
            given=given.get(dossier.id),
        )
        for dossier in request.dossiers
    ]
    return [replace(road, way=_way(session, road, now)) for road in roads]


def _way(session: Session, road: Road, now: datetime | None) -> WayHome | None:
    """Of a result that has not reached the office of its door yet."""
    result, delivery = road.parcel(ParcelPurpose.RESULT), road.delivery
    if now is None or result is None or delivery is None or delivery.state is not ErrandState.REQUESTED:
        return None
    return way_of(session, result, delivery, now)


def _last(errands: Sequence[Errand], kind: ErrandKind, dossier: Dossier) -> Errand | None:
    whole = [errand for errand in _of(errands, kind, dossier) if errand.only_lines is None]
    return whole[-1] if whole else None


def _of(errands: Sequence[Errand], kind: ErrandKind, dossier: Dossier) -> list[Errand]:
    return [errand for errand in errands if errand.kind is kind and dossier.id in {d.id for d in errand.dossiers}]


def _moved_on(steps: Sequence[DossierStep]) -> datetime | None:
    return next((step.at for step in reversed(steps) if step.state != DossierState.PAPERS_WANTED), None)


def _steps(session: Session, request: ServiceRequest) -> Sequence[DossierStep]:
    mine = select(DossierStep).join(Dossier).where(Dossier.request_id == request.id)
    return session.scalars(mine.order_by(DossierStep.at, DossierStep.id)).all()


def _events(session: Session, parcel_ids: Sequence[UUID]) -> dict[UUID, list[CustodyEvent]]:
    found: dict[UUID, list[CustodyEvent]] = {}
    chained = select(CustodyEvent).where(CustodyEvent.parcel_id.in_(parcel_ids)).order_by(CustodyEvent.event_no)
    for event in session.scalars(chained):
        found.setdefault(event.parcel_id, []).append(event)
    return found


def _places(session: Session, errands: Sequence[Errand], events: Mapping[UUID, Sequence[CustodyEvent]]) -> Places:
    every = [event for chain in events.values() for event in chain]
    outcomes = {(attempt.outcome, attempt.outcome_version) for errand in errands for attempt in errand.attempts}
    texts = select(OutcomeCode).where(OutcomeCode.code.in_({code for code, _ in outcomes}))
    offices, desks = _ids(every, Holder.OFFICE_SAFE), _ids(every, Holder.DESK)
    return Places(
        offices={str(row.id): row.name for row in session.scalars(select(Office).where(Office.id.in_(offices)))},
        desks={str(row.id): row.name for row in session.scalars(select(Desk).where(Desk.id.in_(desks)))},
        outcomes={(row.code, row.version): row.citizen_text for row in session.scalars(texts)},
    )


def _ids(events: Iterable[CustodyEvent], holder: Holder) -> set[int]:
    return {int(event.taker_id) for event in events if event.taker is holder and event.taker_id is not None}
