"""OSRM's programs for tests, out of a wheel for another Python; and extracts of OpenStreetMap that tests write."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import osmium
from osmium.osm.mutable import Node, Way

from tests.crash.servers import until

Point = tuple[float, float]

WHEEL = "osrm-bindings==26.10.0"
HOME = Path(".cache") / "osrm"


def osrm_home(aside: Path) -> Path:
    """The folder of OSRM; fetched once a checkout. The wheel is for 3.12: pip is told to unpack it all the same."""
    home = HOME.resolve()
    if not (home / "osrm" / "bin" / "osrm-routed").exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                   "--python-version", "3.12", "--platform", "manylinux_2_28_x86_64", "--only-binary=:all:",
                   "--no-deps", "--target", str(aside), WHEEL]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(aside, home, dirs_exist_ok=True)
    return home / "osrm"


@contextmanager
def answering(command: Sequence[str | Path], port: int, log: Path, **env: str) -> Iterator[str]:
    """A road server as long as it is wanted, from when it answers."""
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said, env=env or None) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            until(lambda: _answers(url))
            yield url
        finally:
            server.terminate()


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/nearest/v1/driving/108.1,14.0", timeout=2):
            return True
    except URLError as error:
        return getattr(error, "code", None) is not None


def write_extract(path: Path, ways: Sequence[tuple[str, Sequence[Point]]]) -> None:
    """Roads (`highway`, places) as `.osm.pbf`; ends of ways that lie on one place share its node."""
    ids: dict[Point, int] = {}
    with osmium.SimpleWriter(path, overwrite=True) as writer:
        for place in (place for _, places in ways for place in places):
            if place not in ids:
                ids[place] = len(ids) + 1
                writer.add_node(Node(location=place, id=ids[place], version=1))
        for number, (highway, places) in enumerate(ways, start=1):
            nodes = [ids[place] for place in places]
            writer.add_way(Way(nodes=nodes, id=number, version=1, tags={"highway": highway}))
