"""`tannha roads`, where it has nothing to serve. Serving: tests/app/worker/test_roads_from_a_file.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main
from tests.fakes.osrm import osrm_home


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
