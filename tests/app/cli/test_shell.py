"""`tannha shell`: everything at hand, nothing kept by accident, and production is told apart."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import InternalError

from app.cli import main
from app.config import Settings
from app.database import connect
from app.models import AuditEvent
from tests.app.cli.conftest import enter

NOTE = "services.audit.record(session, 'system', 'try_out', 'unit', 1, clock.now()); session.flush()"


@pytest.fixture
def house(new_installation: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return enter(new_installation, monkeypatch)


@pytest.fixture
def production(house: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    named = {"TANNHA_ENV": "production", "TANNHA_LINKS": "/srv/links.toml", "TANNHA_SECURE_COOKIES": "1"}
    keys = {f"TANNHA_{kind}_KEY": "0123456789abcdef" * 4 for kind in ("SECRET", "SIGNING", "FILES")}
    for name, value in {**named, **keys}.items():
        monkeypatch.setenv(name, value)
    return replace(house, environment="production")


def acts(settings: Settings) -> list[tuple[str, bool | None]]:
    """What the audit holds: the act, and whether it was said to write."""
    database = connect(settings)
    try:
        with database.transaction() as session:
            return [(row.action, row.detail.get("write")) for row in session.scalars(select(AuditEvent))]
    finally:
        database.engine.dispose()


def test_models_queries_services_settings_and_clock_are_at_hand(
    house: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "session.scalar(select(func.count(Unit.code))), queries.visible.__name__, services.audit.__name__, settings.port"
    assert main(["shell", "-c", f"{words}, clock.now().tzname()"]) == 0
    assert capsys.readouterr().out == "(0, 'app.queries.visible', 'app.services.audit', 8000, 'UTC')\n"


def test_what_is_not_committed_is_undone(house: Settings) -> None:
    assert main(["shell", "-c", NOTE]) == 0
    assert acts(house) == []
    assert main(["shell", "-c", f"{NOTE}; session.commit()"]) == 0
    assert acts(house) == [("try_out", None)]


def test_a_person_at_the_prompt_is_answered_and_told_what_is_at_hand(
    house: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("settings.environment\n"))
    assert main(["shell"]) == 0
    said = capsys.readouterr()
    assert "'development'" in said.out
    assert "services" in said.err


def test_in_production_it_says_so_stands_in_the_audit_and_only_reads(
    production: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["shell", "-c", "session.scalar(select(func.count(Unit.code)))"]) == 0
    said = capsys.readouterr()
    assert said.out == "0\n"
    assert "PRODUCTION" in said.err
    assert "read-only" in said.err
    for again in ("", "session.commit(); "):  # a second transaction is no way round
        with pytest.raises(InternalError, match="read-only transaction"):
            main(["shell", "-c", again + NOTE])
    assert acts(production) == [("open_shell", False)] * 3


def test_in_production_write_lets_it_change_and_the_audit_says_so(
    production: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["shell", "--write", "-c", f"{NOTE}; session.commit()"]) == 0
    assert "may CHANGE" in capsys.readouterr().err
    assert acts(production) == [("open_shell", True), ("try_out", None)]
