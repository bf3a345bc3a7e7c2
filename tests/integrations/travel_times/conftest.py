"""A real `osrm-routed` on roads that the tests write: its native programs come out of a wheel for another Python."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.crash.servers import free_port, until
from tests.integrations.travel_times.roads import Roads, as_osm, make_roads

WHEEL = "osrm-bindings==26.10.0"
HOME = Path(".cache") / "osrm"


@pytest.fixture(scope="session")
def osrm_programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of OSRM; fetched once a checkout. The wheel is for 3.12: pip is told to unpack it all the same."""
    home = HOME.resolve()
    if not (home / "osrm" / "bin" / "osrm-routed").exists():
        aside = tmp_path_factory.mktemp("osrm-wheel")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                   "--python-version", "3.12", "--platform", "manylinux_2_28_x86_64", "--only-binary=:all:",
                   "--no-deps", "--target", str(aside), WHEEL]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(aside, home, dirs_exist_ok=True)
    return home / "osrm"


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
    log = (folder / "routed.log").open("wb")
    command: list[str | Path] = [bins / "osrm-routed", "--algorithm", "ch", "-t", "1", "-i", "127.0.0.1", "-p", str(port),
               str(folder / "roads.osrm")]  # fmt: skip
    with subprocess.Popen(command, stdout=log, stderr=log) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            until(lambda: _answers(url))
            yield url
        finally:
            server.terminate()
            log.close()


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/nearest/v1/driving/108.1,14.0", timeout=2):
            return True
    except URLError as error:
        return getattr(error, "code", None) is not None
