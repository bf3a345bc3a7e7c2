"""A real `osrm-routed` on roads that the tests write."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.servers import free_port
from tests.fakes.osrm import answering, osrm_home
from tests.integrations.travel_times.roads import Roads, as_osm, make_roads


@pytest.fixture(scope="session")
def osrm_programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return osrm_home(tmp_path_factory.mktemp("osrm-wheel"))


@pytest.fixture(scope="session")
def roads() -> Roads:
    return make_roads(villages=40, seed=7)


@pytest.fixture(scope="session")
def osrm_url(osrm_programs: Path, roads: Roads, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("roads")
    (folder / "roads.osm").write_bytes(as_osm(roads))
    bins, port = osrm_programs / "bin", free_port()
    profile = osrm_programs / "share" / "profiles" / "car.lua"
    _run(bins / "osrm-extract", "-t", "1", "-p", str(profile), str(folder / "roads.osm"))
    _run(bins / "osrm-contract", "-t", "1", str(folder / "roads.osrm"))
    command: list[str | Path] = [bins / "osrm-routed", "--algorithm", "ch", "-t", "1", "-i", "127.0.0.1", "-p", str(port),
               str(folder / "roads.osrm")]  # fmt: skip
    with answering(command, port, folder / "routed.log") as url:
        yield url


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]
