"""A step of the desk's software moves the dossier once, in the order in which it happened, and ends the visits it must."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.models import AuditEvent, Dossier, DossierStep, Errand
from tests.app.web.api.agency_line import AgencyLine, faults, said
from tests.factories import World, make_paper, make_procedure
from tests.factories.agency import dossier_told
from tests.factories.custody import next_seal

AT = "2026-11-29T{:02d}:00:00+07:00"


@pytest.fixture
def code(agency: AgencyLine, world: World) -> str:
    return str(said(agency.post("/dossiers", dossier_told(world)))["code"])


def move(agency: AgencyLine, code: str, state: int, hour: int = 9, **given: Any) -> TestResponse:
    return agency.post(f"/dossiers/{code}/states", {"state": state, "at": AT.format(hour)} | given)


def known(session: Session) -> list[tuple[int, bool]]:
    return [(step.state, step.told_by_them) for step in session.scalars(select(DossierStep).order_by(DossierStep.id))]


def test_a_step_moves_the_dossier_and_its_due_date(agency: AgencyLine, session: Session, code: str) -> None:
    answer = move(agency, code, 4, due_on="2026-12-10", sub_state=2, note="Đang xử lý")
    assert answer.status_code == 200, answer.text
    told = said(answer)
    assert (told["state"], told["sub_state"], told["due_on"]) == (4, 2, "2026-12-10")
    assert known(session) == [(1, True), (4, True)]


def test_a_due_date_that_was_given_is_moved_once(agency: AgencyLine, code: str) -> None:
    move(agency, code, 2, hour=8)
    assert said(move(agency, code, 4, hour=9, due_on="2026-12-10"))["due_on"] == "2026-12-10"

    answer = move(agency, code, 4, hour=10, due_on="2026-12-15")

    assert (answer.status_code, faults(answer)) == (409, {"due_on": "redated_once"})
    assert "10/12/2026" in said(answer)["detail"]
    told = said(agency.get(f"/dossiers/{code}"))
    assert (told["state"], told["due_on"]) == (4, "2026-12-10")


def test_a_date_told_again_is_no_re_dating(agency: AgencyLine, code: str) -> None:
    move(agency, code, 2, hour=8, due_on="2026-12-10")
    for hour in (9, 10):
        assert move(agency, code, 4, hour=hour, due_on="2026-12-10").status_code == 200
    assert said(move(agency, code, 4, hour=11, due_on="2026-12-15"))["due_on"] == "2026-12-15"


def test_the_time_that_stood_still_is_counted_anew(agency: AgencyLine, code: str) -> None:
    move(agency, code, 2, hour=7)
    move(agency, code, 4, hour=8, due_on="2026-12-10")
    move(agency, code, 5, hour=9)
    assert said(move(agency, code, 4, hour=10, due_on="2026-12-20"))["due_on"] == "2026-12-20"


def test_the_same_step_twice_is_one(agency: AgencyLine, session: Session, code: str) -> None:
    first, second = move(agency, code, 2), move(agency, code, 2)
    assert said(first) == said(second)
    assert known(session) == [(1, True), (2, True)]


def test_an_older_step_is_history(agency: AgencyLine, session: Session, code: str) -> None:
    move(agency, code, 4, hour=10)
    answer = move(agency, code, 2, hour=9, due_on="2026-12-30", sub_state=1)
    told = said(answer)
    assert (answer.status_code, told["state"], told["sub_state"], told["due_on"]) == (200, 4, None, "2026-12-05")
    assert known(session) == [(1, True), (4, True), (2, True)]
    moved = [
        event.detail["moved"] for event in session.scalars(select(AuditEvent)) if event.action.endswith("state_told")
    ]
    assert moved == [True, False]


def test_a_final_state_is_never_moved_back(agency: AgencyLine, code: str) -> None:
    move(agency, code, 8, hour=9)
    assert said(move(agency, code, 4, hour=10))["state"] == 8


@pytest.mark.parametrize("final", [7, 8, 10])
def test_the_end_of_a_dossier_calls_its_visits_off(agency: AgencyLine, code: str, final: int) -> None:
    told = said(move(agency, code, final))
    assert {one["state"] for one in told["errands"]} == {"cancelled"}


def test_a_step_forward_leaves_a_promised_visit_standing(agency: AgencyLine, code: str) -> None:
    told = said(move(agency, code, 4))
    assert [one["state"] for one in told["errands"]] == ["scheduled", "requested"]


def test_a_refusal_goes_its_own_way(agency: AgencyLine, code: str) -> None:
    answer = move(agency, code, 3)
    assert (answer.status_code, faults(answer)) == (409, {"state": "refusal_asked_elsewhere"})
    assert "/api/v1/refusals" in said(answer)["detail"]


def test_a_result_that_the_post_has_is_not_returned_at_the_desk(agency: AgencyLine, code: str) -> None:
    result = {"dossier_code": code, "title": "Giấy kết quả thử", "at": AT.format(9), "seal_number": next_seal()}
    assert agency.post("/results", result).status_code == 201
    answer = move(agency, code, 10, hour=10)
    assert (answer.status_code, faults(answer)) == (409, {"state": "result_with_post"})


def test_a_step_that_crossed_with_the_sealed_result_takes_nothing_back(
    agency: AgencyLine, session: Session, code: str
) -> None:
    result = {"dossier_code": code, "title": "Giấy kết quả thử", "at": AT.format(9), "seal_number": next_seal()}
    agency.post("/results", result)
    answer = move(agency, code, 4, hour=10)
    assert (answer.status_code, said(answer)["state"]) == (200, 9)
    assert known(session) == [(1, True), (9, True)]


def test_originals_wanted_of_an_online_dossier_are_fetched_by_themselves(
    agency: AgencyLine, session: Session, world: World
) -> None:
    procedure = make_procedure(session, papers=[make_paper(1)], originals_due=True)
    body = dossier_told(world, procedure_code=procedure.code, state=6, wish="deliver")
    code = said(agency.post("/dossiers", body))["code"]
    assert [one["kind"] for one in said(move(agency, code, 5))["errands"]] == ["collect", "deliver"]


def test_a_visit_that_was_called_off_is_not_made_again(agency: AgencyLine, session: Session, world: World) -> None:
    procedure = make_procedure(session, papers=[make_paper(1)], originals_due=True)
    code = said(agency.post("/dossiers", dossier_told(world, procedure_code=procedure.code)))["code"]
    for errand in session.scalars(select(Errand)):
        errand.state = "cancelled"  # type: ignore[assignment]  # as the citizen did
    session.flush()
    assert {one["state"] for one in said(move(agency, code, 4))["errands"]} == {"cancelled"}


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"state": None}, {"state"}),
        ({"state": 12}, {"state"}),
        ({"sub_state": 0}, {"sub_state"}),
        ({"at": "hôm qua"}, {"at"}),
        ({"at": "2026-12-24T09:00:00+07:00"}, {"at"}),
        ({"due_on": 7}, {"due_on"}),
        ({"note": 7}, {"note"}),
        ({"other": 7}, {"other"}),
    ],
)
def test_bad_input_is_answered_with_the_field(
    agency: AgencyLine, session: Session, code: str, wrong: dict[str, Any], fields: set[str]
) -> None:
    answer = agency.post(f"/dossiers/{code}/states", {"state": 2, "at": AT.format(9)} | wrong)
    assert (answer.status_code, set(faults(answer))) == (422, fields)
    assert session.scalars(select(Dossier)).one().state == 1


def test_a_dossier_of_nobody_is_not_found(agency: AgencyLine) -> None:
    assert move(agency, "H21.65-261128-99999", 2).status_code == 404
