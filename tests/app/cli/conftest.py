"""A small demonstration that the commands work on, as a person at a terminal would: through the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.clock import make_clock
from app.config import Settings, load_keys
from app.database import connect
from app.services.demo.make import make_demo
from tests.app.services.demo.conftest import ORDER
from tests.conftest import create_database


@pytest.fixture(scope="session")
def demonstrated(
    server_url: URL, reference_template: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Made once a test process and only read."""
    url = create_database(server_url, f"cli_demo_{worker_id}", reference_template)
    var = tmp_path_factory.mktemp("installation")
    settings = Settings(var=var, database_url=url.render_as_string(hide_password=False))
    database = connect(settings)
    make_demo(database, ORDER, load_keys(settings))
    make_clock(settings).start_demo_day(ORDER.day)
    database.engine.dispose()
    return settings


def enter(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    assert settings.database_url is not None
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("TANNHA_VAR", str(settings.var))
    monkeypatch.delenv("TANNHA_NOW", raising=False)
    return settings


@pytest.fixture
def terminal(demonstrated: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment of a person who works in the demonstration."""
    return enter(demonstrated, monkeypatch)


@pytest.fixture
def elsewhere(server_url: URL, worker_id: str, tmp_path: Path) -> Settings:
    """An empty database and an empty folder of its own."""
    url = create_database(server_url, f"cli_elsewhere_{worker_id}")
    return Settings(var=tmp_path / "elsewhere", database_url=url.render_as_string(hide_password=False))
