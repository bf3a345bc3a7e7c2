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
from sqlalchemy import delete, func, select, text
from sqlalchemy.engine import make_url

from app.cli import main
from app.cli.archive import figures
from app.cli.backup import write_backup
from app.cli.backup_options import BackupOptions
from app.cli.restore import restore_backup
from app.cli.unpacking import Archive
from app.clock import make_clock
from app.config import Settings, SettingsError, load_keys
from app.database import connect, connect_as_owner
from app.domain.commands import HandOver
from app.domain.custody import Holder, Party
from app.models import Courier, CustodyEvent, Office, Parcel
from app.queries.custody.verification import verify
from app.services.desks.handover import hand_over
from tests.app.cli.conftest import enter

WITH_KEYS = BackupOptions(with_keys=True)


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
        taken = write_backup(demonstrated, file, WITH_KEYS)
        during = writer.moves - before
    restored = restore_backup(elsewhere, Archive(file), signed_by=taken["signed_by"])

    assert during > 0
    engine = connect_as_owner(elsewhere).engine
    with engine.connect() as connection:
        now = figures(connection)
    engine.dispose()
    assert {part: restored[part] for part in now} == {part: taken[part] for part in now}
    begun = {"epoch": taken["rows"]["epoch"] + 1}  # of what is restored, one row is its own
    assert now == {part: taken[part] for part in now} | {"rows": taken["rows"] | begun}
    database = connect(elsewhere)
    with database.transaction() as session:
        assert verify(session, load_keys(elsewhere)).clean
        assert session.scalar(select(func.count()).select_from(Office)) == 137
    database.engine.dispose()


@pytest.mark.parametrize("table", ["slot", "procrastinate_jobs"])  # that we count first; that pg_dump alone looks at
def test_a_backup_gives_up_waiting_for_a_locked_table_and_says_for_whom(
    demonstrated: Settings, tmp_path: Path, table: str
) -> None:
    (tmp_path / "a.tar").write_text("of the night before")
    administrator = connect_as_owner(demonstrated)
    with administrator.engine.connect() as console:
        console.execute(text(f"lock table {table} in access exclusive mode"))
        pid = console.scalar(text("select pg_backend_pid()"))
        with pytest.raises(
            SettingsError, match=rf"for 1 s a table was locked by session {pid} of role .* holds {table}"
        ):
            write_backup(demonstrated, tmp_path / "a.tar", BackupOptions(lock_s=1))
    administrator.engine.dispose()
    assert (tmp_path / "a.tar").read_text() == "of the night before"


def test_keys_come_back_closed_and_the_application_still_owns_nothing(
    demonstrated: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    taken = write_backup(demonstrated, tmp_path / "a.tar", WITH_KEYS)
    restore_backup(elsewhere, Archive(tmp_path / "a.tar"), signed_by=taken["signed_by"])

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
    assert main(["backup", str(tmp_path), "--with-keys", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    enter(elsewhere, monkeypatch)
    assert main(["restore", written["file"], "--signed-by", written["signed_by"]]) == 0
    assert "agree" in capsys.readouterr().out


def test_nobody_replaces_a_database_without_naming_it(
    terminal: Settings,
    elsewhere: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = write_backup(terminal, tmp_path / "a.tar", WITH_KEYS)
    enter(elsewhere, monkeypatch)
    restore = ["restore", str(tmp_path / "a.tar"), "--signed-by", written["signed_by"]]
    assert main(restore) == 0
    before = counted(elsewhere)
    capsys.readouterr()

    assert main(restore) == 2
    said = capsys.readouterr().err
    assert "--rehearse" in said
    assert "--replace" not in said  # whoever follows a hint wipes nothing
    for name in ([], ["another"]):
        assert main([*restore, "--replace", *name]) == 2
    assert counted(elsewhere) == before
    assert main([*restore, "--replace", str(make_url(elsewhere.database_url or "").database)]) == 0


def counted(settings: Settings) -> dict[str, object]:
    engine = connect_as_owner(settings).engine
    with engine.connect() as connection:
        found = figures(connection)
    engine.dispose()
    return found


def test_a_foreign_file_changes_nothing(elsewhere: Settings, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b"not a backup")
    with tarfile.open(tmp_path / "c.tar", "w"):
        pass

    for name in ("b.tar", "c.tar", "d.tar"):
        with pytest.raises(SettingsError, match=name):
            restore_backup(elsewhere, Archive(tmp_path / name))
