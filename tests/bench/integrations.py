"""`python -m tests.bench.integrations`: 1,000 messages a minute, 100 of them to a partner that needs 5 s an answer.

Each row is one minute of promises and the time until they were sent: `control` without the slow partner's messages, `slow` with
them. `p95_s` and `most_s` are of the *other* partner's 900: from the promise's commit to the settlement. Target: ≤ 2 s p95. A
worker process, PostgreSQL and both partners run on this machine; the partners are threads that answer as the sandbox does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from app.cli.migrate import migrate_schema
from app.clock import Clock
from app.config import Settings
from app.database import Database, connect, make_engine, owner_url
from app.domain.dossier import DossierState
from app.gateways import known_links
from app.models import Dossier, Errand, OutboxMessage
from app.services.desks import dossier_steps
from app.services.outbox import changes, link_health
from app.worker.plan_process import settings_to_json
from tests.app.worker.joined import carrier_at, one_stop_at
from tests.conftest import create_database
from tests.factories import make_dossier, make_errand, make_request
from tests.factories.world import make_world
from tests.fakes.exchange import FakeExchange
from tests.fakes.partner import Partner, Reply, Sent
from tests.fakes.postal import SECRET, FakeHcc

SLOW_S, TARGET_S = 5.0, 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """One run; seconds."""

    at: str
    kind: str
    fast: int
    slow: int
    promised_s: float
    p50_s: float
    p95_s: float
    most_s: float
    slow_p50_s: float
    sent_s: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--fast", type=int, default=900)
    parser.add_argument("--slow", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0, help="over which they are promised")
    parser.add_argument("--results", type=Path, default=Path("var/bench.jsonl"))
    args = parser.parse_args()
    rows = [_run(args.fast, slow, args.seconds) for slow in (0, args.slow)]
    args.results.parent.mkdir(parents=True, exist_ok=True)
    with args.results.open("a") as results:
        for row in rows:
            sys.stdout.write("  ".join(f"{name}={value}" for name, value in asdict(row).items() if name != "at") + "\n")
            results.write(json.dumps({"part": "integrations", **asdict(row)}) + "\n")
    sys.stdout.write(
        f"target: p95 ≤ {TARGET_S} s with the slow partner: {'met' if rows[-1].p95_s <= TARGET_S else 'missed'}\n"
    )


def _run(fast: int, slow: int, seconds: float) -> Row:
    exchange, post = FakeExchange(), FakeHcc()

    def slowly(sent: Sent) -> Reply:
        if sent.path == "/post":
            time.sleep(SLOW_S)
        return post.answer(sent)

    with (
        tempfile.TemporaryDirectory(prefix="tannha-bench-") as name,
        Partner(exchange.answer) as one_stop,
        Partner(slowly) as carrier,
    ):
        folder = Path(name)
        settings = _settings(folder, one_stop_at(one_stop.url) + carrier_at(folder, carrier.url, "").replace(
            "read_s = 3", "read_s = 20").replace('secret_file = "secret"', 'secret_file = "post-secret"'))  # fmt: skip
        database = connect(settings)
        dossiers, errands = _rows(database, settings, fast, slow)
        worker = subprocess.Popen([sys.executable, "-m", "tests.app.worker.worker_process"], stdin=subprocess.PIPE)
        assert worker.stdin is not None
        with worker.stdin:
            worker.stdin.write(settings_to_json(settings))
        try:
            time.sleep(5)  # its cold start is another figure's
            began = Clock().now()
            _promise(database, dossiers, errands, seconds)
            promised_s = (Clock().now() - began).total_seconds()
            _wait(database, timedelta(seconds=seconds + slow * SLOW_S + 60))
            sent_s = (Clock().now() - began).total_seconds()
        finally:
            worker.terminate()
            worker.wait()
        fast_s, slow_s = _waits(database, "one_stop"), _waits(database, "vnpost")
        database.engine.dispose()
    return Row(
        at=began.isoformat(timespec="seconds"),
        kind="slow" if slow else "control",
        fast=len(fast_s),
        slow=len(slow_s),
        promised_s=round(promised_s, 1),
        p50_s=_at(fast_s, 0.5),
        p95_s=_at(fast_s, 0.95),
        most_s=_at(fast_s, 1.0),
        slow_p50_s=_at(slow_s, 0.5),
        sent_s=round(sent_s, 1),
    )


def _settings(folder: Path, links: str) -> Settings:
    (folder / "secret").write_text("bi-mat-khong-ai-biet")
    (folder / "post-secret").write_text(SECRET)
    (folder / "links.toml").write_text(links)
    settings = Settings(environment="test", var=folder / "var")
    url = create_database(owner_url(settings), "bench")
    owner = make_engine(url, pool_size=1)
    migrate_schema(owner)
    owner.dispose()
    named = url.render_as_string(hide_password=False)
    return replace(settings, database_url=named, links=folder / "links.toml")


def _rows(database: Database, settings: Settings, fast: int, slow: int) -> tuple[list[UUID], list[UUID]]:
    """Dossiers whose step is told to the exchange, and errands whose order goes to the carrier."""
    with database.transaction() as session:
        link_health.register(session, known_links(settings))
        world = make_world(session)
        dossiers, errands = [], []
        for number in range(fast + slow):
            request = make_request(session, unit=world.unit)
            dossier = make_dossier(session, request, code=f"H21.65-261124-{number:05d}", desk=world.desk,
                                   procedure=world.procedure)  # fmt: skip
            if number < fast:
                dossiers.append(dossier.id)
            else:
                errands.append(make_errand(session, request, dossiers=[dossier], slot=world.slot).id)
    return dossiers, errands


def _promise(database: Database, dossiers: Sequence[UUID], errands: Sequence[UUID], seconds: float) -> None:
    """Evenly over the time, mixed, each in a transaction of its own."""
    every = max(1, len(dossiers) // max(1, len(errands)))
    began, waiting = time.monotonic(), list(errands)
    for number, dossier_id in enumerate(dossiers):
        time.sleep(max(0.0, began + seconds * number / len(dossiers) - time.monotonic()))
        now = Clock().now()
        with database.transaction() as session:
            dossier = session.get_one(Dossier, dossier_id)
            dossier_steps.move(session, dossier, DossierState.ACCEPTED, by="staff:1", at=now, now=now)
            if waiting and number % every == 0:
                changes.errand_changed(session, session.get_one(Errand, waiting.pop()), now)


def _wait(database: Database, most: timedelta) -> None:
    until = Clock().now() + most
    while Clock().now() < until:
        with database.transaction() as session:
            if not session.scalar(select(func.count()).where(OutboxMessage.state == "queued")):
                return
        time.sleep(0.5)


def _waits(database: Database, link: str) -> list[float]:
    with database.transaction() as session:
        rows = session.execute(
            select(OutboxMessage.created_at, OutboxMessage.settled_at).where(OutboxMessage.link == link)
        ).all()
    late = datetime.max.replace(tzinfo=Clock().now().tzinfo)
    return sorted((min(late, row.settled_at or late) - row.created_at).total_seconds() for row in rows)


def _at(values: Sequence[float], part: float) -> float:
    return round(values[min(len(values) - 1, int(len(values) * part))], 3) if values else 0.0


if __name__ == "__main__":
    main()
