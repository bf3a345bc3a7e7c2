"""`tannha doctor`: what an installation lacks, with the way out; the same, briefly, before anything serves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from app.cli import checks, main
from app.cli.starting import begin_well
from app.config import Settings, SettingsError
from app.database import APP_ROLE, Database, connect, make_engine
from app.models import Office
from routing.engines import pipeline
from tests.app.cli.conftest import enter
from tests.app.cli.serving import free_port, serving
from tests.conftest import create_database
from tests.factories import NOW, make_office, make_unit
from tests.fakes.partner import Partner, Reply, Sent, told


@pytest.fixture
def database(new_installation: Settings) -> Iterator[Database]:
    database = connect(new_installation)
    yield database
    database.engine.dispose()


@pytest.fixture
def owner(new_installation: Settings) -> Iterator[Database]:
    """As `tannha migrate` connects."""
    owner = Database(make_engine(make_url(new_installation.database_url or ""), pool_size=1))
    yield owner
    owner.engine.dispose()


def one(name: str, settings: Settings, database: Database) -> checks.Check:
    known = {**checks.AT_START, **checks.ASKED, **checks.OUTSIDE}
    return checks.look(name, known[name], settings, database)


def test_a_new_installation_is_well_but_for_what_is_still_to_do(
    new_installation: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(new_installation, monkeypatch)
    monkeypatch.setenv("TANNHA_BASE_URL", f"http://127.0.0.1:{free_port()}")
    assert main(["doctor", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["state"] == "warning"
    unbuilt = set() if pipeline.available("sisr") else {"search"}
    assert {check["name"] for check in answer["checks"] if check["state"] != "ok"} == {
        "workers", "accounts", "telephones", "public address", *unbuilt,
    }  # fmt: skip
    assert {check["name"] for check in answer["checks"]} == {*checks.AT_START, *checks.ASKED, *checks.OUTSIDE}
    assert all(check["sentence"].endswith((".", "…")) for check in answer["checks"])


def test_a_person_reads_a_line_a_check(
    new_installation: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(new_installation, monkeypatch)
    main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("ok       database") for line in lines)
    assert any(line.startswith("WARNING  workers") and "`tannha worker`" in line for line in lines)


def test_without_a_database_the_rest_is_looked_at_and_the_answer_is_no(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    monkeypatch.setenv("TANNHA_VAR", str(tmp_path))
    assert main(["doctor", "--json"]) == 1
    named = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert named["database"]["state"] == "fault"
    assert "DATABASE_URL" in named["database"]["sentence"]
    assert named["files"]["state"] == "ok"


def test_a_schema_that_is_behind_stops_the_start_and_a_newer_one_does_not(
    new_installation: Settings, owner: Database, database: Database
) -> None:
    begin_well(database, new_installation)
    for found, state in (("0001", "fault"), ("9999", "warning")):
        with owner.transaction() as session:
            session.execute(text("update alembic_version set version_num = :found"), {"found": found})
        assert one("schema", new_installation, database).state == state
        if state == "fault":
            with pytest.raises(SettingsError, match="`tannha migrate`"):
                begin_well(database, new_installation)
        else:
            begin_well(database, new_installation)  # while an upgrade is on its way, what runs goes on


def test_a_schema_without_a_version_is_sent_to_migrate(
    new_installation: Settings, owner: Database, database: Database
) -> None:
    with owner.transaction() as session:
        session.execute(text("delete from alembic_version"))
    found = one("schema", new_installation, database)
    assert (found.state, "`tannha migrate`" in found.sentence) == ("fault", True)


def test_what_a_check_did_not_expect_is_a_fault_told_by_its_kind(
    new_installation: Settings, database: Database
) -> None:
    def refused(_settings: Settings, _database: Database) -> str:
        raise PermissionError(13, "0900000001")

    found = checks.look("disk", refused, new_installation, database)
    assert (found.state, found.sentence) == ("fault", "Could not be looked at (PermissionError).")


def test_an_empty_database_is_sent_to_migrate(server_url: URL, worker_id: str) -> None:
    url = create_database(server_url, f"doctor_{worker_id}")
    empty = Database(make_engine(url, pool_size=1))
    found = one("schema", Settings(database_url=url.render_as_string(hide_password=False)), empty)
    empty.engine.dispose()
    assert (found.state, "`tannha migrate`" in found.sentence) == ("fault", True)


def test_a_role_that_may_change_evidence_is_a_fault(
    new_installation: Settings, owner: Database, database: Database
) -> None:
    assert one("role", new_installation, database).state == "ok"
    found = one("role", new_installation, owner)
    assert (found.state, "may change evidence" in found.sentence) == ("fault", True)


@pytest.fixture
def login(server_url: URL, owner: Database, worker_id: str) -> Iterator[URL]:
    """An address of the installation's database for a role of its own, which is a member of `tannha_app` alone."""
    name = f"doctor_login_{worker_id}"
    with owner.transaction() as session:
        session.execute(text(f"create role {name} login password 'only-here'"))
        session.execute(text(f"grant {APP_ROLE} to {name}"))
    yield owner.engine.url.set(username=name, password="only-here")
    with owner.transaction() as session:
        session.execute(text(f"drop role {name}"))


@pytest.mark.parametrize("named", [None, "postgresql://owner@127.0.0.1/tannha"])
def test_whether_the_owner_serves_is_asked_of_the_database_and_not_of_the_settings(
    new_installation: Settings, owner: Database, login: URL, named: str | None
) -> None:
    serving_one = replace(
        new_installation,
        environment="production",
        database_url=login.render_as_string(hide_password=False),
        owner_database_url=named,  # what serves is not to know it
    )
    database = connect(serving_one)
    assert one("role", serving_one, database).state == "ok"
    with owner.transaction() as session:
        session.execute(text(f"grant {session.scalar(text('select current_user'))} to {login.username}"))
    found = one("role", serving_one, database)
    database.engine.dispose()
    assert (found.state, "owns the tables" in found.sentence) == ("warning", True)


def test_a_key_that_is_missing_stops_the_start(new_installation: Settings, database: Database) -> None:
    begin_well(database, new_installation)
    others = replace(new_installation, secret_key="another key of the same house, and long enough")
    with pytest.raises(SettingsError, match="TANNHA_SECRET_KEY lacks the key"):
        begin_well(database, others)


def test_a_unit_that_no_open_office_serves_and_numbers_that_nobody_told_are_warned_of(
    new_installation: Settings, owner: Database, database: Database
) -> None:
    with owner.transaction() as session:
        number = make_office(session, unit=make_unit(session, name="Xã Thử Đóng")).id
    with_line = replace(new_installation, help_line="19000000")
    silent = one("telephones", with_line, database)
    assert (silent.state, "1 office(s)" in silent.sentence) == ("warning", True)
    assert "Xã Thử Đóng" not in one("units served", new_installation, database).sentence
    with owner.transaction() as session:
        session.get_one(Office, number).closed_at = NOW
    found = one("units served", new_installation, database)
    assert (found.state, "Xã Thử Đóng" in found.sentence) == ("warning", True)
    assert one("telephones", with_line, database).state == "ok"
    assert "TANNHA_HELP_LINE" in one("telephones", new_installation, database).sentence


@pytest.mark.parametrize(
    ("name", "settings", "state", "said"),
    [
        ("base URL", Settings(base_url="tannha.example"), "fault", "https://tannha.example.vn"),
        ("base URL", Settings(base_url="https://x.vn/sub"), "fault", "no address such as"),
        ("base URL", Settings(environment="production", base_url="http://x.vn"), "fault", "https://"),
        ("base URL", Settings(environment="production", base_url="https://localhost"), "fault", "this machine"),
        ("base URL", Settings(environment="production", base_url="https://x.vn"), "ok", "https://x.vn/"),
        ("proxies", Settings(environment="production"), "warning", "TANNHA_PROXIES=0"),
        ("proxies", Settings(environment="production", proxies=1), "ok", "1 tell"),
        ("backups", Settings(environment="production"), "warning", "TANNHA_BACKUP_RECIPIENT"),
        ("messages", Settings(environment="production"), "fault", "Nobody carries messages"),
        ("links", Settings(links=Path("/nowhere/links.toml")), "fault", "no such file"),
        ("road server", Settings(), "ok", "straight lines"),
        ("road server", Settings(roads="http://127.0.0.1:9"), "warning", "`tannha roads`"),
        ("geocoder", Settings(), "ok", "nobody is asked"),
        ("geocoder", Settings(geocoder="pelias", geocoder_url="http://127.0.0.1:9"), "warning", "TANNHA_GEOCODER"),
        ("geocoder", Settings(geocoder="atlas"), "fault", "none of gazetteer"),
        ("files", Settings(files="ftp://x"), "fault", "TANNHA_FILES"),
        ("public address", Settings(base_url="http://127.0.0.1:9"), "warning", "`tannha serve`"),
    ],
)
def test_every_finding_names_the_way_out(name: str, settings: Settings, state: str, said: str, tmp_path: Path) -> None:
    nobody = Database(make_engine(URL.create("postgresql+psycopg", host="127.0.0.1", port=9)))
    found = one(name, replace(settings, var=tmp_path), nobody)
    assert (found.state, found.sentence) == (state, found.sentence)
    assert said in found.sentence


def test_a_full_disk_and_an_open_folder_are_faults(
    new_installation: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert one("disk", new_installation, database).state in {"ok", "warning"}
    monkeypatch.setattr(checks, "LEAST_FREE", 2**62)
    assert "make room" in one("disk", new_installation, database).sentence
    new_installation.private.mkdir(exist_ok=True)
    new_installation.private.chmod(0o755)
    assert "chmod 700" in one("disk", new_installation, database).sentence


def test_the_public_address_is_asked_the_way_that_everybody_comes(
    new_installation: Settings, database: Database
) -> None:
    with serving(new_installation) as served:
        here = replace(new_installation, base_url=f"http://127.0.0.1:{served.port}")
        assert one("public address", here, database).state == "ok"


@pytest.mark.parametrize(("snapped_m", "state"), [(3.0, "ok"), (9_000.0, "warning")])
def test_roads_of_another_province_are_told(database: Database, snapped_m: float, state: str) -> None:
    def table(sent: Sent) -> Reply:
        places = sent.path.split("?")[0].count(";")  # a source, and so many destinations
        snapped = [{"distance": snapped_m}] * places
        zeros = [[0.0] * places]
        return told(
            {"code": "Ok", "durations": zeros, "distances": zeros, "sources": snapped[:1], "destinations": snapped}
        )

    with Partner(table) as server:
        assert one("road server", Settings(roads=server.url), database).state == state


def test_a_test_message_is_sent_when_it_is_asked_for(
    new_installation: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(new_installation, monkeypatch)
    main(["doctor", "--json", "--message-to", "0900000001"])
    said = capsys.readouterr().out
    check = json.loads(said[said.index("{") :])["checks"][-1]
    assert (check["name"], check["state"]) == ("test message by console", "ok")
    assert "0900000001" not in json.dumps(check)
    assert main(["doctor", "--message-to", "nobody"]) == 2


def test_a_letter_needs_a_mail_server(
    new_installation: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(new_installation, monkeypatch)
    assert main(["doctor", "--json", "--message-to", "thu@example.vn"]) == 1
    check = json.loads(capsys.readouterr().out)["checks"][-1]
    assert (check["name"], check["state"]) == ("test message", "fault")
    assert "join a mail server" in check["sentence"]


@pytest.mark.parametrize(
    ("built", "state", "words"), [(True, "ok", "ortools, sisr"), (False, "warning", "make setup, with a C++ compiler")]
)
def test_it_says_whether_the_compiled_search_is_built(
    built: bool,
    state: str,
    words: str,
    new_installation: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "available", lambda name: name == "ortools" or (name == "sisr" and built))
    found = one("search", new_installation, database)
    assert found.state == state
    assert words in found.sentence
