"""A backup taken while others write is one moment, and what is restored from it is the same."""

from __future__ import annotations

import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.engine import URL

from app.cli import main
from app.cli.archive import figures
from app.cli.backup import write_backup
from app.cli.restore import restore_backup
from app.clock import make_clock
from app.config import Settings, SettingsError, load_keys
from app.database import connect, connect_as_owner
from app.domain.commands import HandOver
from app.domain.custody import Holder, Party
from app.models import Courier, CustodyEvent, Office, Parcel
from app.queries.custody.verification import verify
from app.services.desks.handover import hand_over
from tests.app.cli.conftest import enter


class Writer(threading.Thread):
    """Hands envelopes to and fro, one transaction after the other, until told to stop."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(daemon=True)
        self.settings, self.enough, self.begun, self.moves = settings, threading.Event(), threading.Event(), 0
        self.failure: Exception | None = None

    def run(self) -> None:
        database = connect(self.settings)
        try:
            while not self.enough.is_set():
                self._move(database.transaction)
                self.begun.set()
        except Exception as error:  # noqa: BLE001 (raised again where the test looks)
            self.failure = error
            self.begun.set()
        finally:
            database.engine.dispose()

    def _move(self, transaction: object) -> None:
        with transaction() as session:  # type: ignore[operator]  # Database.transaction
            courier = session.scalars(select(Courier).order_by(Courier.id).limit(1)).one()
            ways = [Party(Holder.OFFICE_SAFE, str(courier.office_id)), Party(Holder.COURIER, str(courier.id))]
            giver, taker = ways if self.moves % 2 == 0 else ways[::-1]
            held = select(Parcel.code).where(Parcel.holder == giver.holder, Parcel.holder_id == giver.id)
            code = session.scalars(held.order_by(Parcel.code).limit(1)).one()
            now = make_clock(self.settings).now() + timedelta(seconds=self.moves)
            hand_over(
                session,
                HandOver((code,), giver, taker, f"load-{self.moves}", now, now, by="staff:1", confirmed_by="courier:1"),
            )
        self.moves += 1


@contextmanager
def writing(settings: Settings) -> Iterator[Writer]:
    writer = Writer(settings)
    writer.start()
    assert writer.begun.wait(30)
    yield writer
    writer.enough.set()
    writer.join(30)
    assert writer.failure is None


def test_a_backup_under_load_restores_the_same_heads_and_counts(
    demonstrated: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "a.tar"
    load_keys(demonstrated)

    with writing(demonstrated) as writer:
        before = writer.moves
        taken = write_backup(demonstrated, file)
        during = writer.moves - before
    restored = restore_backup(elsewhere, file)

    assert during > 0
    engine = connect_as_owner(elsewhere).engine
    with engine.connect() as connection:
        now = figures(connection)
    engine.dispose()
    assert {part: restored[part] for part in now} == {part: taken[part] for part in now} == now
    database = connect(elsewhere)
    with database.transaction() as session:
        assert verify(session, load_keys(elsewhere)).clean
        assert session.scalar(select(func.count()).select_from(Office)) == 137
    database.engine.dispose()


def test_keys_come_back_closed_and_the_application_still_owns_nothing(
    demonstrated: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    write_backup(demonstrated, tmp_path / "a.tar")
    restore_backup(elsewhere, tmp_path / "a.tar")

    assert load_keys(elsewhere) == load_keys(demonstrated)
    assert (elsewhere.private / "secret-key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a.tar").stat().st_mode & 0o777 == 0o600
    database = connect(elsewhere)
    with pytest.raises(Exception, match="permission denied"), database.transaction() as session:
        session.execute(delete(CustodyEvent))
    database.engine.dispose()


def test_the_command_names_its_file_and_the_restore_says_that_it_agrees(
    terminal: Settings,
    elsewhere: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["backup", str(tmp_path), "--json"]) == 0
    file = json.loads(capsys.readouterr().out)["file"]
    enter(elsewhere, monkeypatch)
    assert main(["restore", file]) == 0
    assert "agree" in capsys.readouterr().out
    assert main(["restore", file]) == 2
    assert "--replace" in capsys.readouterr().err
    assert main(["restore", file, "--replace"]) == 0


def test_a_foreign_file_changes_nothing(elsewhere: Settings, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b"not a backup")
    with tarfile.open(tmp_path / "c.tar", "w"):
        pass

    for name in ("b.tar", "c.tar", "d.tar"):
        with pytest.raises(SettingsError, match=name):
            restore_backup(elsewhere, tmp_path / name)


def test_an_archive_that_was_tampered_with_is_noticed(
    demonstrated: Settings, elsewhere: Settings, server_url: URL, tmp_path: Path
) -> None:
    write_backup(demonstrated, tmp_path / "a.tar")
    folder = tmp_path / "opened"
    with tarfile.open(tmp_path / "a.tar") as archive:
        archive.extractall(folder, filter="data")
    contents = json.loads((folder / "list.json").read_text())
    contents["custody_heads"] = "0" * 64
    (folder / "list.json").write_text(json.dumps(contents))
    with tarfile.open(tmp_path / "b.tar", "w") as archive:
        archive.add(folder, arcname=".")

    with pytest.raises(SettingsError, match="custody_heads"):
        restore_backup(elsewhere, tmp_path / "b.tar")
