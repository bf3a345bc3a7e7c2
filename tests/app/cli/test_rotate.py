"""Changing a secret: appended, promoted, written again, dropped; and whoever was given others says so at the start."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import URL

from app.cli import main
from app.cli.rotate import rotate_files
from app.cli.secrets_in_use import check_secrets
from app.config import SECRETS, Settings, SettingsError, load_keys, secret_list
from app.database import connect
from app.gateways import file_store, stored_file
from app.models import CustodyDigest, KnownSecret
from app.queries.custody.verification import verify
from app.services import installation, rotation
from app.services.custody.digests import sign_day
from app.services.evidence import vault
from app.services.staff import sessions
from tests.app.cli.conftest import enter
from tests.app.cli.test_files import keep
from tests.conftest import create_database
from tests.factories import NOW, make_courier, make_office
from tests.factories.phone import make_device

PHONE = "0900000045"
FIELDS = {place.kind: place.field for place in SECRETS}


@pytest.fixture
def house(server_url: URL, schema_template: str, worker_id: str, tmp_path: Path) -> Settings:
    url = create_database(server_url, f"cli_rotate_{worker_id}", schema_template)
    return Settings(var=tmp_path / "house", database_url=url.render_as_string(hide_password=False))


def values(settings: Settings, kind: str) -> tuple[str, ...]:
    (place,) = (place for place in SECRETS if place.kind == kind)
    found = secret_list(settings, place)
    assert found is not None
    return found.values


def given(settings: Settings, **lists: str) -> Settings:
    named: dict[str, Any] = {FIELDS[kind]: text_of for kind, text_of in lists.items()}
    return replace(settings, **named)


def start(settings: Settings) -> None:
    database = connect(settings)
    try:
        check_secrets(database, settings)
    finally:
        database.engine.dispose()


@pytest.mark.parametrize("kind", ["web", "signing", "files"])
def test_a_second_process_with_another_secret_says_so_at_its_start(house: Settings, kind: str) -> None:
    start(house)
    start(house)
    variable = f"TANNHA_{FIELDS[kind].upper()}"
    with pytest.raises(SettingsError, match=f"{variable} lacks the key [0-9a-f]{{16}}"):
        start(given(house, **{kind: "another" * 7}))
    start(house)  # nothing was noted of it
    (old,) = values(house, kind)
    start(given(house, **{kind: f"{old},key-of-tomorrow"}))
    start(given(house, **{kind: f"{old},*key-of-tomorrow"}))
    start(given(house, **{kind: f"{old},key-of-tomorrow"}))  # a machine that is not so far yet
    start(given(house, **{kind: f"{old},*key-of-tomorrow"}))
    with pytest.raises(SettingsError, match="still needs"):
        start(given(house, **{kind: "key-of-tomorrow"}))


def test_processes_that_start_at_the_same_moment_all_start(house: Settings) -> None:
    load_keys(house)
    with ThreadPoolExecutor(6) as together:
        assert list(together.map(start, [house] * 6)) == [None] * 6


def test_an_older_files_key_may_go_once_everything_is_written_again(
    house: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = keep(house, 23)
    token = signed_in(house)
    start(house)
    (old,) = values(house, "files")
    promoted = given(house, files=f"{old},*key-of-tomorrow")
    start(promoted)
    enter(promoted, monkeypatch)
    monkeypatch.setenv("TANNHA_FILES_KEY", f"{old},*key-of-tomorrow")

    assert main(["rotate", "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["files"], done["secrets"], done["still_needed"]) == (23, 1, [])
    assert main(["rotate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == 0  # begun again, it repeats nothing

    dropped = given(house, files="key-of-tomorrow")
    start(dropped)
    keys = load_keys(dropped)
    for picture in pictures[:23]:
        assert vault.open_closed(keys, picture.sha256, stored_file(dropped, picture.sha256) or b"") == picture.plain
    database = connect(dropped)
    with database.transaction() as session:
        found = sessions.find_citizen(session, token, NOW, keys)
        assert found is not None
        assert found[1] == PHONE
    database.engine.dispose()


def signed_in(settings: Settings) -> str:
    database = connect(settings)
    with database.transaction() as session:
        token = sessions.begin_citizen(session, PHONE, sessions.SignInPlace("Chrome", NOW), load_keys(settings))
    database.engine.dispose()
    return token


def test_a_rotation_that_was_ended_goes_on_and_nobody_meets_an_unreadable_file(house: Settings) -> None:
    pictures = keep(house, 5)
    (old,) = values(house, "files")
    promoted = given(house, files=f"{old},*key-of-tomorrow")
    keys, database = load_keys(promoted), connect(promoted)
    name = min(picture.sha256 for picture in pictures[:5])
    closed = rotation.reclosed(name, stored_file(promoted, name) or b"", keys)
    assert closed is not None
    stored = {picture.sha256: picture.plain for picture in pictures}
    file_store(promoted).put(name, closed)
    for sha256 in sorted(stored)[:5]:
        body = stored_file(promoted, sha256)
        assert body is None or vault.open_closed(keys, sha256, body) == stored[sha256]
    assert rotate_files(database, promoted, keys) == (4, [])
    database.engine.dispose()


def test_a_file_that_no_key_opens_keeps_the_older_key_in_use(
    house: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    victim, *_ = keep(house)
    start(house)
    (old,) = values(house, "files")
    file_store(house).put(victim.sha256, b"\x01" + b"x" * 60)
    enter(house, monkeypatch)
    monkeypatch.setenv("TANNHA_FILES_KEY", f"{old},*key-of-tomorrow")
    assert main(["rotate", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["broken"] == [victim.sha256]
    assert len(found["still_needed"]) == 1


def test_a_digest_outlives_the_private_half_of_its_key(house: Settings) -> None:
    database = connect(house)
    (old,) = values(house, "signing")
    with database.transaction() as session:
        installation.register_digest_keys(session, load_keys(house))
        row = sign_one(session, house)
        assert row.key_id
    for chain in (f"{old},*second", "second,*third", "third"):
        keys = load_keys(given(house, signing=chain))
        with database.transaction() as session:
            installation.register_digest_keys(session, keys)
            assert verify(session, keys).broken == []
    with database.transaction() as session:
        assert [fault.what for fault in verify(session, load_keys(given(house, signing="stranger"))).broken] == [
            "digest_key"
        ]
        session.execute(text("update digest_key set endorsement = repeat('00', 64)"))
        assert [fault.what for fault in verify(session, keys).broken] == ["digest_key"]
    database.engine.dispose()


def sign_one(session: Any, settings: Settings) -> CustodyDigest:
    office = make_office(session)
    return sign_day(session, office.id, (NOW - timedelta(days=2)).date(), NOW, load_keys(settings))


def test_a_sealing_key_stays_while_a_phone_may_still_send(house: Settings) -> None:
    database = connect(house)
    with database.transaction() as session:
        device = make_device(session, make_courier(session))
        device.enrolled_at = device.last_contact_at = NOW
        session.add(
            KnownSecret(
                kind="signing", fingerprint="0" * 16, seen_at=NOW, current=False, retired_at=NOW + timedelta(hours=1)
            )
        )
        session.flush()
        keys = load_keys(house)

        def needed(days: int) -> int:
            return len(rotation.release(session, keys, NOW + timedelta(days=days), files_done=True))

        assert needed(400) == 1  # it was never heard again
        device.last_contact_at, device.waiting = NOW + timedelta(days=8), 1
        session.flush()
        assert needed(9) == 1  # it still holds something
        device.waiting = 0
        session.flush()
        assert needed(9) == 0
        assert session.scalars(select(KnownSecret)).one().released_at
    database.engine.dispose()
