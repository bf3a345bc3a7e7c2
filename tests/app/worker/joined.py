"""An installation that is joined to partners on loopback."""

from __future__ import annotations

from pathlib import Path

from app.clock import Clock
from app.config import Settings
from app.database import Database
from app.gateways import known_links
from app.services import link_health
from app.worker.work import Work
from tests.factories import KEYS, NOW


def joined(folder: Path, database: Database, links: str, secret: str = "bi-mat-khong-ai-biet") -> Work:
    """`links`: the text of the links file; `secret` lies in the file `secret` beside it."""
    (folder / "secret").write_text(secret)
    (folder / "links.toml").write_text(links)
    settings = Settings(environment="test", var=folder, links=folder / "links.toml")
    with database.transaction() as session:
        link_health.register(session, known_links(settings))
    return Work(settings, database, Clock(fixed=NOW), KEYS)


def one_stop_at(url: str) -> str:
    return f"""
[one_stop]
login_url = "{url}/login"
call_url = "{url}/call"
unit_code = "H21"
username = "tan-nha"
secret_file = "secret"
read_s = 3
"""
