"""From an extract of OpenStreetMap to a plan along its roads: `tannha roads` as a supervisor runs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.clock import Clock
from app.config import Settings
from app.database import Database
from app.gateways.roads import travel_times
from app.models import Desk, Office, Place, Stop
from app.worker.carry_out import carry_out
from routing.matrix import Geodesic
from tests.crash.servers import free_port
from tests.factories.planning import make_day, make_planning
from tests.factories.times import NOW
from tests.fakes.osrm import answering, osrm_home, write_extract


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return osrm_home(tmp_path_factory.mktemp("osrm-wheel"))


@pytest.fixture
def planning_id(database: Database) -> int:
    with database.transaction() as session:
        make_day(session, errands=6)
        return make_planning(session, engine="insertion").id


@pytest.fixture
def extract(database: Database, planning_id: int, tmp_path: Path) -> Path:
    """From each place of the day a road eleven kilometres south, and one that joins their ends: far from straight."""
    del planning_id
    with database.transaction() as session:
        rows = [row for table in (Office, Desk, Place) for row in session.execute(select(table.lon, table.lat))]
    places = sorted({(float(row.lon), float(row.lat)) for row in rows})
    corners = [(lon, 13.8) for lon, _ in places]
    ways = [("tertiary", (place, corner)) for place, corner in zip(places, corners, strict=True)]
    path = tmp_path / "gia-lai.osm.pbf"
    write_extract(path, [*ways, ("tertiary", sorted(set(corners)))])
    return path


@pytest.fixture
def url(new_installation: Settings, extract: Path, programs: Path) -> Iterator[str]:
    """The command as a supervisor runs it."""
    port = free_port()
    code = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "roads", str(extract), "--programs", str(programs), "--port", str(port)]
    with answering(command, port, new_installation.var / "log", TANNHA_VAR=str(new_installation.var)) as url:
        yield url


def test_a_plan_rides_on_the_roads_of_the_extract(database: Database, planning_id: int, url: str) -> None:
    done = carry_out(database, planning_id, Clock(fixed=NOW), travel_times(url))
    assert done is not None
    assert (done.plan.served, done.plan.ways) == (6, None)
    with database.transaction() as session:
        homes = [(place.lon, place.lat) for place in session.scalars(select(Place))]
        ridden = session.scalars(select(Stop.distance_m)).all()
    longest = Geodesic(detour=1.0).block("motorbike", homes, homes)[1].max()
    assert len(ridden) == 6
    assert min(ridden) > 2 * longest
