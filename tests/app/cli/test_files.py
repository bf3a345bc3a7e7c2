"""Files at the terminal: a forged one is named, and a backup carries them, wherever they lie."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from app.cli import main
from app.cli.backup import write_backup
from app.cli.backup_options import BackupOptions
from app.cli.restore import restore_backup
from app.cli.unpacking import Archive
from app.config import Settings, load_keys
from app.database import connect
from app.gateways import file_store, stored_file
from app.models import StoredFile
from app.services.evidence import vault
from app.worker.store_file import store_file
from tests.app.cli.conftest import enter
from tests.conftest import create_database
from tests.factories import NOW, make_courier
from tests.factories.files import Picture, bring, make_picture
from tests.factories.phone import make_device


@pytest.fixture
def house(server_url: URL, reference_template: str, worker_id: str, tmp_path: Path) -> Settings:
    """An installation with nothing in it but reference data."""
    url = create_database(server_url, f"cli_files_{worker_id}", reference_template)
    return Settings(var=tmp_path / "house", database_url=url.render_as_string(hide_password=False))


def keep(settings: Settings, count: int = 2, *, waiting: int = 1) -> list[Picture]:
    """Some files in the store and one that still waits for it."""
    database, keys = connect(settings), load_keys(settings)
    pictures = [make_picture(keys=keys) for _ in range(count + waiting)]
    with database.transaction() as session:
        device = make_device(session, make_courier(session))
        for picture in pictures:
            bring(session, picture, device, keys=keys)
    for picture in pictures[:count]:
        store_file(database, file_store(settings), picture.sha256, NOW, keys)
    database.engine.dispose()
    return pictures


def checked(capsys: pytest.CaptureFixture[str], code: int) -> dict[str, object]:
    assert main(["verify-custody", "--files", "--json"]) == code
    answer: dict[str, object] = json.loads(capsys.readouterr().out)["files"]
    return answer


def test_whole_files_are_clean(
    house: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(house, 22)
    enter(house, monkeypatch)
    assert checked(capsys, 0) == {"checked": 23, "broken": []}


def changed(settings: Settings, picture: Picture) -> None:
    body = bytearray(stored_file(settings, picture.sha256) or b"")
    body[len(body) // 2] ^= 1
    file_store(settings).put(picture.sha256, bytes(body))


def replaced(settings: Settings, picture: Picture) -> None:
    file_store(settings).put(picture.sha256, vault.close(load_keys(settings), picture.sha256, b"another picture"))


def removed(settings: Settings, picture: Picture) -> None:
    file_store(settings).delete(picture.sha256)


@pytest.mark.parametrize(
    ("harm", "what"), [(changed, "file_forged"), (replaced, "file_forged"), (removed, "file_missing")]
)
def test_a_forged_file_is_named(
    house: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    harm: Callable[[Settings, Picture], None],
    what: str,
) -> None:
    victim, *_ = keep(house)
    harm(house, victim)
    enter(house, monkeypatch)
    assert checked(capsys, 1) == {"checked": 3, "broken": [{"sha256": victim.sha256, "what": what}]}
    assert main(["verify-custody", "--files"]) == 1
    assert f"file {victim.sha256}: {what}" in capsys.readouterr().out
    assert main(["verify-custody"]) == 0  # the chain itself is whole


def test_a_forged_box_that_waits_for_the_store_is_named(
    house: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, waits = keep(house)
    database = connect(house)
    with database.transaction() as session:
        row = session.scalars(select(StoredFile).where(StoredFile.sha256 == waits.sha256)).one()
        row.body = waits.box[:-1] + bytes([waits.box[-1] ^ 1])
    database.engine.dispose()
    enter(house, monkeypatch)
    assert checked(capsys, 1)["broken"] == [{"sha256": waits.sha256, "what": "box_unreadable"}]


@pytest.mark.parametrize(("before", "after"), [("private", "private"), ("apart", "private"), ("private", "apart")])
def test_a_backup_carries_the_files_from_wherever_to_wherever_they_lie(
    house: Settings, elsewhere: Settings, tmp_path: Path, before: str, after: str
) -> None:
    if before == "apart":
        house = replace(house, files=f"file://{tmp_path}/kho-cu")
    if after == "apart":
        elsewhere = replace(elsewhere, files=f"file://{tmp_path}/kho-moi")
    pictures = keep(house)
    taken = write_backup(house, tmp_path / "a.tar", BackupOptions(with_keys=True))
    restore_backup(elsewhere, Archive(tmp_path / "a.tar"), signed_by=taken["signed_by"])
    keys = load_keys(elsewhere)
    for picture in pictures[:2]:
        assert vault.open_closed(keys, picture.sha256, stored_file(elsewhere, picture.sha256) or b"") == picture.plain
