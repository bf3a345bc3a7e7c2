"""An agency's software tells of its dossiers: once each, every fault at its field, visits where the state allows them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Applicant, AuditEvent, Charge, Dossier, DossierStep, Errand, Message, ServiceRequest, Slot
from tests.app.web.api.agency_line import AgencyLine, faults, said
from tests.factories import World, make_desk, make_paper, make_partner, make_procedure
from tests.factories.agency import dossier_told, make_agency

URL = "/api/v1/dossiers"


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def originals_due(session: Session, world: World) -> str:
    """The code of a procedure whose original is due before the result is given."""
    return make_procedure(session, papers=[make_paper(1)], originals_due=True).code


# -- told once


def test_a_wish_becomes_visits_and_the_answer_says_where_to_look(
    agency: AgencyLine, session: Session, world: World
) -> None:
    body = dossier_told(world)
    answer = agency.post("/dossiers", body)
    assert answer.status_code == 201, answer.text
    told = said(answer)
    assert answer.headers["Location"] == told["links"]["self"] == f"{URL}/{body['code']}"
    assert [(one["kind"], one["state"], one["executed_by"]) for one in told["errands"]] == [
        ("collect", "scheduled", "own"), ("deliver", "requested", "own"),
    ]  # fmt: skip
    assert told["errands"][0]["slot"]["unit_code"] == world.unit.code
    assert (told["state"], told["desk"], told["competent_desk"]) == (1, world.desk.code, world.desk.code)
    request = session.scalars(select(ServiceRequest)).one()
    assert request.tracking_token in told["request"]["tracking_url"]
    assert said(agency.get(told["links"]["self"])) == told


def test_the_citizen_is_told_of_the_slot_and_pays_postage_only(
    agency: AgencyLine, session: Session, world: World
) -> None:
    world.procedure.state_fee = 50_000
    agency.post("/dossiers", dossier_told(world))
    assert [message.template for message in session.scalars(select(Message))] == ["scheduled"]
    kinds = [(charge.kind, charge.direction) for charge in session.scalars(select(Charge))]
    assert sorted(kinds) == [("postage", "return"), ("postage", "send")]


def test_the_same_dossier_again_is_the_one_that_stands(agency: AgencyLine, session: Session, world: World) -> None:
    body = dossier_told(world)
    first, second = agency.post("/dossiers", body), agency.post("/dossiers", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert said(first) == said(second)
    assert (count(session, Dossier), count(session, Errand), count(session, DossierStep)) == (1, 2, 1)


def test_a_repeated_call_gets_the_stored_answer(agency: AgencyLine, session: Session, world: World) -> None:
    body = dossier_told(world)
    first, second = (agency.post("/dossiers", body, call="the same call") for _ in range(2))
    assert (second.status_code, second.json) == (201, first.json)
    assert second.headers["Location"] == first.headers["Location"]


def test_without_an_idempotency_key_nothing_is_taken(
    client: FlaskClient, agency: AgencyLine, session: Session, world: World
) -> None:
    answer = client.post(URL, json=dossier_told(world), headers=agency.auth)
    assert (answer.status_code, said(answer)["code"]) == (400, "idempotency_key_missing")
    assert count(session, Dossier) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"channel": "1"},
        {"return_form": "0"},
        {"applicant": {"name": "Nguyễn Văn Thử", "phone": "0900000124"}},
        {"procedure_code": "other"},
        {"competent_desk": "other"},
    ],
)
def test_a_known_code_with_another_content_is_refused(
    agency: AgencyLine, session: Session, world: World, other: dict[str, Any]
) -> None:
    made = {"procedure_code": make_procedure(session).code, "competent_desk": make_desk(session).code}
    other = {name: made[name] if value == "other" else value for name, value in other.items()}
    body = dossier_told(world)
    agency.post("/dossiers", body)
    answer = agency.post("/dossiers", body | other)
    assert (answer.status_code, said(answer)["code"]) == (409, "dossier_told_otherwise")
    assert faults(answer) == {"code": "dossier_told_otherwise"}


def test_another_desk_can_t_tell_of_the_same_code(agency: AgencyLine, session: Session, world: World) -> None:
    body = dossier_told(world)
    agency.post("/dossiers", body)
    make_agency(session, make_desk(session), "another agency's key")
    answer = AgencyLine(agency.client, "another agency's key").post("/dossiers", body)
    assert answer.status_code == 409


def test_a_wish_that_comes_later_adds_its_visit(agency: AgencyLine, session: Session, world: World) -> None:
    body = dossier_told(world, state=4, wish=None)
    first = said(agency.post("/dossiers", body))
    assert (first["errands"], first["request"]) == ([], None)
    second = agency.post("/dossiers", body | {"wish": "deliver"})
    assert second.status_code == 200
    assert [one["kind"] for one in said(second)["errands"]] == ["deliver"]


def test_while_no_visit_stands_the_later_word_corrects_the_first(
    agency: AgencyLine, session: Session, world: World
) -> None:
    body = dossier_told(world, state=4, wish=None)
    agency.post("/dossiers", body)
    agency.post("/dossiers", body | {"applicant": {"name": "Trần Thị Thử", "phone": "0900000777"}})
    applicant = session.scalars(select(Applicant)).one()
    assert (applicant.name, applicant.phone) == ("Trần Thị Thử", "0900000777")


def test_without_consent_nothing_personal_is_kept(agency: AgencyLine, session: Session, world: World) -> None:
    answer = agency.post("/dossiers", dossier_told(world, wish=None, consent=False))
    assert answer.status_code == 201
    request = session.scalars(select(ServiceRequest)).one()
    assert (request.applicant.name, request.applicant.phone, request.place.address) == (None, None, "")


def test_the_audit_names_the_key_and_nothing_personal(agency: AgencyLine, session: Session, world: World) -> None:
    agency.post("/dossiers", dossier_told(world))
    events = session.scalars(select(AuditEvent).where(AuditEvent.action.in_(("dossier.told", "arrange")))).all()
    assert [event.action for event in events] == ["arrange", "arrange", "dossier.told"]
    assert all(event.actor.startswith("partner:") for event in events)
    assert "Thử" not in str([event.detail for event in events])


# -- by itself


@pytest.mark.parametrize(
    ("state", "kinds"),
    [(1, ["collect", "deliver"]), (5, ["collect", "deliver"]), (2, ["deliver"]), (4, ["deliver"]), (3, []), (10, [])],
)
def test_an_online_dossier_whose_originals_are_due_is_visited_by_itself(
    agency: AgencyLine, session: Session, world: World, state: int, kinds: list[str]
) -> None:
    body = dossier_told(world, procedure_code=originals_due(session, world), state=state, wish=None)
    answer = agency.post("/dossiers", body)
    assert [one["kind"] for one in said(answer)["errands"]] == kinds


@pytest.mark.parametrize("other", [{"channel": "1"}, {"channel": "3"}, {"return_form": "0"}, {"place": None}])
def test_nothing_is_decided_for_who_did_not_ask(
    agency: AgencyLine, session: Session, world: World, other: dict[str, Any]
) -> None:
    body = dossier_told(world, procedure_code=originals_due(session, world), wish=None) | other
    assert said(agency.post("/dossiers", body))["errands"] == []


def test_a_procedure_that_asks_for_no_originals_is_left_alone(agency: AgencyLine, world: World) -> None:
    assert said(agency.post("/dossiers", dossier_told(world, wish=None)))["errands"] == []


def test_a_commune_that_is_not_served_is_left_alone(agency: AgencyLine, session: Session, world: World) -> None:
    world.unit.in_service_from = None
    body = dossier_told(world, procedure_code=originals_due(session, world), wish=None)
    answer = agency.post("/dossiers", body)
    assert (answer.status_code, said(answer)["errands"]) == (201, [])


def test_without_an_open_slot_the_collection_waits_for_a_coordinator(
    agency: AgencyLine, session: Session, world: World
) -> None:
    agency.get(f"/slots?unit_code={world.unit.code}")
    for slot in session.scalars(select(Slot)):
        slot.closed = True
    session.flush()
    told = said(agency.post("/dossiers", dossier_told(world, wish="collect")))
    assert [(one["state"], one["slot"]) for one in told["errands"]] == [("requested", None)]


# -- every field


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"code": "12"}, {"code": "dossier_code_malformed"}),
        ({"code": "H21.65-261328-00011"}, {"code": "dossier_code_malformed"}),
        ({"code": None}, {"code": "field_invalid"}),
        ({"procedure_code": "0.0"}, {"procedure_code": "procedure_unknown"}),
        ({"cases": ["nobody"]}, {"cases": "case_unknown"}),
        ({"cases": "self"}, {"cases": "field_invalid"}),
        ({"state": 0}, {"state": "field_invalid"}),
        ({"state": 11}, {"state": "field_invalid"}),
        ({"state": "hai"}, {"state": "field_invalid"}),
        ({"sub_state": 5}, {"sub_state": "field_invalid"}),
        ({"channel": "4"}, {"channel": "field_invalid"}),
        ({"channel": 2}, {"channel": "field_invalid"}),
        ({"return_form": "2"}, {"return_form": "field_invalid"}),
        ({"received_at": "hôm qua"}, {"received_at": "field_invalid"}),
        ({"received_at": "2026-11-28T09:00:00"}, {"received_at": "field_invalid"}),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, {"received_at": "field_invalid"}),
        ({"received_at": "2026-12-28T09:00:00+07:00", "due_on": None}, {"received_at": "moment_to_come"}),
        ({"due_on": "mai"}, {"due_on": "field_invalid"}),
        ({"due_on": "2026-11-01"}, {"due_on": "due_before_received"}),
        ({"competent_desk": "KHONG"}, {"competent_desk": "competent_desk_unknown"}),
        ({"applicant": {"name": " ", "phone": "0900000123"}}, {"applicant.name": "name_missing"}),
        ({"applicant": {"name": "Nguyễn Văn Thử", "phone": "12"}}, {"applicant.phone": "phone_malformed"}),
        ({"applicant": {"name": "Nguyễn Văn Thử"}}, {"applicant.phone": "phone_missing"}),
        ({"place": {"unit_code": "0", "address": "Thôn 2"}}, {"place.unit_code": "unit_unknown"}),
        ({"place": None}, {"place": "place_missing"}),
        ({"wish": "everything"}, {"wish": "field_invalid"}),
        ({"state": 4}, {"wish": "pickup_not_now"}),
        ({"state": 8, "wish": "deliver"}, {"wish": "pickup_not_now"}),
        ({"language": "jra"}, {"language": "field_invalid"}),
        ({"reach": "helper"}, {"reach": "field_invalid"}),
        ({"reach": "pigeon"}, {"reach": "field_invalid"}),
        ({"consent": "maybe"}, {"consent": "field_invalid"}),
        ({"consent": False}, {"consent": "consent_missing"}),
        ({"surprise": 1}, {"surprise": "field_invalid"}),
    ],
)
def test_bad_input_is_answered_with_the_field_and_the_way_out(
    agency: AgencyLine, session: Session, world: World, wrong: dict[str, Any], fields: dict[str, str]
) -> None:
    answer = agency.post("/dossiers", dossier_told(world) | wrong)
    assert answer.status_code in {409, 422}, answer.text
    assert faults(answer) == fields
    assert (count(session, Dossier), count(session, ServiceRequest)) == (0, 0)


def test_several_faults_are_named_at_once(agency: AgencyLine, world: World) -> None:
    answer = agency.post("/dossiers", dossier_told(world, code="12", procedure_code="0.0", consent=False))
    assert faults(answer).keys() == {"code", "procedure_code", "consent"}


def test_who_has_no_telephone_shows_a_paper_at_the_door(agency: AgencyLine, session: Session, world: World) -> None:
    body = dossier_told(world, reach="none", applicant={"name": "Nguyễn Văn Thử"})
    assert agency.post("/dossiers", body).status_code == 201
    assert {errand.proof for errand in session.scalars(select(Errand))} == {"id_check"}


def test_a_procedure_that_needs_the_person_is_refused_with_the_way_out(
    agency: AgencyLine, session: Session, world: World
) -> None:
    world.procedure.presence = "yes"
    answer = agency.post("/dossiers", dossier_told(world))
    assert (answer.status_code, said(answer)["code"]) == (409, "person_needed")


# -- whose dossier


def test_a_key_of_no_desk_is_told_to_ask_for_one(client: FlaskClient, session: Session, world: World) -> None:
    make_partner(session, "a key of no desk")
    line = AgencyLine(client, "a key of no desk")
    for answer in (line.post("/dossiers", dossier_told(world)), line.get("/dossiers/H21.65-261128-00001")):
        assert (answer.status_code, said(answer)["code"]) == (403, "agency_key_needed")


def test_another_desk_s_dossier_is_not_found(agency: AgencyLine, session: Session, world: World) -> None:
    code = said(agency.post("/dossiers", dossier_told(world)))["code"]
    make_agency(session, make_desk(session), "another agency's key")
    assert AgencyLine(agency.client, "another agency's key").get(f"/dossiers/{code}").status_code == 404


def test_the_competent_desk_sees_it_as_well(agency: AgencyLine, session: Session, world: World) -> None:
    centre = make_desk(session, level="province")
    make_agency(session, centre, "the centre's key")
    code = said(agency.post("/dossiers", dossier_told(world, competent_desk=centre.code)))["code"]
    seen = said(AgencyLine(agency.client, "the centre's key").get(f"/dossiers/{code.lower()}"))
    assert (seen["desk"], seen["competent_desk"]) == (world.desk.code, centre.code)


def test_a_code_that_is_none_is_not_found(agency: AgencyLine) -> None:
    assert agency.get("/dossiers/12").status_code == 404


def test_without_a_key_nobody_comes_in(client: FlaskClient, world: World) -> None:
    answer = client.post(URL, json=dossier_told(world), headers={"Idempotency-Key": "call-00000001"})
    assert answer.status_code == 401
