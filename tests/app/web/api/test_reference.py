"""What a program asks before it books."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import World, make_procedure


def test_the_documentation_is_openapi_3_1_and_names_every_operation(client: FlaskClient) -> None:
    spec = client.get("/api/v1/openapi.json").json
    assert spec is not None
    assert spec["openapi"].startswith("3.1")
    assert set(spec["paths"]) >= {
        "/api/v1/service-requests",
        "/api/v1/service-requests/{request_id}",
        "/api/v1/slots",
        "/api/v1/quotes",
        "/api/v1/procedures",
        "/api/v1/procedures/{code}",
        "/api/v1/units",
    }
    post = spec["paths"]["/api/v1/service-requests"]["post"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in post["parameters"]]
    assert post["security"] == [{"key": []}]


@pytest.mark.parametrize("words", ["thu tuc", "THỦ TỤC", "linh vuc thu"])
def test_procedures_are_found_without_accents(client: FlaskClient, world: World, words: str) -> None:
    found = client.get("/api/v1/procedures", query_string={"q": words}).json
    assert found is not None
    assert world.procedure.code in [row["code"] for row in found["procedures"]]


def test_a_procedure_says_its_papers_and_an_unknown_fee_is_null(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = make_procedure(session, state_fee=None)
    told = client.get(f"/api/v1/procedures/{row.code}").json
    assert told is not None
    assert told["state_fee"] is None
    assert [paper["line"] for paper in told["papers"]] == [1, 2, 3]
    assert told["cases"][0]["options"][1] == {"key": "proxy", "label": "Ủy quyền"}


def test_a_procedure_that_nobody_knows_is_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/procedures/0.000000")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_an_old_name_leads_to_todays_unit(client: FlaskClient, world: World) -> None:
    found = client.get("/api/v1/units", query_string={"q": "Ia Tô, Ia Grai"}).json
    assert found is not None
    assert found["certain"] is True
    assert (found["units"][0]["code"], found["units"][0]["in_service"]) == (world.unit.code, True)
    assert "Ia Tô" in found["units"][0]["former_name"]


def test_slots_have_an_interval_and_a_label(client: FlaskClient, world: World, auth: dict[str, str]) -> None:
    found = client.get("/api/v1/slots", query_string={"unit_code": world.unit.code}, headers=auth).json
    assert found is not None
    first = found["slots"][0]
    assert first["interval"] == "2026-12-01T07:00:00+07:00/2026-12-01T11:30:00+07:00"
    assert first["label"].startswith("Thứ Ba 01/12")


def test_a_price_comes_in_parts(client: FlaskClient, world: World, auth: dict[str, str]) -> None:
    question = {"kind": "send", "unit_code": world.unit.code, "dossiers": [{"procedure_code": world.procedure.code}]}
    told = client.post("/api/v1/quotes", json=question, headers=auth).json
    assert told is not None
    assert [part["kind"] for part in told["parts"]] == ["postage", "state_fee"]
    assert told["total"] == {"lower": 26_000, "upper": 26_000, "more_at_desk": False}


def test_slots_and_prices_need_a_key(client: FlaskClient, world: World) -> None:
    assert client.get(f"/api/v1/slots?unit_code={world.unit.code}").status_code == 401
