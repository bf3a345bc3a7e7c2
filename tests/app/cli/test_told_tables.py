"""`tannha staff import` and `tannha places import`: a rehearsal writes nothing, a wrong line is named and stops no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from app.cli import main
from app.config import Settings
from app.database import Database, connect
from app.models import Office, StaffAccount
from app.services.booking import slots
from tests.app.cli.conftest import enter
from tests.conftest import create_database


@pytest.fixture
def installation(
    server_url: URL,
    reference_template: str,
    worker_id: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Database]:
    url = create_database(server_url, f"cli_told_{worker_id}", reference_template)
    settings = Settings(var=tmp_path, database_url=url.render_as_string(hide_password=False))
    database = connect(enter(settings, monkeypatch))
    yield database
    database.engine.dispose()


def test_staff_come_from_a_file_after_a_rehearsal(
    installation: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nhan-vien.csv"
    file.write_text("username,name,role,office\nquay.mot,Người Thử,counter,BC23776\nquay.hai,Người Thử,counter,BC0\n")
    assert main(["staff", "import", str(file), "--dry-run", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert [(line["line"], line["verdict"], line["field"]) for line in told["lines"]] == [
        (2, "new", None), (3, "wrong", "office"),
    ]  # fmt: skip
    with installation.transaction() as session:
        assert session.scalars(select(StaffAccount)).all() == []
    assert main(["staff", "import", str(file)]) == 2
    said = capsys.readouterr().out
    assert "nhan-vien.csv, line 3, office: quay.hai wrong: " in said
    assert "1 new, 0 changed, 0 closed, 0 same, 1 wrong. The right lines are written." in said
    with installation.transaction() as session:
        assert session.scalars(select(StaffAccount.username)).all() == ["quay.mot"]


@pytest.mark.parametrize(("words", "counted"), [(["--dry-run"], 0), ([], 1)])
def test_a_rehearsal_keeps_no_slot_waiting(
    words: list[str], counted: int, installation: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who tells the lines has to know that all is taken back: else a rehearsal locks all slots of an office."""
    recounted: list[object] = []
    monkeypatch.setattr(slots, "recount", lambda *given: recounted.append(given))
    file = tmp_path / "nhan-vien.csv"
    file.write_text("username,name,role,office,phone\nbuu.ta,Người Thử,courier,BC23776,0900000101\n")
    assert main(["staff", "import", str(file), *words]) == 0
    assert len(recounted) == counted


def test_places_come_from_a_file(installation: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "noi.csv"
    file.write_text("code;name;opening_hours\nBC23776;Bưu cục Ia Krái Một;7:00–17:00\n")
    assert main(["places", "import", str(file)]) == 0
    assert "noi.csv, line 2: BC23776 changed (name, opening_hours)" in capsys.readouterr().out
    with installation.transaction() as session:
        assert session.scalars(select(Office.opening_hours).where(Office.code == "BC23776")).one() == "7:00–17:00"


def test_a_file_that_is_no_table_is_named(
    installation: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "noi.csv"
    file.write_bytes("mã".encode("utf-16"))
    assert main(["places", "import", str(file)]) == 2
    assert "noi.csv is UTF-16" in capsys.readouterr().err
    assert main(["places", "import", str(tmp_path / "none.csv")]) == 2
    assert "none.csv cannot be read" in capsys.readouterr().err
