"""Whoever steals a backup has nothing, whoever alters one is found out before anything is touched, and what is refused
changed nothing (docs/operations.md, "Back up and restore")."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from app.cli import main
from app.cli.age_pipe import make_identity
from app.cli.archive import KEY_FILES
from app.cli.backup import write_backup
from app.cli.backup_options import BackupOptions
from app.cli.clearing import our_tables
from app.cli.pg_tools import reason_of
from app.cli.proving import verify_backup
from app.cli.rehearsal import PREFIX, rehearse
from app.cli.restore import restore_backup
from app.cli.unpacking import Archive
from app.config import SECRETS, Settings, SettingsError, load_keys, secret_list
from app.database import connect_as_owner, make_engine
from tests.app.cli.conftest import enter
from tests.app.cli.test_files import keep
from tests.conftest import create_database
from tests.crash.servers import until


@pytest.fixture(scope="module")
def filed(server_url: URL, schema_template: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation with three files, two of them in its store; only read."""
    url = create_database(server_url, f"cli_filed_{worker_id}", schema_template)
    settings = Settings(var=tmp_path_factory.mktemp("house"), database_url=url.render_as_string(hide_password=False))
    keep(settings)
    return settings


@pytest.fixture(scope="module")
def empty(server_url: URL, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An empty database and folder, for what must stay so."""
    url = create_database(server_url, f"cli_empty_{worker_id}")
    return Settings(var=tmp_path_factory.mktemp("empty"), database_url=url.render_as_string(hide_password=False))


def given(settings: Settings, keys_of: Settings) -> Settings:
    """Another machine that was given the installation's keys."""
    named: dict[str, Any] = {place.field: found.text for place, found in secrets_of(keys_of)}
    return replace(settings, **named)


def secrets_of(settings: Settings) -> list[tuple[Any, Any]]:
    return [(place, secret_list(settings, place)) for place in SECRETS]


@pytest.fixture
def identity(tmp_path: Path) -> tuple[Path, str]:
    file = tmp_path / "identity.txt"
    return file, make_identity(file)


def untouched(settings: Settings) -> bool:
    engine = connect_as_owner(settings).engine
    with engine.connect() as connection:
        tables = our_tables(connection)
    engine.dispose()
    return not tables and not [path for path in settings.private.rglob("*") if path.is_file()]


def test_a_thief_finds_neither_names_nor_keys_in_a_backup(
    filed: Settings, identity: tuple[Path, str], tmp_path: Path
) -> None:
    file, recipient = identity
    write_backup(replace(filed, backup_recipient=recipient), tmp_path / "a.tar.age")
    stolen = (tmp_path / "a.tar.age").read_bytes()

    assert stolen.startswith(b"age-encryption.org/v1")
    assert b"ustar" not in stolen
    assert (tmp_path / "a.tar.age").stat().st_mode & 0o777 == 0o600
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(stolen, [pyrage.x25519.Identity.generate()])


def test_keys_are_in_it_only_when_asked(filed: Settings, tmp_path: Path) -> None:
    write_backup(filed, tmp_path / "a.tar")
    write_backup(filed, tmp_path / "b.tar", BackupOptions(with_keys=True))

    assert not names_of(tmp_path / "a.tar") & {f"private/{name}" for name in KEY_FILES}
    assert names_of(tmp_path / "b.tar") >= {f"private/{name}" for name in KEY_FILES}
    plain = (tmp_path / "a.tar").read_bytes()
    assert not [place.file for place, found in secrets_of(filed) if found.current.encode() in plain]


def names_of(file: Path) -> set[str]:
    with tarfile.open(file) as archive:
        return set(archive.getnames())


def test_production_writes_no_plain_backup_unless_told(
    filed: Settings, identity: tuple[Path, str], tmp_path: Path
) -> None:
    production = replace(given(filed, filed), environment="production")

    with pytest.raises(SettingsError, match="TANNHA_BACKUP_RECIPIENT"):
        write_backup(production, tmp_path / "a.tar")
    assert not list(tmp_path.glob("a.tar*"))
    write_backup(production, tmp_path / "a.tar", BackupOptions(plain=True))
    assert tarfile.is_tarfile(tmp_path / "a.tar")
    with pytest.raises(SettingsError, match="age1"):
        write_backup(replace(production, backup_recipient="age1nobody"), tmp_path / "b.tar")


def test_an_encrypted_backup_comes_back_with_its_identity_and_its_keys(
    filed: Settings, elsewhere: Settings, identity: tuple[Path, str], tmp_path: Path
) -> None:
    (file, recipient), same_keys = identity, given(elsewhere, filed)
    write_backup(replace(filed, backup_recipient=recipient), tmp_path / "a.tar.age")

    with pytest.raises(SettingsError, match="--identity"):
        restore_backup(same_keys, Archive(tmp_path / "a.tar.age"))
    make_identity(tmp_path / "another.txt")
    with pytest.raises(SettingsError, match="another identity"):
        restore_backup(same_keys, Archive(tmp_path / "a.tar.age", tmp_path / "another.txt"))
    assert untouched(same_keys)
    assert verify_backup(same_keys, Archive(tmp_path / "a.tar.age", file))["format"] == 2
    assert untouched(same_keys)
    assert restore_backup(same_keys, Archive(tmp_path / "a.tar.age", file))["rows"]["stored_file"] == 3


Change = Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]]


def without(part: str) -> Change:
    return lambda members: [(name, body) for name, body in members if part not in name]


def flipped(part: str) -> Change:
    def change(name: str, body: bytes) -> bytes:
        middle = len(body) // 2
        return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if part in name else body

    return lambda members: [(name, change(name, body)) for name, body in members]


def added(name: str) -> Change:
    return lambda members: [*members, (name, b"x")]


def relisted(members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The hashes of the list put right after the change, as a clever thief would."""
    bodies = dict(members)
    listing = json.loads(bodies["list.json"])
    listing["rows"]["office"] = 1
    bodies["list.json"] = json.dumps(listing).encode()
    return list(bodies.items())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (flipped("database.dump/"), "altered"),
        (flipped("private/files/"), "altered"),
        (flipped("list.json"), "altered"),
        (relisted, "altered after it was signed"),
        (flipped("list.sig"), "list"),
        (without("database.dump/"), "missing"),
        (without("private/files/"), "missing"),
        (without("list.sig"), "no signed list"),
        (without("list.json"), "no signed list"),
        (added("private/files/aa/more"), "put into it"),
        (added("../outside"), "not a file"),
        (added("list.json"), "twice"),
    ],
)
def test_what_was_altered_after_signing_is_refused_before_anything_is_touched(
    filed: Settings, empty: Settings, tmp_path: Path, change: Change, says: str
) -> None:
    write_backup(filed, tmp_path / "a.tar")
    repack(tmp_path / "a.tar", tmp_path / "b.tar", change)

    for restore in (restore_backup, verify_backup):
        with pytest.raises(SettingsError, match=says):
            restore(given(empty, filed), Archive(tmp_path / "b.tar"))
    assert untouched(given(empty, filed))


def repack(source: Path, target: Path, change: Change) -> None:
    with tarfile.open(source) as archive:
        members = [(one.name, read(archive, one)) for one in archive.getmembers()]
    with tarfile.open(target, "w") as archive:
        for name, body in change(members):
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))


def read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    body = archive.extractfile(member)
    assert body is not None
    return body.read()


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("kept", [0.0001, 0.3, 0.7, 0.999])
def test_a_backup_that_was_cut_off_is_refused(
    filed: Settings, empty: Settings, identity: tuple[Path, str], tmp_path: Path, kept: float, *, sealed: bool
) -> None:
    file, recipient = identity
    write_backup(filed, tmp_path / "a", BackupOptions(recipient=recipient if sealed else None))
    whole = (tmp_path / "a").read_bytes()
    (tmp_path / "b").write_bytes(whole[: int(len(whole.rstrip(b"\0")) * kept)])

    with pytest.raises(SettingsError, match="Nothing was changed"):
        restore_backup(given(empty, filed), Archive(tmp_path / "b", file))
    assert untouched(given(empty, filed))


def test_a_backup_that_somebody_else_made_up_is_refused(filed: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    """Whoever has the recipient's public key can encrypt, and sign with a key of his own that he puts into it."""
    forged = write_backup(filed, tmp_path / "a.tar", BackupOptions(with_keys=True))

    with pytest.raises(SettingsError, match="--signed-by"):
        restore_backup(elsewhere, Archive(tmp_path / "a.tar"))
    with pytest.raises(SettingsError, match="not by"):
        restore_backup(elsewhere, Archive(tmp_path / "a.tar"), signed_by="ab" * 32)
    ours = replace(elsewhere, signing_key="o" * 43)
    with pytest.raises(SettingsError, match="no key of this installation"):
        restore_backup(ours, Archive(tmp_path / "a.tar"))
    assert untouched(elsewhere)
    restore_backup(elsewhere, Archive(tmp_path / "a.tar"), signed_by=str(forged["signed_by"]))
    assert load_keys(elsewhere) == load_keys(filed)


@pytest.mark.parametrize("place", SECRETS, ids=lambda place: place.kind)
def test_a_key_that_is_missing_is_named_with_the_way_to_give_it(
    filed: Settings, empty: Settings, tmp_path: Path, place: Any
) -> None:
    taken = write_backup(filed, tmp_path / "a.tar")
    without_it: dict[str, Any] = {place.field: None}
    poor = replace(given(empty, filed), **without_it)

    other: dict[str, Any] = {place.field: "another" * 7}
    for settings in (poor, replace(poor, **other)):
        with pytest.raises(SettingsError, match=rf"({place.kind}).*{place.variable}.*{place.file}"):
            restore_backup(settings, Archive(tmp_path / "a.tar"), signed_by=str(taken["signed_by"]))
        assert untouched(settings)


def test_a_restore_never_takes_a_key_away_that_is_here(filed: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    """Phones may have sealed to a key that was appended after the archive was written."""
    write_backup(filed, tmp_path / "a.tar", BackupOptions(with_keys=True))
    here = elsewhere.private
    for place, found in secrets_of(filed):
        here.mkdir(parents=True, exist_ok=True)
        (here / place.file).write_text(f"{found.current}\n*a newer one {place.kind}\n")

    restore_backup(elsewhere, Archive(tmp_path / "a.tar"))

    assert all(f"*a newer one {place.kind}" in (here / place.file).read_text() for place in SECRETS)


def test_a_rehearsal_touches_nothing_that_it_did_not_make(
    filed: Settings,
    identity: tuple[Path, str],
    server_url: URL,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, recipient = identity
    write_backup(filed, tmp_path / "a.tar.age", BackupOptions(recipient=recipient))
    before = contents_of(filed)
    enter(filed, monkeypatch)

    assert main(["restore", str(tmp_path / "a.tar.age"), "--identity", str(file), "--rehearse", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["clean"]
    assert found["files"] == 2
    assert found["rehearsed_in"].startswith(PREFIX)
    assert contents_of(filed) == before
    assert databases(server_url, found["rehearsed_in"]) == 0


def test_a_rehearsal_that_fails_leaves_no_database_behind(filed: Settings, server_url: URL, tmp_path: Path) -> None:
    write_backup(filed, tmp_path / "a.tar")
    broken = replace(filed, files_key="another" * 7)
    with pytest.raises(SettingsError, match="TANNHA_FILES_KEY"):
        rehearse(broken, Archive(tmp_path / "a.tar"))
    until(lambda: databases(server_url, f"{PREFIX}%") == 0)  # others rehearse beside this test


def contents_of(settings: Settings) -> tuple[object, dict[str, bytes]]:
    engine = connect_as_owner(settings).engine
    with engine.connect() as connection:
        rows = connection.execute(text("select relname, n_tup_ins from pg_stat_user_tables order by relname")).all()
        kept = len(rows), connection.scalar(text("select count(*) from stored_file"))
    engine.dispose()
    return kept, {str(path): path.read_bytes() for path in settings.private.rglob("*") if path.is_file()}


def databases(server: URL, pattern: str) -> int:
    engine = make_engine(server, pool_size=1)
    with engine.connect() as connection:
        found = connection.scalar(text("select count(*) from pg_database where datname like :name"), {"name": pattern})
    engine.dispose()
    return int(found or 0)


def test_extensions_of_the_administrator_break_neither_backup_nor_restore(
    filed: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    """As pg_stat_statements, which every DBA adds: objects in our schema that belong to somebody else's extension."""
    same_keys = given(elsewhere, filed)
    owner = connect_as_owner(filed).engine
    there = connect_as_owner(same_keys).engine
    for engine in (owner, there):
        with engine.begin() as connection:
            connection.execute(text("create extension if not exists pg_stat_statements"))
    write_backup(filed, tmp_path / "a.tar")

    restore_backup(same_keys, Archive(tmp_path / "a.tar"))
    restore_backup(same_keys, Archive(tmp_path / "a.tar"), replace=True)

    assert extensions(there) == 1
    assert b"pg_stat_statements" not in (tmp_path / "a.tar").read_bytes()
    for engine in (owner, there):
        engine.dispose()


def extensions(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(
            connection.scalar(text("select count(*) from pg_extension where extname = 'pg_stat_statements'")) or 0
        )


def test_a_failure_of_pg_restore_says_the_error_and_not_the_command() -> None:
    said = (
        "pg_restore: while PROCESSING TOC:\npg_restore: from TOC entry 2; 3079 16401 EXTENSION x (no owner)\n"
        'pg_restore: error: could not execute query: ERROR:  permission denied to create extension "x"\n'
        "HINT:  Must be superuser.\nCommand was: CREATE EXTENSION IF NOT EXISTS x;\n"
    )
    assert (
        reason_of(said)
        == 'pg_restore: error: could not execute query: ERROR:  permission denied to create extension "x"'
    )
    assert reason_of("") == "no reason given"
