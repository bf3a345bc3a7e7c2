"""What citizens asked for: applicants, places, requests, dossiers, slots, errands."""

from __future__ import annotations

import hashlib
from datetime import date, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.errand import ErrandKind, ErrandState, ProofKind, RequestKind
from app.domain.identity import ApplicantKind, Channel
from app.domain.slot import MORNING, SlotTimes
from app.models import (
    Applicant,
    Attempt,
    Desk,
    Dossier,
    Errand,
    Office,
    Partner,
    Place,
    Procedure,
    ServiceRequest,
    Slot,
    Unit,
)
from tests.factories.counter import number
from tests.factories.office import make_desk, make_office, make_unit
from tests.factories.procedure import make_procedure
from tests.factories.times import DAY, NOW


def make_applicant(session: Session, **given: Any) -> Applicant:
    n = number()
    defaults = {"kind": ApplicantKind.PERSON, "name": f"Nguyễn Văn Thử {n}", "phone": f"0900{n:06d}"}
    applicant = Applicant(**{**defaults, **given})
    session.add(applicant)
    session.flush()
    return applicant


def make_place(session: Session, **given: Any) -> Place:
    unit = given.pop("unit", None) or make_unit(session)
    defaults: dict[str, Any] = {
        "unit": unit,
        "unit_code": unit.code,
        "address": f"Số {number()} đường Thử",
        "lon": unit.lon + 0.01,
        "lat": unit.lat + 0.01,
        "pin_source": "citizen",
    }
    place = Place(**{**defaults, **given})
    session.add(place)
    session.flush()
    return place


def make_request(session: Session, **given: Any) -> ServiceRequest:
    """A request alone; `make_dossier` and `make_errand` hang theirs on it."""
    n = number()
    place = given.pop("place", None) or make_place(session, unit=given.pop("unit", None))
    applicant = given.pop("applicant", None) or make_applicant(session)
    defaults: dict[str, Any] = {
        "reference": f"TN-{n:06d}",
        "kind": RequestKind.SEND_AND_RECEIVE,
        "applicant": applicant,
        "applicant_id": applicant.id,
        "place": place,
        "place_id": place.id,
        "language": "vi",
        "channel": Channel.SMS,
        "consent_text": "Đồng ý thử",
        "consent_version": "1",
        "consent_at": NOW,
        "tracking_token": f"ma-theo-doi-{n:010d}",
        "created_at": NOW,
    }
    request = ServiceRequest(**{**defaults, **given})
    session.add(request)
    session.flush()
    return request


def make_dossier(session: Session, request: ServiceRequest | None = None, **given: Any) -> Dossier:
    request = request or make_request(session)
    procedure: Procedure = given.pop("procedure", None) or make_procedure(session)
    desk: Desk = given.pop("desk", None) or _desk_of(session, request.place.unit_code)
    defaults: dict[str, Any] = {
        "request_id": request.id,
        "request": request,
        "position": len(request.dossiers) + 1,
        "procedure": procedure,
        "procedure_id": procedure.id,
        "cases": [],
        "desk": desk,
        "desk_id": desk.id,
        "competent_desk": desk,
        "competent_desk_id": desk.id,
        "state": 1,
    }
    dossier = Dossier(**{**defaults, **given})
    session.add(dossier)
    session.flush()
    return dossier


def make_slot(session: Session, unit: Unit | None = None, day: date = DAY, **given: Any) -> Slot:
    unit = unit or make_unit(session)
    times: SlotTimes = given.pop("times", MORNING)
    defaults: dict[str, Any] = {
        "unit_code": unit.code,
        "day": day,
        "kind": times.kind,
        "starts_at": at(day, times.start),
        "ends_at": at(day, times.end),
        "capacity": 14,
    }
    slot = Slot(**{**defaults, **given})
    session.add(slot)
    session.flush()
    return slot


def make_errand(session: Session, request: ServiceRequest | None = None, **given: Any) -> Errand:
    """A scheduled collection on DAY in the morning with one dossier; office, desk and slot of the request's unit."""
    request = request or make_request(session)
    dossiers = given.pop("dossiers", None) or request.dossiers or [make_dossier(session, request)]
    office: Office = given.pop("office", None) or _office_of(session, request.place.unit_code)
    slot = given.pop("slot") if "slot" in given else _slot_of(session, request.place.unit, given.pop("day", DAY))
    defaults: dict[str, Any] = {
        "request": request,
        "request_id": request.id,
        "kind": ErrandKind.COLLECT,
        "state": ErrandState.SCHEDULED,
        "place": request.place,
        "place_id": request.place_id,
        "office": office,
        "office_id": office.id,
        "slot": slot,
        "slot_id": slot.id if slot else None,
        "proof": ProofKind.CODE,
        "dossiers": list(dossiers),
        "created_at": NOW,
    }
    errand = Errand(**{**defaults, **given})
    session.add(errand)
    session.flush()
    return errand


def make_partner(session: Session, key: str = "a key of tests", **given: Any) -> Partner:
    defaults: dict[str, Any] = {
        "name": f"Đơn vị thử {number()}",
        "key_hash": hashlib.sha256(key.encode()).hexdigest(),
        "live": True,
    }
    partner = Partner(**{**defaults, **given})
    session.add(partner)
    session.flush()
    return partner


def _desk_of(session: Session, unit_code: str) -> Desk:
    found = session.scalars(select(Desk).where(Desk.unit_code == unit_code)).first()
    return found or make_desk(session, unit=session.get_one(Unit, unit_code))


def _office_of(session: Session, unit_code: str) -> Office:
    found = session.scalars(select(Office).where(Office.unit_code == unit_code)).first()
    return found or make_office(session, unit=session.get_one(Unit, unit_code))


def _slot_of(session: Session, unit: Unit, day: date) -> Slot:
    start = at(day, time(7, 0))
    found = session.scalars(select(Slot).where(Slot.unit_code == unit.code, Slot.starts_at == start)).first()
    return found or make_slot(session, unit, day)


def make_attempt(session: Session, errand: Errand, **given: Any) -> Attempt:
    """A first try, done by nobody in particular."""
    defaults: dict[str, Any] = {
        "errand": errand, "errand_id": errand.id, "number": 1, "outcome": "DONE", "evidence": {},
        "operation_id": f"test-{errand.id}", "occurred_at": NOW, "received_at": NOW,
    }  # fmt: skip
    attempt = Attempt(**{**defaults, **given})
    session.add(attempt)
    session.flush()
    return attempt
