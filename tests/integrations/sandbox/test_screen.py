"""The sandbox's page for a person, its pace, and what it begins with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services.reference.procedures import read_procedures
from integrations.sandbox import desk, one_stop
from integrations.sandbox.faults import MILD
from integrations.sandbox.procedures import DETAILS, LISTED
from integrations.sandbox.program import Program, SandboxSettings
from integrations.sandbox.state import rows

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
WISH: dict[str, Any] = {
    "procedure_code": "1.001193",
    "applicant": {"kind": "person", "name": "Người Thử", "phone": "0900000002"},
    "place": {"unit_code": "23728", "address": "Thôn Thử"},
    "wish": None,
}


def program(folder: Path, **given: Any) -> Program:
    return Program(SandboxSettings(folder=folder, port=1, clock=lambda: NOW, **given))


@pytest.fixture
def played(tmp_path: Path) -> Program:
    return program(tmp_path)


@pytest.fixture
def browser(played: Program) -> FlaskClient:
    return played.app().test_client()


def dossiers(played: Program) -> dict[str, int]:
    with played.state.open() as db:
        return {row["code"]: row["state"] for row in rows(db, "select code, state from dossier")}


def test_an_empty_sandbox_has_a_page_and_nothing_to_hand_in_again(browser: FlaskClient) -> None:
    shown = browser.get("/_sandbox/")
    assert shown.status_code == 200
    assert "Nộp trực tuyến thêm một hồ sơ" in shown.text
    assert browser.post("/_sandbox/another").status_code == 303


def test_a_person_hands_in_another_one_like_the_last(played: Program, browser: FlaskClient) -> None:
    code = browser.post("/_sandbox/submissions", json=WISH).json["code"]  # type: ignore[index]  # the answer is JSON
    browser.post("/_sandbox/another")
    assert len(dossiers(played)) == 2
    assert code in browser.get("/_sandbox/").text
    assert "0900000002" not in browser.get("/_sandbox/").text  # whose it is, is nobody's business here


def test_a_person_refuses_one_and_moves_time_on(played: Program, browser: FlaskClient) -> None:
    code = browser.post("/_sandbox/submissions", json=WISH).json["code"]  # type: ignore[index]  # the answer is JSON
    browser.post("/_sandbox/refuse", data={"code": code})
    browser.post("/_sandbox/step")
    with played.state.open() as db:
        assert [row["path"] for row in rows(db, "select path from outbox order by number")] == [
            "/api/v1/dossiers",
            "/api/v1/refusals",
        ]


def test_only_the_dossiers_of_its_desk_move_on(tmp_path: Path) -> None:
    played = program(tmp_path, desk="Bộ phận một cửa thử")
    with played.state.open() as db:
        for code, unit in (("A", "Bộ phận một cửa thử"), ("B", "Bộ phận khác"), ("C", desk.OURS)):
            one_stop.keep(db, code, 2, {"DonViXuLy": unit}, "tan-nha")
    assert played.world.advance()["dossiers"] == 2
    assert dossiers(played) == {"A": 4, "B": 2, "C": 4}


def test_mild_faults_are_for_the_first_start_alone(tmp_path: Path) -> None:
    first = program(tmp_path)
    first.faults.begin(mild=True)
    assert {kind: rate for kind, rate in first.faults.rates.items() if rate} == MILD
    first.app().test_client().post("/_sandbox/weather", data={"kind": "none"})
    second = program(tmp_path)
    second.faults.begin(mild=True)
    assert set(second.faults.rates.values()) == {0}


def test_nothing_mild_waits_for_a_person() -> None:
    assert MILD.keys().isdisjoint({"garbage", "truncated", "unknown_code"})


def test_no_procedure_of_ours_is_published_otherwise() -> None:
    """A demonstration reads the lists every night: an invented one must replace no real one."""
    ours = {procedure.code for procedure in read_procedures().procedures}
    assert ours.isdisjoint(DETAILS)
    assert {one["MATTHC"] for one in LISTED} == DETAILS.keys()
