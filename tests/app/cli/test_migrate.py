"""`tannha migrate` brings schema and reference data up to date, as often as one likes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from app.cli import main
from app.cli.migrate import bring_up_to_date, newest_step, operator_files
from app.clock import make_clock
from app.config import Settings, SettingsError
from app.database import Database, make_engine
from app.models import Unit
from tests.app.cli.conftest import enter
from tests.conftest import create_database


def test_a_second_run_changes_nothing(server_url: URL, settings: Settings) -> None:
    database = Database(make_engine(create_database(server_url, "test_cli_migrate"), pool_size=1))
    now = make_clock(settings).now()

    first, second = bring_up_to_date(database, now), bring_up_to_date(database, now)

    database.engine.dispose()
    assert (first.units, first.former_units) == (135, 373)
    assert first.changed > 1000
    assert second.changed == 0


def test_the_reference_fixture_holds_the_units(session: Session, reference: Session) -> None:
    assert reference is session
    assert session.scalar(select(func.count()).select_from(Unit)) == 135


def test_a_file_that_is_no_part_is_named_with_the_parts(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "tarif.csv").write_text("")

    with pytest.raises(SettingsError, match=r"tarif\.csv names no part .* tariff"):
        operator_files(replace(settings, var=tmp_path))


def test_a_file_of_the_operator_replaces_its_part(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "reference").mkdir()
    file = tmp_path / "reference" / "offices.geojson"
    file.write_text("{}")

    assert operator_files(replace(settings, var=tmp_path)) == {"offices": file}


@pytest.mark.parametrize("name", ["offices.CSV", "Offices.xlsx", "units.GEOJSON"])
def test_a_file_counts_however_its_name_is_cased(settings: Settings, tmp_path: Path, name: str) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / name).touch()
    assert [path.name for path in operator_files(replace(settings, var=tmp_path)).values()] == [name]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["offices.csv", "offices.geojson"], "both give the part offices: keep one of them"),
        (["offices.xls"], "is none of .csv, .geojson, .json, .xlsx"),
    ],
)
def test_no_file_is_passed_over_in_silence(settings: Settings, tmp_path: Path, names: list[str], said: str) -> None:
    (tmp_path / "reference").mkdir()
    for name in (*names, ".DS_Store", "~$offices.xlsx"):
        (tmp_path / "reference" / name).touch()
    with pytest.raises(SettingsError, match=said):
        operator_files(replace(settings, var=tmp_path))


def test_a_schema_goes_back_only_where_the_database_is_named(
    new_installation: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(new_installation, monkeypatch)
    assert main(["migrate", "--down-to", "0027"]) == 2
    name = make_url(new_installation.database_url or "").database
    assert f"--database {name}" in capsys.readouterr().err
    assert main(["migrate", "--down-to", "27", "--database", str(name)]) == 2
    assert "There is no step '27'" in capsys.readouterr().err
    engine = make_engine(make_url(new_installation.database_url or ""), pool_size=1)
    with engine.begin() as connection:
        assert connection.scalar(text("select version_num from alembic_version")) == newest_step()
        waits = "insert into procrastinate_jobs (queue_name, task_name, args) values ('sys', 'x', '{\"a\": 1, \"_trail\": {}}')"
        connection.execute(text(waits))

    assert main(["migrate", "--down-to", "0027", "--database", str(name)]) == 0
    with engine.begin() as connection:
        assert connection.scalar(text("select version_num from alembic_version")) == "0027"
        assert connection.scalar(text("select args from procrastinate_jobs")) == {"a": 1}  # as an older worker reads it
    assert main(["migrate"]) == 0
    engine.dispose()
