"""`tannha demo`: one day made and begun, then the next; and what stands in the way is said in a sentence."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from app.cli import main
from app.cli.embedded import forget_the_dead
from app.clock import local_day, make_clock
from app.config import Settings, load_keys
from app.database import connect
from app.models import CustodyDigest, Errand, HandoverCode, Plan, ServiceRequest, Slot
from app.services.messaging.handover_codes import reveal
from tests.app.cli.conftest import enter
from tests.conftest import create_database


@pytest.fixture
def referenced(
    server_url: URL, reference_template: str, worker_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A new installation after `tannha migrate`."""
    url = create_database(server_url, f"cli_demo_made_{worker_id}", reference_template)
    return enter(Settings(var=tmp_path, database_url=url.render_as_string(hide_password=False)), monkeypatch)


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["demo", *arguments, "--seconds", "1", "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_the_day_begins_planned_and_goes_on_to_the_next(
    referenced: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    made = answered(capsys, "--day", "2026-12-04", "--errands", "8")
    assert made["plan"]["state"] == "published"
    assert (made["plan"]["errands"], made["plan"]["violations"]) == (8, 0)
    assert f"{make_clock(referenced).now():%Y-%m-%dT%H:%M}" == "2026-12-04T00:30"

    gone_on = answered(capsys, "--advance")

    assert gone_on["day"] == "2026-12-07"  # over the weekend
    assert local_day(make_clock(referenced).now()).isoformat() == "2026-12-07"
    database = connect(referenced)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Plan).where(Plan.state == "published")) == 2
        assert session.scalar(select(CustodyDigest.id).limit(1)) is not None
    database.engine.dispose()


def test_every_seeded_delivery_by_code_has_its_code_on_the_board_of_messages(
    referenced: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(capsys, "--day", "2026-12-04", "--errands", "8", "--unplanned")
    board = (referenced.private / "sms").read_text()
    told = select(ServiceRequest.reference, HandoverCode).join(Errand, Errand.id == HandoverCode.errand_id)
    database = connect(referenced)
    with database.transaction() as session:
        of_today = told.join(ServiceRequest, ServiceRequest.id == Errand.request_id).where(Errand.state == "scheduled")
        of_today = of_today.join(Slot, Slot.id == Errand.slot_id).where(Slot.day == date(2026, 12, 4))
        codes = [(name, reveal(row, load_keys(referenced))) for name, row in session.execute(of_today)]
    database.engine.dispose()
    assert codes
    assert [name for name, code in codes if not any(name in line and code in line for line in board.splitlines())] == []


def test_a_closed_day_and_a_missing_demonstration_are_sentences(
    referenced: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    assert main(["demo", "--day", "2026-12-05"]) == 2
    assert "05/12/2026 không phải ngày làm việc" in capsys.readouterr().err
    assert main(["demo", "--advance"]) == 2
    assert "run `tannha demo` first" in capsys.readouterr().err
    monkeypatch.setenv("TANNHA_NOW", "2026-12-01T07:30+07:00")
    assert main(["demo"]) == 2
    assert "TANNHA_NOW" in capsys.readouterr().err


def test_a_killed_process_is_no_user_of_the_embedded_server_any_more(tmp_path: Path) -> None:
    users = tmp_path / "db" / "pg" / ".handle_pids.json"
    users.parent.mkdir(parents=True)
    users.write_text(json.dumps([os.getpid(), 2**22 + 1]))

    forget_the_dead(Settings(var=tmp_path))

    assert json.loads(users.read_text()) == [os.getpid()]
