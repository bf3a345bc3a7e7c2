"""`python -m tests.bench.sync`: operations of phones come home.

`ratio`: operations a second through `services.sync` (JSON read, boxes opened, rules applied, committed) against inserting
the same rows of every table they write, one flush an operation, one commit per 50, same process, no HTTP. Target ≥ 0.2.
`flood`: 200 phones with 50 operations each over real HTTP, a granian server and PostgreSQL on this machine. Target ≤ 60 s.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text
from sqlalchemy.engine import URL

from app.cli.migrate import migrate_schema
from app.clock import Clock
from app.config import Keys, Settings, load_keys, load_settings
from app.database import APP_ROLE, Database, make_engine, owner_url
from app.models import Parcel
from app.schemas.operations import BatchSchema, WireReader
from app.services import sync
from tests.bench.couriers import OPERATIONS, Day, make_days
from tests.bench.rows import rows_of
from tests.conftest import create_database
from tests.crash.servers import free_port, until
from tests.factories.custody import AT_THE_DOOR
from tests.fakes.phone import API, HttpLine, LineDropped, Reply

TARGET_RATIO, TARGET_FLOOD_S = 0.2, 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """One run. `ops_s`: operations a second; `rows_s`: the same operations, when their rows are only inserted."""

    at: str
    figure: str
    operations: int
    rows: int
    ops_s: float
    rows_s: float
    ratio: float
    seconds: float
    cpu_s: float  # of web and database together: what a busy machine does not change much
    applied_percent: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--phones", type=int, default=200, help="of the flood")
    parser.add_argument("--sample", type=int, default=20, help="phones of the ratio")
    parser.add_argument("--clients", type=int, default=8, help="requests at once")
    parser.add_argument("--processes", type=int, default=2, help="web processes")
    parser.add_argument("--results", type=Path, default=Path("var/bench.jsonl"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tannha-bench-") as folder:
        settings = load_settings({**os.environ, "TANNHA_VAR": folder})
        server = owner_url(settings)  # the embedded server stays up as long as this process
        rows = [_ratio(server, load_keys(settings), args.sample)] if args.sample else []
        rows += [_flood(server, settings, args)] if args.phones else []
    for row in rows:
        _say("  ".join(f"{name}={value}" for name, value in asdict(row).items() if name != "at"))
    args.results.parent.mkdir(parents=True, exist_ok=True)
    with args.results.open("a") as results:
        results.writelines(json.dumps({"part": "sync", **asdict(row)}) + "\n" for row in rows)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _country(server: URL, name: str, phones: int, keys: Keys) -> tuple[URL, list[Day]]:
    """A database of its own, with the morning of so many couriers."""
    began = time.perf_counter()
    url = create_database(server, name)
    owner = make_engine(url, pool_size=1)
    migrate_schema(owner)
    with Database(owner).transaction() as session:
        days = make_days(session, phones, keys)
    owner.dispose()
    _say(f"{phones} couriers made in {time.perf_counter() - began:.0f} s")
    return url, days


# -- in this process


def _ratio(server: URL, keys: Keys, phones: int) -> Row:
    url, days = _country(server, "ratio", phones, keys)
    copy = create_database(server, "ratio_rows", template="ratio")
    bodies = [day.phone.batch(day.phone.queue) for day in days]
    engine = make_engine(url, role=APP_ROLE)
    database = Database(engine)
    began, burnt, answers = time.perf_counter(), time.process_time(), []
    for day, body in zip(days, bodies, strict=True):
        sent = BatchSchema().load(json.loads(body))
        with database.transaction() as session:
            answer = sync.receive(session, day.device.id, sent, WireReader(), keys, AT_THE_DOOR)
        json.dumps(answer)
        answers += answer["answers"]
    taken_s, cpu_s = time.perf_counter() - began, time.process_time() - burnt
    with database.transaction() as session:
        written = [rows_of(session, operation.header) for day in days for operation in day.phone.written]
    engine.dispose()
    inserted_s = _insert(copy, written)
    count = len(answers)
    return Row(
        at=_now(),
        figure="ratio",
        operations=count,
        rows=sum(map(len, written)),
        ops_s=round(count / taken_s, 1),
        rows_s=round(count / inserted_s, 1),
        ratio=round(inserted_s / taken_s, 3),
        seconds=round(taken_s, 2),
        cpu_s=round(cpu_s, 2),
        applied_percent=_applied(answers),
    )


def _insert(url: URL, written: Sequence[Sequence[Any]]) -> float:
    """The control: nothing but the rows."""
    engine = make_engine(url, role=APP_ROLE)
    database = Database(engine)
    began = time.perf_counter()
    for first in range(0, len(written), OPERATIONS):
        with database.transaction() as session:
            for rows in written[first : first + OPERATIONS]:
                if isinstance(rows[0], Parcel):  # the envelope first: its event points at it without a relationship
                    session.add(rows[0])
                    session.flush()
                session.add_all(rows)
                session.flush()
    seconds = time.perf_counter() - began
    engine.dispose()
    return seconds


def _applied(answers: Iterable[dict[str, Any]]) -> float:
    results = [answer["result"] for answer in answers]
    return round(100 * results.count("applied") / max(1, len(results)), 1)


# -- over HTTP


def _flood(server: URL, settings: Settings, args: argparse.Namespace) -> Row:
    url, days = _country(server, "flood", args.phones, load_keys(settings))
    port = free_port()
    environment = {
        **os.environ,
        "TANNHA_VAR": str(settings.var),
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "TANNHA_NOW": AT_THE_DOOR.isoformat(),
    }
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--processes", str(args.processes)]
    postgres = int((settings.var / "db" / "pg" / "postmaster.pid").read_text().split()[0])
    web = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    line = HttpLine(f"http://127.0.0.1:{port}")
    try:
        until(lambda: _answers(line))
        bodies = [(day.phone.upload_token, day.phone.batch(day.phone.queue)) for day in days]
        began, before = time.perf_counter(), _cpu_s(web.pid) + _cpu_s(postgres)
        with ThreadPoolExecutor(args.clients) as phones:
            replies = list(phones.map(lambda one: _send(line, *one), bodies))
        seconds, cpu_s = time.perf_counter() - began, _cpu_s(web.pid) + _cpu_s(postgres) - before
    finally:
        web.terminate()
        web.wait()
    answers = [answer for reply in replies for answer in reply.body.get("answers", [])]
    _check_home(url, len(days) * OPERATIONS)
    return Row(
        at=_now(),
        figure="flood",
        operations=len(answers),
        rows=0,
        ops_s=round(len(answers) / seconds, 1),
        rows_s=0.0,
        ratio=0.0,
        seconds=round(seconds, 1),
        cpu_s=round(cpu_s, 1),
        applied_percent=_applied(answers),
    )


def _send(line: HttpLine, token: str, body: bytes) -> Reply:
    """As a phone does: until there is an answer."""
    while True:
        with suppress(LineDropped):
            return line.ask("POST", f"{API}/ops", token, body, {})


def _cpu_s(pid: int) -> float:
    """Of a process and all below it that live."""
    root = psutil.Process(pid)
    return sum(sum(process.cpu_times()[:2]) for process in (root, *root.children(recursive=True)))


def _answers(line: HttpLine) -> bool:
    try:
        return line.ask("GET", "/healthz", "", b"", {}).status > 0
    except LineDropped:
        return False


def _check_home(url: URL, expected: int) -> None:
    engine = make_engine(url, pool_size=1)
    with engine.connect() as connection:
        home = connection.execute(text("select count(*) from operation")).scalar_one()
    engine.dispose()
    if home != expected:
        raise SystemExit(f"{home} of {expected} operations are home")


def _now() -> str:
    return Clock().now().isoformat(timespec="seconds")


if __name__ == "__main__":
    main()
