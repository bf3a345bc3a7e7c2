"""Roads prepared from an extract by OSRM's own programs, for motorbikes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrations.travel_times import UNREACHABLE, Osrm, OsrmPrograms, RoadsNotPrepared
from routing.matrix import Geodesic
from tests.crash.servers import free_port
from tests.fakes.osrm import answering, write_extract
from tests.integrations.travel_times.roads import Roads

WEST, EAST, NORTH = (108.0, 13.9), (108.1, 13.9), (108.05, 14.0)


@pytest.fixture
def programs(osrm_programs: Path) -> OsrmPrograms:
    found = OsrmPrograms.found(osrm_programs)
    assert found is not None
    return found


@contextmanager
def served(programs: OsrmPrograms, extract: Path, folder: Path) -> Iterator[str]:
    port = free_port()
    command = programs.serving(programs.prepare(extract, folder), "127.0.0.1", port)
    with answering(command, port, folder / "log") as url:
        yield url


def test_an_extract_is_served_as_the_roads_it_holds(programs: OsrmPrograms, roads: Roads, tmp_path: Path) -> None:
    extract = tmp_path / "roads.osm.pbf"
    write_extract(extract, [("tertiary", way) for way in roads.ways])
    with served(programs, extract, tmp_path) as url:
        places = (*roads.villages[:10], roads.island)
        metres = Osrm({"motorbike": url}).block("motorbike", places, places)[1]
    assert (metres[:10, :10] >= Geodesic(detour=0.99).block("motorbike", places, places)[1][:10, :10]).all()
    assert (metres[:10, :10] < UNREACHABLE).all()
    assert (metres[10, :10] == UNREACHABLE).all()


@pytest.mark.parametrize(("straight", "around"), [("motorway", 1), ("path", 0), ("primary", 0)])
def test_motorbikes_keep_off_expressways_and_know_the_paths(
    programs: OsrmPrograms, tmp_path: Path, straight: str, around: int
) -> None:
    extract = tmp_path / "roads.osm.pbf"
    write_extract(extract, [(straight, (WEST, EAST)), ("footway", (WEST, NORTH)), ("track", (WEST, NORTH, EAST))])
    with served(programs, extract, tmp_path) as url:
        metres = Osrm({"motorbike": url}).block("motorbike", [WEST], [EAST])[1][0, 0]
    assert (metres > 20_000) == around


def test_no_road_is_ridden_faster_than_fifty(programs: OsrmPrograms, tmp_path: Path) -> None:
    extract = tmp_path / "roads.osm.pbf"
    write_extract(extract, [("trunk", (WEST, EAST))])
    with served(programs, extract, tmp_path) as url:
        seconds, metres = (table[0, 0] for table in Osrm({"car": url}).block("car", [WEST], [EAST]))
    assert metres / seconds * 3.6 <= 50.5


def test_the_server_logs_no_door(programs: OsrmPrograms, tmp_path: Path) -> None:
    extract = tmp_path / "roads.osm.pbf"
    write_extract(extract, [("tertiary", (WEST, EAST))])
    with served(programs, extract, tmp_path) as url:
        Osrm({"car": url}).block("car", [WEST], [EAST])
    assert "13.9" not in (tmp_path / "log").read_text()


def test_an_extract_is_prepared_once(programs: OsrmPrograms, tmp_path: Path) -> None:
    extract = tmp_path / "roads.osm.pbf"
    write_extract(extract, [("tertiary", (WEST, EAST))])
    first = programs.prepare(extract, tmp_path / "var")
    made = {path: path.stat().st_mtime_ns for path in first.parent.iterdir()}
    assert programs.prepare(extract, tmp_path / "var") == first
    assert {path: path.stat().st_mtime_ns for path in first.parent.iterdir()} == made
    write_extract(extract, [("tertiary", (WEST, NORTH))])
    assert programs.prepare(extract, tmp_path / "var") != first


def test_another_version_of_the_programs_prepares_its_own(programs: OsrmPrograms, tmp_path: Path) -> None:
    extract = tmp_path / "roads.osm.pbf"
    write_extract(extract, [("tertiary", (WEST, EAST))])
    first = programs.prepare(extract, tmp_path / "var")
    newer = OsrmPrograms(tmp_path / "newer")
    (newer.home / "bin").mkdir(parents=True)
    (newer.home / "share").symlink_to(programs.home / "share")
    for program in ("osrm-extract", "osrm-partition", "osrm-customize"):
        (newer.home / "bin" / program).symlink_to(programs.home / "bin" / program)
    (newer.home / "bin" / "osrm-routed").write_text("#!/bin/sh\necho v99.1\n")
    (newer.home / "bin" / "osrm-routed").chmod(0o755)
    assert newer.prepare(extract, tmp_path / "var") != first


def test_what_is_no_extract_is_told_and_leaves_nothing_behind(programs: OsrmPrograms, tmp_path: Path) -> None:
    extract = tmp_path / "roads.osm.pbf"
    extract.write_bytes(b"no roads in here")
    with pytest.raises(RoadsNotPrepared, match="osrm-extract could not read the roads"):
        programs.prepare(extract, tmp_path / "var")
    assert list((tmp_path / "var").iterdir()) == []


def test_a_folder_without_the_programs_is_none_of_osrm(tmp_path: Path) -> None:
    assert OsrmPrograms.found(tmp_path) is None
