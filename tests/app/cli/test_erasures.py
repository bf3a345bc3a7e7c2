"""Erased is erased: the next backup holds nothing of the person, and last night's does not bring the person back."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.cli import main
from app.cli.backup import write_backup
from app.cli.backup_options import BackupOptions
from app.cli.erasures import BESIDE
from app.cli.restore import restore_backup
from app.cli.unpacking import Archive
from app.config import Settings, SettingsError, load_keys
from app.database import Database, connect, owner_url
from app.queries.custody.verification import verify
from app.services.evidence import erasure_list
from app.services.evidence.erasure_list import ErasedSubject
from tests.app.cli.conftest import enter
from tests.conftest import create_database
from tests.factories.everywhere import (
    HELPER,
    NAME,
    PHONE,
    WORDS,
    Household,
    found_in_database,
    found_in_files,
    make_household,
)

BASIS = "Luật 91/2025, đơn số 1"
THEIRS = tuple(word for word in WORDS if word != PHONE)  # the neighbour's telephone is the same


@pytest.fixture
def installation(new_installation: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    load_keys(new_installation)
    enter(new_installation, monkeypatch)
    monkeypatch.setenv("TANNHA_NOW", "2027-02-01T09:00+07:00")
    return new_installation


@pytest.fixture
def database(installation: Settings) -> Iterator[Database]:
    database = connect(installation)
    yield database
    database.engine.dispose()


@pytest.fixture
def household(database: Database) -> Household:
    with database.transaction() as session:
        return make_household(session)


@pytest.fixture
def other_machine(server_url: URL, worker_id: str, tmp_path: Path) -> Settings:
    url = create_database(server_url, f"restored_{worker_id}")
    return Settings(
        environment="test", var=tmp_path / "other", database_url=url.render_as_string(hide_password=False),
        now="2027-02-02T09:00+07:00",
    )  # fmt: skip


def erase(household: Household) -> int:
    first, *more = (request.reference for request in household.requests)
    return main(["erase", first, "--basis", BASIS, "--also", *more, "--helped", household.helped.reference])


def back_up(settings: Settings, archive: Path) -> str:
    """One that a machine without the keys can use; who signed it."""
    return str(write_backup(settings, archive, BackupOptions(with_keys=True))["signed_by"])


def name_of(settings: Settings) -> str:
    return str(owner_url(settings).database)


def left(settings: Settings) -> list[str]:
    database = connect(settings)
    with database.transaction() as session:
        found = found_in_database(session.connection(), THEIRS)
    database.engine.dispose()
    return found


def test_the_next_backup_holds_nothing_of_an_erased_person(
    installation: Settings, household: Household, other_machine: Settings, tmp_path: Path
) -> None:
    (installation.private / "sms").write_text("[SMS → *******987] Tận Nhà: mã theo dõi\n")
    assert erase(household) == 0
    archive = tmp_path / "next.tar"
    signer = back_up(installation, archive)
    restore_backup(other_machine, Archive(archive), signed_by=signer)

    assert left(installation) == []
    assert left(other_machine) == []
    assert found_in_files(installation.var, WORDS) == []
    assert found_in_files(other_machine.var, WORDS) == []
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "opened", filter="data")
    assert found_in_files(tmp_path / "opened", WORDS) == []


def test_last_nights_backup_does_not_bring_an_erased_person_back(
    installation: Settings, household: Household, other_machine: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "last-night.tar"
    signer = back_up(installation, archive)
    assert erase(household) == 0

    restore_backup(replace(other_machine, erasures=installation.erasure_list), Archive(archive), signed_by=signer)

    assert left(other_machine) == []
    database = connect(other_machine)
    with database.transaction() as session:
        report = verify(session, load_keys(other_machine))
        assert [fault for fault in report.broken if fault.parcel is not None] == []
        assert report.erased != []
    database.engine.dispose()


def test_a_list_that_only_lies_beside_the_archives_is_enough(
    installation: Settings, household: Household, other_machine: Settings, tmp_path: Path
) -> None:
    signer = back_up(installation, tmp_path / "last-night.tar")
    erase(household)
    write_backup(installation, tmp_path / "tonight.tar")  # brings the list beside them up to date

    restore_backup(other_machine, Archive(tmp_path / "last-night.tar"), signed_by=signer)

    assert left(other_machine) == []
    assert erasure_list.read(other_machine.erasure_list) == erasure_list.read(installation.erasure_list)


def test_restored_in_place_the_installations_own_list_is_still_there(
    installation: Settings, household: Household, tmp_path: Path
) -> None:
    write_backup(installation, tmp_path / "last-night.tar")
    erase(household)
    assert main(["restore", str(tmp_path / "last-night.tar"), "--replace", name_of(installation)]) == 0
    assert left(installation) == []


def test_the_list_holds_ids_and_nobodys_name(installation: Settings, household: Household, tmp_path: Path) -> None:
    write_backup(installation, tmp_path / "a.tar")
    assert erase(household) == 0
    said = installation.erasure_list.read_text()
    assert not any(word in said for word in WORDS)
    assert {json.loads(line)["subject_id"] for line in said.splitlines()} == {
        *map(str, household.applicants), str(household.helped.id)
    }  # fmt: skip
    assert installation.erasure_list.stat().st_mode & 0o777 == 0o600


def test_a_line_cut_off_is_written_anew_and_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    lines = [
        ErasedSubject("applicant", str(number), "2027-02-01T09:00:00+07:00", "staff:1", BASIS) for number in range(3)
    ]
    assert erasure_list.append(path, lines) == 3
    path.write_text(path.read_text()[:-10])
    assert erasure_list.append(path, lines) == 1
    assert erasure_list.append(path, lines) == 0
    assert erasure_list.read(path) == lines


def test_a_damaged_list_is_named_by_its_line(installation: Settings, household: Household, tmp_path: Path) -> None:
    write_backup(installation, tmp_path / "a.tar")
    erase(household)
    installation.erasure_list.write_text("not a line\n" + installation.erasure_list.read_text())
    with pytest.raises(SettingsError, match="line 1"):
        restore_backup(installation, Archive(tmp_path / "a.tar"), replace=True)
    assert (tmp_path / BESIDE).exists()


def test_what_looks_like_the_person_is_said_and_left(
    household: Household, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    first = household.requests[0].reference
    assert main(["erase", first, "--look", "--json"]) == 0
    looked = json.loads(capsys.readouterr().out)
    assert {one["reference"] for one in looked["more"]} == {
        *(request.reference for request in household.requests[1:]), household.neighbour.reference,
        household.helped.reference,
    }  # fmt: skip
    assert main(["erase", first, "--basis", BASIS]) == 0
    said = capsys.readouterr().out
    assert household.requests[1].reference in said
    assert NAME not in said
    with database.transaction() as session:
        assert "applicant.name" in found_in_database(session.connection(), (NAME,))
        assert found_in_database(session.connection(), (HELPER,)) != []


def test_who_looked_at_whom_is_written_as_a_closed_file(
    household: Household, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert erase(household) == 0
    capsys.readouterr()
    file = tmp_path / "log.csv"
    span = ["--from", "2026-11-01", "--to", "2027-12-31", "--subject", household.requests[0].reference]
    assert main(["access-log", str(file), *span]) == 0
    lines = file.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith('"at","actor"')
    assert any('"erase"' in line and str(household.applicants[0]) in line for line in lines)
    assert file.stat().st_mode & 0o777 == 0o600
    assert main(["access-log", str(file), *span]) == 2
    assert main(["access-log", str(tmp_path / "log.txt"), *span]) == 2
    assert main(["access-log", str(tmp_path / "log.xlsx"), *span]) == 0
