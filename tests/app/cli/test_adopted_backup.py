"""An archive of before there were signatures comes back, but only when somebody says that he knows it."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.cli import main
from app.cli.age_pipe import make_identity
from app.cli.archive import figures, private_files
from app.cli.pg_tools import dumping
from app.cli.rehearsal import rehearse
from app.cli.restore import restore_backup
from app.cli.unpacking import Archive
from app.config import Settings, SettingsError, load_keys
from app.database import connect_as_owner
from app.gateways import stored_file
from app.services.evidence import vault
from tests.app.cli.conftest import enter
from tests.app.cli.test_files import keep
from tests.conftest import create_database


@pytest.fixture
def house(server_url: URL, schema_template: str, worker_id: str, tmp_path: Path) -> Settings:
    url = create_database(server_url, f"cli_adopted_{worker_id}", schema_template)
    return Settings(var=tmp_path / "house", database_url=url.render_as_string(hide_password=False))


def written_before(settings: Settings, file: Path) -> None:
    """As `tannha backup` wrote it at format 1: list, dump, and everything private, keys too, in one plain tar."""
    owner = connect_as_owner(settings)
    with owner.engine.connect() as connection:
        contents = figures(connection) | {"taken_at": "2026-11-29T19:00:00+00:00"}
    with dumping(owner.engine, ["--format=custom"]) as dump:
        members = {"list.json": json.dumps(contents).encode(), "database.dump": dump.read()}
    owner.engine.dispose()
    for path in private_files(settings.private):
        members[f"private/{path.relative_to(settings.private)}"] = path.read_bytes()
    with tarfile.open(file, "w") as archive:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))


def test_an_archive_of_before_is_signed_knowingly_and_comes_back_with_its_files(
    house: Settings, elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = keep(house)
    written_before(house, tmp_path / "old.tar")
    with pytest.raises(SettingsError, match="--adopt"):
        restore_backup(house, Archive(tmp_path / "old.tar"), replace=True)
    recipient = make_identity(tmp_path / "identity.txt")
    enter(house, monkeypatch)
    monkeypatch.setenv("TANNHA_BACKUP_RECIPIENT", recipient)

    adopting = ["backup", str(tmp_path / "new.tar.age"), "--adopt", str(tmp_path / "old.tar"), "--with-keys"]
    assert main(adopting) == 0

    adopted = Archive(tmp_path / "new.tar.age", tmp_path / "identity.txt")
    assert rehearse(house, adopted)["clean"]
    signer = str(adopted.prove().signer)
    restore_backup(elsewhere, adopted, signed_by=signer)
    keys = load_keys(elsewhere)
    assert keys == load_keys(house)
    for picture in pictures[:2]:
        assert vault.open_closed(keys, picture.sha256, stored_file(elsewhere, picture.sha256) or b"") == picture.plain


def test_on_another_machine_it_is_signed_with_the_keys_that_it_brings(
    house: Settings, elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(house)
    written_before(house, tmp_path / "old.tar")
    enter(elsewhere, monkeypatch)
    assert main(["backup", str(tmp_path / "new.tar"), "--adopt", str(tmp_path / "old.tar")]) == 0
    assert not [path for path in elsewhere.private.rglob("*") if path.is_file()]  # nothing was made that opens nothing
    with tarfile.open(tmp_path / "new.tar") as archive:
        assert "private/files-key" not in archive.getnames()
    assert rehearse(house, Archive(tmp_path / "new.tar"))["clean"]


@pytest.mark.parametrize("bad", [b"no tar at all", b""])
def test_what_is_no_archive_of_ours_is_not_adopted(
    house: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: bytes
) -> None:
    (tmp_path / "old.tar").write_bytes(bad)
    enter(house, monkeypatch)
    assert main(["backup", str(tmp_path / "new.tar"), "--adopt", str(tmp_path / "old.tar")]) == 2
    assert not (tmp_path / "new.tar").exists()
