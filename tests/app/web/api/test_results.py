"""A result told by the desk's software: state 9, and an envelope when there is a seal."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.custody import Holder
from app.models import Dossier, DossierStep, Message, Parcel
from tests.app.web.api.agency_line import AgencyLine, faults, said
from tests.factories import World
from tests.factories.agency import dossier_told
from tests.factories.custody import next_seal

AT = "2026-11-29T09:00:00+07:00"


@pytest.fixture
def code(agency: AgencyLine, world: World) -> str:
    return str(said(agency.post("/dossiers", dossier_told(world, state=4, wish="deliver")))["code"])


def tell(agency: AgencyLine, code: str, call: str | None = None, **given: Any) -> TestResponse:
    body = {"dossier_code": code, "title": "Giấy kết quả thử", "at": AT} | given
    return agency.post("/results", body, call)


def test_with_a_seal_the_envelope_lies_packed_at_the_desk(
    agency: AgencyLine, session: Session, world: World, code: str
) -> None:
    answer = tell(agency, code, seal_number=next_seal())
    assert answer.status_code == 201, answer.text
    parcel = session.scalars(select(Parcel)).one()
    assert said(answer) == {
        "dossier_code": code, "state": 9, "title": "Giấy kết quả thử", "parcel_code": parcel.code, "packed": True,
    }  # fmt: skip
    assert (parcel.holder, parcel.holder_id) == (Holder.DESK, str(world.desk.id))
    assert answer.headers["Location"] == f"/api/v1/dossiers/{code}"
    assert "result_ready" in [message.template for message in session.scalars(select(Message))]


def test_state_nine_is_learned_once_and_needs_no_telling(agency: AgencyLine, session: Session, code: str) -> None:
    tell(agency, code, seal_number=next_seal())
    steps = [(step.state, step.told_by_them) for step in session.scalars(select(DossierStep).order_by(DossierStep.id))]
    assert steps == [(4, True), (9, True)]


def test_without_a_seal_it_waits_to_be_packed(agency: AgencyLine, session: Session, code: str) -> None:
    answer = tell(agency, code)
    assert (answer.status_code, said(answer)["packed"], said(answer)["parcel_code"]) == (201, False, None)
    dossier = session.scalars(select(Dossier)).one()
    assert (dossier.state, dossier.result_title, dossier.result_ready_at) == (9, "Giấy kết quả thử", None)
    assert said(tell(agency, code, seal_number=next_seal()))["packed"] is True


def test_a_repeated_call_packs_once(agency: AgencyLine, session: Session, code: str) -> None:
    seal = next_seal()
    first, second = (tell(agency, code, "the same call", seal_number=seal) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert len(session.scalars(select(Parcel)).all()) == 1


def test_a_second_envelope_is_refused(agency: AgencyLine, code: str) -> None:
    tell(agency, code, seal_number=next_seal())
    answer = tell(agency, code, seal_number=next_seal())
    assert (answer.status_code, faults(answer)) == (409, {"dossier_code": "result_already_packed"})


def test_nobody_asked_for_it_to_be_brought(agency: AgencyLine, world: World) -> None:
    code = said(agency.post("/dossiers", dossier_told(world, state=4, wish=None)))["code"]
    answer = tell(agency, code, seal_number=next_seal())
    assert (answer.status_code, faults(answer)) == (409, {"dossier_code": "delivery_not_asked"})
    assert said(agency.get(f"/dossiers/{code}"))["state"] == 4
    assert tell(agency, code).status_code == 201


def test_a_dossier_that_ended_has_no_result(agency: AgencyLine, code: str) -> None:
    agency.post(f"/dossiers/{code}/states", {"state": 8, "at": AT})
    answer = tell(agency, code)
    assert (answer.status_code, faults(answer)) == (409, {"dossier_code": "dossier_closed"})


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"dossier_code": "H21.65-261128-99999"}, 404, "dossier_code"),
        ({"dossier_code": ""}, 422, "dossier_code"),
        ({"title": " "}, 422, "title"),
        ({"title": "x" * 201}, 422, "title"),
        ({"at": "2026-11-29"}, 422, "at"),
        ({"at": "2027-01-29T00:00:00Z"}, 422, "at"),
        ({"seal_number": "1"}, 422, "seal_number"),
        ({"seal_number": "TNSEAL999999", "parcel_code": "RT1VN"}, 422, "parcel_code"),
        ({"other": 1}, 422, "other"),
    ],
)
def test_bad_input_is_answered_with_the_field(
    agency: AgencyLine, session: Session, code: str, wrong: dict[str, Any], status: int, field: str
) -> None:
    answer = tell(agency, code, **wrong)
    assert (answer.status_code, list(faults(answer))) == (status, [field])
    assert session.scalars(select(Dossier)).one().state == 4
