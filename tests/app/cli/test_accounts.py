"""The first administrator and the first key of a new installation come from the terminal."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from app.cli import accounts as command
from app.cli import main
from app.config import Settings
from app.database import Database, connect
from app.models import AuditEvent, Courier, Desk, Office, Partner, StaffAccount
from app.services.staff import access, second_factor
from tests.app.cli.conftest import enter
from tests.conftest import create_database
from tests.factories import KEYS, NOW
from tests.factories.sign_in import sign_in_staff

PASSWORD = "mưa rơi ngoài hiên nhà"
ADMIN = ("account", "create", "quantri", "--role", "admin", "--name", "Quản Trị Thử")


@pytest.fixture
def installation(
    server_url: URL,
    reference_template: str,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Database]:
    """Reference data, and nobody who works there."""
    url = create_database(server_url, f"cli_accounts_{worker_id}", reference_template)
    settings = Settings(var=tmp_path_factory.mktemp("new"), database_url=url.render_as_string(hide_password=False))
    database = connect(enter(settings, monkeypatch))
    yield database
    database.engine.dispose()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_a_new_installation_gets_its_first_administrator(
    installation: Database, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answered(capsys, *ADMIN)
    assert answer == {"username": "quantri", "role": "admin", "active": True}
    with installation.transaction() as session:
        account = sign_in_staff(session, "quantri", PASSWORD, NOW)
        assert isinstance(account, StaffAccount)
        acts = set(session.scalars(select(AuditEvent.action)))
        assert "open_account" in acts
        details = session.scalars(select(AuditEvent.detail)).all()
        assert PASSWORD not in str(details)


def test_a_new_password_ends_the_old_one(
    installation: Database, typed: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(capsys, *ADMIN)
    monkeypatch.setattr("sys.stdin", io.StringIO("bốn con trâu gặm cỏ\n"))
    answered(capsys, "account", "password", "quantri")
    with installation.transaction() as session:
        assert not isinstance(sign_in_staff(session, "quantri", PASSWORD, NOW), StaffAccount)
        account = sign_in_staff(session, "quantri", "bốn con trâu gặm cỏ", NOW)
        assert isinstance(account, StaffAccount)
        assert account.session_epoch == 1


def test_whoever_has_lost_the_second_factor_is_helped_here_the_last_administrator_too(
    installation: Database, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(capsys, *ADMIN)
    with installation.transaction() as session:
        account = session.scalars(select(StaffAccount)).one()
        card = second_factor.print_card(session, account, NOW, KEYS)
        assert second_factor.check(session, account, card[0], NOW, KEYS)
    answered(capsys, "account", "second-factor", "quantri")
    with installation.transaction() as session:
        account = session.scalars(select(StaffAccount)).one()
        assert not second_factor.is_enrolled(session, account)
        assert account.session_epoch == 1


def test_nobody_signs_in_to_a_closed_account(
    installation: Database, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(capsys, *ADMIN)
    assert answered(capsys, "account", "deactivate", "quantri")["active"] is False
    with installation.transaction() as session:
        assert not isinstance(sign_in_staff(session, "quantri", PASSWORD, NOW), StaffAccount)
    assert "quantri" in refused(capsys, "account", "deactivate", "quantri")


def test_an_account_of_a_courier_hires_one(
    installation: Database, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with installation.transaction() as session:
        office = session.scalars(select(Office).where(Office.kind == "commune").order_by(Office.code).limit(1)).one()
    who = ("buuta-1", "--role", "courier", "--name", "Bưu Tá Thử", "--office", office.code, "--phone", "0900 000 321")
    answered(capsys, "account", "create", *who)
    with installation.transaction() as session:
        courier = session.scalars(select(Courier)).one()
        assert (courier.office_id, courier.phone, courier.active) == (office.id, "0900000321", True)
    answered(capsys, "account", "deactivate", "buuta-1")
    with installation.transaction() as session:
        assert session.scalars(select(Courier.active)).one() is False


@pytest.mark.parametrize(
    ("role", "options", "word"),
    [
        ("courier", (), "office"),
        ("courier", ("--office", "KHONG-CO", "--phone", "0900000321"), "KHONG-CO"),
        ("desk_clerk", (), "desk"),
        ("desk_clerk", ("--desk", "KHONG-CO"), "KHONG-CO"),
        ("admin", ("--desk", "X"), "desk"),
    ],
)
def test_who_works_nowhere_is_refused_in_one_sentence(
    installation: Database,
    typed: None,
    capsys: pytest.CaptureFixture[str],
    role: str,
    options: tuple[str, ...],
    word: str,
) -> None:
    assert word in refused(capsys, "account", "create", "thu", "--role", role, "--name", "Thử", *options)


def test_a_name_is_taken_once_and_for_all(
    installation: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        code = main(list(ADMIN))
    assert code == 2
    assert "quantri" in capsys.readouterr().err


def test_a_short_password_is_refused(
    installation: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ngắn\n"))
    assert "12" in refused(capsys, *ADMIN)


def test_at_a_terminal_the_password_is_typed_twice(
    installation: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typing = iter([PASSWORD, "something else"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(command, "getpass", lambda _prompt: next(typing))
    refused(capsys, *ADMIN)
    with installation.transaction() as session:
        assert session.scalars(select(StaffAccount)).all() == []


def test_a_partners_key_is_shown_once_and_can_be_taken_back(
    installation: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    key = answered(capsys, "partner", "create", "Sở Thử", "--live")["key"]
    assert key.startswith("tn_live_")
    with installation.transaction() as session:
        assert access.find_partner(session, key) is not None
        assert key not in str(session.scalars(select(Partner.key_hash)).all())
    assert "Sở Thử" in refused(capsys, "partner", "create", "Sở Thử")
    answered(capsys, "partner", "revoke", "Sở Thử")
    with installation.transaction() as session:
        assert access.find_partner(session, key) is None
    assert "Sở Thử" in refused(capsys, "partner", "revoke", "Sở Thử")


def test_an_agency_s_key_is_replaced_without_a_stop(installation: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with installation.transaction() as session:
        desk = session.scalars(select(Desk).order_by(Desk.id).limit(1)).one()
    older = answered(capsys, "partner", "create", "Xã Thử", "--desk", desk.code)["key"]
    newer = answered(capsys, "partner", "rotate", "Xã Thử")["key"]
    with installation.transaction() as session:
        assert [one.desk_id for key in (older, newer) if (one := access.find_partner(session, key))] == [desk.id] * 2
    assert "key" not in answered(capsys, "partner", "rotate", "Xã Thử", "--finish")
    with installation.transaction() as session:
        assert access.find_partner(session, older) is None
    assert "Xã Thử" in refused(capsys, "partner", "rotate", "Xã Thử", "--finish")
    assert "KHONG" in refused(capsys, "partner", "create", "Xã Khác", "--desk", "KHONG")
