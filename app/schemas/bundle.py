"""The bundle as it leaves the house, field by field: what is not written here is not on any phone.

Of a hand-over code only salt and two check digits go out (docs/decisions/handover-codes.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.clock import local_day, start_of_day
from app.domain.cash import Cash
from app.domain.errand import ErrandKind, ErrandState
from app.domain.greeting import greeting
from app.domain.identity import ApplicantKind
from app.domain.number_block import RECEIPT_PREFIX, Spare
from app.domain.operation import BlockKind
from app.domain.slip import file_wants_signed_slip
from app.domain.tongue import UNDERSTOOD, needs_interpreter
from app.models import (
    Charge,
    Courier,
    Errand,
    HandoverCode,
    Parcel,
    PhoneCall,
    Place,
    Procedure,
    RequiredPaper,
    Slot,
    Stop,
)
from app.queries.reference.interpreters import nearest
from app.queries.reference.outcomes import visits_of
from app.queries.visits.bundle import Bundle, CourierCash, Doors
from app.queries.visits.doors import LastVisit, TriedToday
from app.texts import say
from app.texts.custody import EVIDENCE
from app.texts.files import LAST_VISIT, TAKEN_BY_PHONE
from app.texts.tongues import TONGUES

Json = dict[str, Any]
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Installation:
    """What the bundle needs of the house besides rows."""

    now: datetime
    pepper: bytes
    server_key: str
    cash_ceiling: int
    open_slots: Mapping[str, Sequence[tuple[int, datetime, datetime]]] = field(default_factory=dict)  # by commune
    language: str = "vi"  # of the phone; names and labels are data

    @property
    def day(self) -> date:
        return local_day(self.now)


def bundle_json(bundle: Bundle, spare: Mapping[BlockKind, Spare], house: Installation) -> Json:
    day, backs = bundle.day, _backs(bundle, house.day)
    return {
        "made_at": moment(house.now),
        "day": house.day.isoformat(),
        "courier": _courier(day.courier),
        "route": _route(bundle),
        "stops": [_stop(stop, bundle, house) | {"back": backs.get(stop.id)} for stop in day.stops],
        "bag": [_in_bag(parcel, _references(day.stops)) for parcel in day.in_bag],
        "waiting": [{"code": parcel.code, "errand_id": _text(parcel.errand_id)} for parcel in day.waiting],
        "desks": [{"id": desk.id, "name": desk.name} for desk in bundle.desks],
        "procedures": {version(one): _procedure(one) for one in bundle.procedures},
        "outcomes": [
            {
                "code": one.code,
                "label": one.label,
                "evidence": one.evidence,
                "counts": one.counts,
                "for": [kind.value for kind in visits_of(one.code)],
            }
            for one in bundle.outcomes
        ],
        "slots": {
            unit: [{"id": id_, **_interval(starts, ends)} for id_, starts, ends in slots]
            for unit, slots in house.open_slots.items()
        },
        "evidence": {key: say(question, house.language) for key, question in (EVIDENCE | TAKEN_BY_PHONE).items()},
        "receipts": {"prefix": RECEIPT_PREFIX, **_spare(spare[BlockKind.RECEIPT])},
        "labels": _spare(spare[BlockKind.LABEL]),
        "cash": _cash(bundle.cash, house),
        "map": {"areas": {"type": "FeatureCollection", "features": bundle.areas}},
        "server_key": house.server_key,
    }


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def version(procedure: Procedure) -> str:
    return f"{procedure.code}@{procedure.version}"


def _courier(courier: Courier) -> Json:
    office = courier.office
    return {
        "id": courier.id,
        "name": courier.name,
        "office": {
            "id": office.id,
            "name": office.name,
            "lon": office.lon,
            "lat": office.lat,
            "phone": office.phone,
            "duty_phone": office.duty_phone,
        },
    }


def _route(bundle: Bundle) -> Json | None:
    route = bundle.day.route
    if route is None:
        return None
    return {
        "id": route.id,
        "number": route.number,
        "starts_at": moment(route.starts_at),
        "ends_at": moment(route.ends_at),
        "break_at": moment(route.break_at) if route.break_at else None,
        "break_s": route.break_s,
        "distance_m": route.distance_m,
        "started": bundle.day.run is not None,
        "started_at": moment(bundle.day.run.started_at) if bundle.day.run is not None else None,
        "revision": route.plan.revision,
        "stood_in": route.plan.stood_in,
        "others": [{"id": one.id, "name": one.name} for one in bundle.others],
    }


def _stop(stop: Stop, bundle: Bundle, house: Installation) -> Json:
    doors = bundle.doors
    return {
        "id": stop.id,
        "sequence": stop.sequence,
        "locked": stop.locked,
        "place": _place(stop.place, doors.visits.get(stop.place_id), house.language),
        "window": _window(stop.errands, house.day),
        "arrives_at": moment(stop.arrives_at),
        "starts_at": moment(stop.starts_at),
        "leaves_at": moment(stop.leaves_at),
        "distance_m": stop.distance_m,
        "errands": [
            {**_errand(errand, doors, house), **_spoken(errand, bundle, house.language)}
            for errand in sorted(stop.errands, key=lambda one: one.created_at)
        ],
    }


def _backs(bundle: Bundle, day: date) -> dict[int, Json]:
    """By stop, when the courier is at the office before it, to take the bag of its trip."""
    route = bundle.day.route
    found = {}
    for stop, between in route.returns(bundle.day.stops) if route is not None else ():
        at, leaves = (moment(start_of_day(day) + timedelta(seconds=between[name])) for name in ("at", "leaves"))
        found[stop.id] = {"trip": stop.trip, "at": at, "leaves": leaves}
    return found


def _place(place: Place, last: LastVisit | None, language: str) -> Json:
    return {
        "id": str(place.id),
        "address": place.address,
        "landmark": place.landmark,
        "former_name": place.former_name,
        "unit": place.unit.name,
        "unit_code": place.unit_code,
        "lon": round(place.lon, DECIMALS),
        "lat": round(place.lat, DECIMALS),
        "pin_confirmed": place.confirmed_at is not None,
        "memory": say(LAST_VISIT, language, at=last.at, outcome=last.outcome) if last else None,
    }


def _window(errands: Sequence[Errand], day: date) -> Json | None:
    """The time of this day that suits every errand at this door; if none does, the first promised."""
    slots = [errand.slot for errand in errands if errand.slot is not None and errand.slot.day == day]
    if not slots:
        return None
    starts, ends = max(slot.starts_at for slot in slots), min(slot.ends_at for slot in slots)
    if starts >= ends:
        first = min(slots, key=lambda slot: slot.starts_at)
        starts, ends = first.starts_at, first.ends_at
    return _interval(starts, ends)


def _interval(starts: datetime, ends: datetime) -> Json:
    return {"starts_at": moment(starts), "ends_at": moment(ends)}


def _errand(errand: Errand, doors: Doors, house: Installation) -> Json:
    asked = errand.request
    return {
        "id": str(errand.id),
        "kind": errand.kind.value,
        "state": errand.state.value,
        "revision": errand.revision,
        "reference": asked.reference,
        "name": asked.applicant.name,
        "organisation": asked.applicant.kind is ApplicantKind.ORGANISATION,
        "phone": asked.applicant.phone,
        "helper_name": asked.helper_name,
        "helper_phone": asked.helper_phone,
        "receiver": _receiver(errand),
        "language": asked.language,
        "consent": asked.consent_text,
        "word": greeting(house.pepper, errand.id, errand.slot_id),
        "proof": errand.proof.value,
        "check": _check(doors.codes.get(errand.id)),
        "attempts": doors.attempts.get(errand.id, 0),
        "today": _tried(doors.tried.get(errand.id)),
        "again": _again(errand, doors, house.day),
        "calls": [_call(call) for call in doors.calls.get(errand.id, ())],
        "quote": [_charge(charge) for charge in doors.unpaid.get(errand.id, ())],
        "only_lines": errand.only_lines,
        "papers_due": [_due(dossier_id, lines) for dossier_id, lines in doors.due[errand.id].items()],
        "dossiers": [
            {
                "id": str(dossier.id),
                "procedure": version(dossier.procedure),
                "cases": dossier.cases,
                "result_title": dossier.result_title,
            }
            for dossier in errand.dossiers
        ],
        "parcels": [_parcel(parcel) for parcel in doors.parcels.get(errand.id, ())],
    }


def _spoken(errand: Errand, bundle: Bundle, language: str) -> Json:
    """What is spoken there, and whom to call where this courier does not speak it."""
    tongue = errand.request.tongue
    if tongue is None or tongue in UNDERSTOOD:
        return {"tongue": None, "interpreter": None}
    mine = frozenset(bundle.day.courier.tongues or ())
    known = nearest(bundle.interpreters, tongue, errand.place.unit_code) if needs_interpreter(tongue, mine) else None
    return {
        "tongue": {"name": say(TONGUES[tongue], language), "mine": not needs_interpreter(tongue, mine)},
        "interpreter": {"name": known.name, "phone": known.phone} if known is not None else None,
    }


def _receiver(errand: Errand) -> Json | None:
    """Whom to expect where a result is given; the digits stay here: the courier reads them from a paper."""
    named = errand.request.receiver
    if named is None or named.name is None or errand.kind is not ErrandKind.DELIVER:
        return None
    return {"name": named.name, "relation": named.relation}


def _tried(tried: TriedToday | None) -> Json | None:
    return {"outcome": tried.outcome, "label": tried.label, "at": moment(tried.at)} if tried is not None else None


def _call(call: PhoneCall) -> Json:
    return {"op_id": call.operation_id, "at": moment(call.occurred_at)}


def _again(errand: Errand, doors: Doors, day: date) -> Json | None:
    """The new time of a visit that has left this day; one that was scanned into the day stays there, whatever its slot."""
    left = errand.state is ErrandState.SCHEDULED or (errand.state is ErrandState.PLANNED and errand.id in doors.tried)
    slot: Slot | None = errand.slot if left else None
    return _interval(slot.starts_at, slot.ends_at) if slot is not None and slot.day > day else None


def _check(code: HandoverCode | None) -> Json | None:
    return {"salt": code.salt, "digits": code.check_digits} if code is not None else None


def _charge(charge: Charge) -> Json:
    return {"kind": charge.kind.value, "amount": charge.amount, "upper": charge.upper_amount}


def _due(dossier_id: UUID, lines: Sequence[RequiredPaper]) -> Json:
    return {"dossier_id": str(dossier_id), "lines": [line.line for line in lines]}


def _parcel(parcel: Parcel) -> Json:
    seal = next((seal.number for seal in parcel.seals if seal.broken_at is None), None)
    return {"code": parcel.code, "purpose": parcel.purpose.value, "seal": seal, "holder": parcel.holder.value}


def _references(stops: Sequence[Stop]) -> Mapping[UUID, str]:
    """The bag may hold envelopes of other days: their references are nobody's business today."""
    return {errand.id: errand.request.reference for stop in stops for errand in stop.errands}


def _in_bag(parcel: Parcel, references: Mapping[UUID, str]) -> Json:
    return {
        "code": parcel.code,
        "purpose": parcel.purpose.value,
        "errand_id": _text(parcel.errand_id),
        "reference": references.get(parcel.errand_id) if parcel.errand_id else None,
    }


def _procedure(procedure: Procedure) -> Json:
    return {
        "code": procedure.code,
        "version": procedure.version,
        "name": procedure.name,
        "cases": procedure.cases,
        "papers": [_paper(paper) for paper in procedure.papers],
        "carries_copy": file_wants_signed_slip(procedure.papers),
    }


def _paper(paper: RequiredPaper) -> Json:
    return {
        "line": paper.line,
        "name": paper.name,
        "originals": paper.originals or 0,
        "copies": paper.copies or 0,
        "mode": paper.mode,
        "need": paper.need,
        "case_keys": paper.case_keys,
        "certified_by_post": paper.certified_by_post,
        "in_database": paper.in_database,
    }


def _spare(spare: Spare) -> Json:
    return {"next": spare.next, "last": spare.last, "more": [list(run) for run in spare.more]}


def _cash(cash: CourierCash, house: Installation) -> Json:
    today = cash.today
    return {
        "receipts": [
            {
                "op_id": str(one.operation_id),
                "number": one.number,
                "official": one.official_number,
                "paid_at": moment(one.paid_at),
                **_purses(one.cash),
            }
            for one in today.receipts
        ],
        "handed_in": _purses(today.handed_in),
        "in_hand": _purses(today.in_hand),
        "earlier": _purses(cash.earlier),
        "counted": _purses(today.told.cash) if today.told is not None and today.told.cash is not None else None,
        "ceiling": house.cash_ceiling,
    }


def _purses(cash: Cash) -> Json:
    return {"postage": cash.postage, "state_fee": cash.state_fee}


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ is not None else None
