import json
from typing import Any

from app.domain.commands import DossierGiven, QuoteVisit
from app.domain.errand import RequestKind
from app.models import ServiceRequest
from app.queries.tracking.entitled import desks_told
from app.queries.tracking.requests import errands_of
from app.schemas.answers import DossierAsTold, QuoteAnswer, QuoteSchema, RequestAnswer, ServiceRequestSchema, SlotSchema
from app.services.booking import pricing, slots
from app.services.booking.book import book
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, NOW, make_procedure, make_world, wish


def answered(session: UnitOfWork, request: ServiceRequest, url: str = "") -> Any:
    desks = desks_told(session, request)
    dossiers = [DossierAsTold(dossier, desks[dossier.id]) for dossier in request.dossiers]
    return ServiceRequestSchema().dump(RequestAnswer(request, dossiers, errands_of(session, request), url))


def test_a_request_is_answered_with_its_errands_and_the_link(session: UnitOfWork) -> None:
    world = make_world(session)
    request = book(session, wish(world), KEYS)
    url = f"http://localhost:8000/theo-doi/{request.tracking_token}"
    answer = answered(session, request, url)
    assert (answer["reference"], answer["kind"], answer["tracking_url"]) == (request.reference, "send_and_receive", url)
    assert [errand["state"] for errand in answer["errands"]] == ["scheduled", "requested"]
    assert answer["errands"][0]["slot"]["label"] == "Thứ Ba 01/12, buổi sáng (07:00–11:30)"
    assert answer["errands"][1]["slot"] is None
    assert answer["dossiers"][0]["procedure_code"] == world.procedure.code
    assert json.dumps(answer)


def test_nothing_personal_goes_back(session: UnitOfWork) -> None:
    request = book(session, wish(make_world(session), phone="0900000321"), KEYS)
    answer = json.dumps(answered(session, request))
    assert "0900000321" not in answer
    assert "Nguyễn" not in answer
    assert "Làng" not in answer


def test_a_slot_is_an_iso_interval_in_local_time(session: UnitOfWork) -> None:
    world = make_world(session)
    answer = SlotSchema().dump(slots.open_slots(session, world.unit.code, NOW)[0])
    assert answer["interval"] == "2026-12-01T07:00:00+07:00/2026-12-01T11:30:00+07:00"
    assert (answer["free"], answer["kind"], answer["day"]) == (14, "half_day", "2026-12-01")


def test_an_unknown_fee_is_null_and_said_to_come_on_top(session: UnitOfWork) -> None:
    world = make_world(session)
    procedure = make_procedure(session, state_fee=None)
    visit = QuoteVisit(RequestKind.SEND, world.unit.code, (DossierGiven(procedure.code),), DAY)
    parts = pricing.quote(session, visit)
    answer = QuoteSchema().dump(QuoteAnswer(parts, pricing.total(parts)))
    assert answer["parts"][1] == {"kind": "state_fee", "direction": None, "lower": None, "upper": None, "basis": ""}
    assert answer["total"] == {"lower": 26_000, "upper": 26_000, "more_at_desk": True}
    assert answer["currency"] == "VND"
