"""`tannha plan`: the whole road of a plan without a worker, and what it prints and writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.cli import main
from app.config import Settings
from app.database import Database, connect
from app.models import Planning, Procedure
from routing.evaluate import evaluate
from routing.vroom_json import plan_from_json, problem_from_json
from tests.factories.planning import PlannableDay, make_day

SAID = {
    "errands",
    "served",
    "unserved",
    "couriers",
    "distance_m",
    "duration_s",
    "cost",
    "violations",
    "engine",
    "wall_s",
}


@pytest.fixture
def installed(new_installation: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    assert new_installation.database_url is not None
    assert new_installation.now is not None
    monkeypatch.setenv("DATABASE_URL", new_installation.database_url)
    monkeypatch.setenv("TANNHA_VAR", str(new_installation.var))
    monkeypatch.setenv("TANNHA_NOW", new_installation.now)
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    return new_installation


@pytest.fixture
def database(installed: Settings) -> Iterator[Database]:
    database = connect(installed)
    yield database
    database.engine.dispose()


@pytest.fixture
def day(database: Database) -> PlannableDay:
    with database.transaction() as session:
        made = make_day(session, offices=2, errands=3)
        made.shifts[1].works = False
        return made


def planned(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    assert main(["plan", "--day", "2026-12-01", "--seconds", "1", "--engine", "insertion", "--json", *more]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_it_counts_errands_and_names_what_is_left_out(day: PlannableDay, capsys: pytest.CaptureFixture[str]) -> None:
    answer = planned(capsys)
    assert answer.keys() >= SAID
    assert (answer["errands"], answer["served"], answer["couriers"], answer["violations"]) == (6, 3, 1, 0)
    out_of_reach = {str(errand.id) for errand in day.errands if errand.office_id == day.offices[1].id}
    assert {(left["errand"], left["reason"]) for left in answer["unserved"]} == {
        (errand, "no_courier") for errand in out_of_reach
    }
    assert answer["state"] == "draft"


def test_it_plans_the_named_offices_and_publishes_when_told(
    day: PlannableDay, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = planned(capsys, "--offices", day.offices[0].code, "--publish")
    assert (answer["errands"], answer["served"], answer["state"]) == (3, 3, "published")


def test_the_dump_is_a_problem_and_a_plan_that_an_outsider_judges_the_same(
    day: PlannableDay, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = planned(capsys, "--offices", day.offices[0].code, "--dump", str(tmp_path / "dump"))
    problem = problem_from_json(json.loads((tmp_path / "dump" / "problem.json").read_text()))
    plan, _ = plan_from_json(json.loads((tmp_path / "dump" / "plan.json").read_text()))
    judged = evaluate(problem, plan)
    assert judged.violations == ()
    assert (judged.distance, judged.cost, judged.duration) == (
        answer["distance_m"],
        answer["cost"],
        answer["duration_s"],
    )


def test_an_unknown_office_is_named_with_the_way_out(day: PlannableDay, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--day", "2026-12-01", "--offices", f"{day.offices[0].code},KHÔNG-CÓ"]) == 2
    assert "Không có bưu cục mang mã KHÔNG-CÓ" in capsys.readouterr().err


def test_no_order_is_left_behind_as_running(
    day: PlannableDay, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    planned(capsys)
    with database.transaction() as session:
        assert session.scalars(select(Planning.state)).all() == ["done"]
    assert len(day.offices) == 2


def test_what_is_left_out_has_a_sentence_and_a_way_out(day: PlannableDay, capsys: pytest.CaptureFixture[str]) -> None:
    answer = planned(capsys)
    assert {left["sentence"] for left in answer["unserved"]} == {
        "Bưu cục không có bưu tá làm việc hôm đó. Xin xếp ca hoặc hẹn ngày khác."
    }
    assert all({"relaxation", "way_out"} <= left.keys() for left in answer["unserved"])
    assert len(day.errands) == 6


def test_the_balance_asked_for_is_told_with_its_price(day: PlannableDay, capsys: pytest.CaptureFixture[str]) -> None:
    assert planned(capsys)["balance"] is None
    told = planned(capsys, "--balance", "30")["balance"]
    assert told["most"] == 1800
    assert {"before", "after", "offices", "unmet", "distance_delta", "cost_delta"} < told.keys()
    assert len(day.offices) == 2


def test_home_and_free_are_compared_with_the_saving(
    day: PlannableDay, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.transaction() as session:
        session.execute(update(Procedure).values(boundary_free=True))
    answer = planned(capsys, "--compare")
    saved = answer["free_saves"]
    assert saved["home"] == answer["plan"]
    assert saved["free"] != saved["home"]
    assert saved["served"] == 3  # the office without a courier: only another office's can come
    assert {"distance_m", "all_m", "riding_s", "couriers", "cost"} < saved.keys()
    assert len(day.offices) == 2


@pytest.mark.parametrize("asked", ["home", "free"])
def test_home_is_planned_first_whatever_was_asked_for(
    asked: str, day: PlannableDay, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = planned(capsys, "--compare", "--assignment", asked)
    saved = answer["free_saves"]
    assert answer["assignment"] == asked
    assert saved["home"] < saved["free"]
    assert answer["plan"] == saved[asked]
    assert len(day.offices) == 2


def test_the_sentence_names_the_saving_and_what_is_left_out(
    day: PlannableDay, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["plan", "--day", "2026-12-01", "--seconds", "1", "--engine", "insertion", "--compare", "--balance", "60"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "against home" in said
    assert str(day.errands[3].id) in said


def test_a_balance_out_of_range_is_refused(day: PlannableDay, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--day", "2026-12-01", "--balance", "1"]) == 2
    assert "Mức chênh giờ làm phải từ 5 đến 600 phút." in capsys.readouterr().err
    assert len(day.offices) == 2
