"""Where a dossier stands: who holds its papers now, and who must act next."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.domain.custody import EventKind, Holder
from app.domain.dossier import DossierState
from app.domain.entitlement import EntitlementState
from app.domain.errand import ErrandState
from app.domain.parcel import ParcelPurpose
from app.models import Errand, Parcel
from app.queries.desks import between_desks
from app.queries.tracking.dossier_history import Road
from app.queries.tracking.dossier_steps import label_of
from app.queries.tracking.missed import MissedVisit, missed
from app.texts import say, transfers
from app.texts.timeline import HOLDERS, NEXT

INSTEAD: Final = {MissedVisit.DAY: "office_rebooks", MissedVisit.ON_THE_ROAD: "office_asks_courier"}
VISITED = frozenset({ErrandState.SCHEDULED, ErrandState.PLANNED, ErrandState.UNDER_WAY})


def holder_of(road: Road, language: str) -> str:
    """The newest envelope's holder, as a sentence; before any envelope the citizen or the desk has the papers."""
    parcel = road.newest
    if road.unconfirmed:
        return say(HOLDERS["not_confirmed" if _denied(road) else "to_confirm"], language)
    if road.moving is not None:
        key, said = between_desks.where(road.moving)
        return say(transfers.HOLDERS[key], language, **said)
    if road.given is not None:
        return say(HOLDERS["given_at_desk"], language, place=road.given_at)
    if parcel is None:
        if road.collection is None:
            return say(HOLDERS["desk"], language, place=road.desk)
        return say(HOLDERS["citizen_before"], language)
    if parcel.gap:
        return say(HOLDERS["gap"], language, parcel=parcel.code)
    held = _held(road, parcel, language)
    return f"{held} {_held(road, road.adding, language)}" if road.adding is not None else held


def _held(road: Road, parcel: Parcel, language: str) -> str:
    place = _place(road, parcel)
    return say(HOLDERS[_holder_key(parcel)], language, parcel=parcel.code, office=road.office, place=place)


def _holder_key(parcel: Parcel) -> str:
    if parcel.holder is Holder.CITIZEN:
        return "citizen_after"
    if parcel.holder is Holder.DESK and parcel.purpose is ParcelPurpose.RESULT:
        return "desk_result"
    return parcel.holder.value


def _place(road: Road, parcel: Parcel) -> str:
    if parcel.holder is Holder.DESK:
        return road.places.desks.get(parcel.holder_id or "", road.desk)
    return road.places.offices.get(parcel.holder_id or "", road.office)


def next_of(road: Road, language: str, now: datetime) -> str:
    """Who must do what next; exactly one party. A courier whose day is over does nothing next."""
    if road.moving is not None:
        key, params = between_desks.next_step(road.moving)
        return say(transfers.NEXT[key], language, **params)
    key, params = _next(road, language)
    visit = _visit_of(road, key)
    late = missed(visit, now) if visit is not None else None
    if late in INSTEAD:
        return say(NEXT[INSTEAD[late]], language, office=road.office)
    return say(NEXT[key], language, **params) if params else say(NEXT[key], language)


def _visit_of(road: Road, key: str) -> Errand | None:
    """The visit that this next step is."""
    coming = next((errand for errand in road.supplements if errand.state in VISITED), None)
    return {"courier_collects": road.collection, "courier_delivers": road.delivery, "courier_adds": coming}.get(key)


Said = tuple[str, dict[str, object]]


def _denied(road: Road) -> bool:
    return road.entitlement is not None and road.entitlement.state == EntitlementState.DENIED


def _next(road: Road, language: str) -> Said:
    if road.unconfirmed:
        called_off = road.delivery is not None and road.delivery.state is ErrandState.CANCELLED
        if _denied(road):
            return "citizen_shows", {"desk": road.desk}
        return ("nobody_cancelled", {}) if called_off else ("desk_confirms", {"desk": road.desk})
    if road.given is not None:
        return "nobody", {}
    if any(parcel.gap or parcel.holder is Holder.LOST for parcel in road.parcels):
        return "post_checks", {}
    result = road.parcel(ParcelPurpose.RESULT)
    if result is not None and road.delivery is not None:
        return _with_result(road, road.delivery, result, language)
    dossier = road.parcel(ParcelPurpose.DOSSIER)
    if dossier is not None:
        return _with_dossier(road, dossier, language)
    if road.collection is not None:
        return _before(road.collection, language)
    return _at_the_desk(road, language)


def _before(collection: Errand, language: str) -> Said:
    if collection.state is ErrandState.CANCELLED:
        return "nobody_cancelled", {}
    if collection.state in VISITED:
        return "courier_collects", {"slot": label_of(collection, language)}
    return "citizen_rebooks", {}


def _with_dossier(road: Road, parcel: Parcel, language: str) -> Said:
    carried = road.parcel(ParcelPurpose.TRANSFER)
    if carried is not None:
        there = road.dossier.competent_desk.name
        return (
            _at_the_desk(road, language) if road.event(carried, EventKind.OPENED) else ("desk_counts", {"desk": there})
        )
    if road.event(parcel, EventKind.OPENED) is None:
        return _to_the_desk(road, parcel)
    return _at_the_desk(road, language)


def _to_the_desk(road: Road, parcel: Parcel) -> Said:
    if parcel.holder is Holder.COURIER:
        return "courier_to_office", {"office": road.office}
    if parcel.holder is not Holder.DESK:
        return "office_to_desk", {"office": _place(road, parcel), "desk": road.desk}
    return "desk_counts", {"desk": road.desk}


def _at_the_desk(road: Road, language: str) -> Said:
    dossier, desk = road.dossier, between_desks.deciding(road.dossier)
    if dossier.state == DossierState.REFUSED:
        return "desk_gives_back", {"desk": desk}
    if road.delivery is not None and road.delivery.state is ErrandState.CANCELLED:
        return "citizen_fetches", {"desk": road.desk}
    if road.adding is not None:
        return _to_the_desk(road, road.adding)
    coming = next((errand for errand in road.supplements if errand.state in VISITED), None)
    if coming is not None:
        return "courier_adds", {"slot": label_of(coming, language)}
    if dossier.state == DossierState.PAPERS_WANTED:
        return "citizen_adds", {"desk": desk}
    if dossier.due_on is not None:
        return "desk_decides_until", {"desk": desk, "due": dossier.due_on}
    return "desk_decides", {"desk": desk}


def _with_result(road: Road, delivery: Errand, result: Parcel, language: str) -> Said:
    if delivery.state is ErrandState.DONE:
        return ("citizen_checks" if _flagged(delivery) else "nobody"), {}
    if delivery.state is ErrandState.RETURNED:
        return "citizen_at_desk", {"desk": road.desk}
    if delivery.state is ErrandState.CANCELLED:
        return "citizen_fetches", {"desk": road.desk}
    if delivery.state is ErrandState.HELD:
        return "citizen_before", {"office": road.office, "until": delivery.held_until}
    if result.holder is Holder.DESK:
        return _from_the_desk(road, result)
    if delivery.state is ErrandState.FAILED:
        return "citizen_chooses", {}
    if delivery.state in VISITED:
        return "courier_delivers", {"slot": label_of(delivery, language)}
    return _to_its_office(road, delivery, result)


def _from_the_desk(road: Road, result: Parcel) -> Said:
    """To the office beside it, which may be the one of the door or the first of a longer way."""
    desk = _place(road, result)
    if road.way is None or not road.way.legs or road.way.arrives_at is None:
        return "desk_to_office", {"desk": desk}
    return "desk_to_van", {"desk": desk, "office": road.office, "expected": road.way.arrives_at}


def _to_its_office(road: Road, delivery: Errand, result: Parcel) -> Said:
    if result.holder is Holder.OFFICE_SAFE and result.holder_id == str(delivery.office_id):
        return "office_schedules", {"office": road.office}
    expected = road.way.arrives_at if road.way is not None else None
    if expected is None:
        return "post_carries_result", {"office": road.office}
    return "post_carries_result_until", {"office": road.office, "expected": expected}


def _flagged(delivery: Errand) -> bool:
    return any(attempt.evidence.get("proof") == "code_not_confirmed" for attempt in delivery.attempts)
