"""A backup under load, some two hundred acts more, the database lost, the backup restored: the phones bring the day back.

`make test`: 6 couriers, 72 acts while the backup is written, 228 after it. `make crash PART=lost_day`: 50 couriers, 9,800 acts
around the backup, 200 after it. Web, worker and phones are the real ones; not one act is lost or doubled, every chain is whole,
every photograph is there. The long form appends its figures to `var/crash.jsonl`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from urllib.request import urlopen

import pytest
from sqlalchemy import func, select

from app.cli.age_pipe import make_identity
from app.cli.backup import write_backup
from app.cli.backup_options import BackupOptions
from app.cli.restore import restore_backup
from app.cli.unpacking import Archive
from app.config import load_keys
from app.database import Database, connect
from app.models import Operation
from tests.crash.results import note
from tests.crash.riders import Rider
from tests.crash.servers import Servers, until
from tests.crash.test_sync import FULL, SIZE, Kills, check, database, jobs_left, make_riders, servers, settings

__all__ = ["database", "servers", "settings"]  # fixtures

BEFORE = 51 if FULL else 0  # stages of `Kills.share` that are over when the backup is complete


@pytest.mark.timeout(2400 if FULL else 240)
def test_a_lost_day_comes_back_from_the_phones(servers: Servers, database: Database, tmp_path: Path) -> None:
    identity = tmp_path / "identity.txt"
    options = BackupOptions(recipient=make_identity(identity))
    load_keys(servers.settings)
    stages = Kills(servers, Random(1))
    stages.done["before"] = BEFORE
    with database.transaction() as session:
        riders = make_riders(session, servers, stages.share, SIZE)
    threads = [rider.start() for rider in riders]
    try:
        until(lambda: sum(len(rider.phone.answers) for rider in riders) > SIZE.couriers, 120)
        began, home = time.monotonic(), [answered_in(servers)]
        write_backup(servers.settings, tmp_path / "a.tar.age", options)  # while all of them write and send
        backup_s = time.monotonic() - began
        home.append(answered_in(servers))
        stages.done["after"] = SIZE.kills - BEFORE
        until(lambda: not any(thread.is_alive() for thread in threads), 1200 if FULL else 120)
        until(lambda: not jobs_left(database), 300)
    finally:
        for rider in riders:
            rider.over.set()
        for thread in threads:
            thread.join(60)
    assert [rider.fault for rider in riders if rider.fault is not None] == []
    figures = check(database, servers.settings, riders, SIZE)
    copied, restore_s = lose_and_restore(servers, database, Archive(tmp_path / "a.tar.age", identity))
    began = time.monotonic()
    come_back(servers, riders)
    until(lambda: not jobs_left(database), 300)
    again = check(
        database, servers.settings, riders, SIZE
    )  # in another order: what was looked at then may be plain now
    assert again | {"applied": figures["applied"]} == figures
    if FULL:
        note(
            "lost_day", couriers=SIZE.couriers, acts=figures["operations"], in_the_copy=copied,
            brought_back=figures["operations"] - copied, lost=0, doubled=0, files=figures["files"],
            archive_mb=round((tmp_path / "a.tar.age").stat().st_size / 1e6, 1), backup_s=round(backup_s, 1),
            home_page_s=[round(one, 2) for one in home], restore_s=round(restore_s, 1),
            phones_back_s=round(time.monotonic() - began, 1),
        )  # fmt: skip


def answered_in(servers: Servers) -> float:
    began = time.monotonic()
    with urlopen(servers.url, timeout=30) as answer:
        assert answer.status == 200
    return time.monotonic() - began


def lose_and_restore(servers: Servers, database: Database, archive: Archive) -> tuple[int, float]:
    """What the restored database knows of the day before the phones come, and how long it took."""
    for process in ("web", "worker"):
        servers.kill(process)
    database.engine.dispose()
    began = time.monotonic()
    restore_backup(servers.settings, archive, replace=True)
    seconds = time.monotonic() - began
    again = connect(servers.settings)
    with again.transaction() as session:
        copied = session.scalar(select(func.count()).select_from(Operation)) or 0
    again.engine.dispose()
    servers.start()
    return copied, seconds


def come_back(servers: Servers, riders: Sequence[Rider]) -> None:
    """Each phone comes into contact, hears that the database is another one, and sends what it still holds."""
    for rider in riders:
        rider.phone.ask_status(rider.line)
        rider.phone.sync(rider.line)
    assert not [one for rider in riders for one in rider.phone.queue]
    assert servers.answers()
