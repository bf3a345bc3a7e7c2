"""The embedded database seen from long-running commands: one process holds it, the others get its address."""

from __future__ import annotations

import json
import os
from dataclasses import replace

from app.config import Settings
from app.database import app_url


def start_embedded(settings: Settings) -> Settings:
    """Start the embedded server unless DATABASE_URL names one, and hand its address to child processes.

    The process that started it stops it at its end; children that are killed leave nothing behind.
    """
    if settings.database_url is not None:
        return settings
    forget_the_dead(settings)
    url = app_url(settings).render_as_string(hide_password=False)
    os.environ["DATABASE_URL"] = url
    return replace(settings, database_url=url)


def forget_the_dead(settings: Settings) -> None:
    """The embedded server stops with its last user, whose ids lie in a file: a killed one never took itself off."""
    users = settings.var / "db" / "pg" / ".handle_pids.json"
    if users.exists():
        users.write_text(json.dumps([pid for pid in json.loads(users.read_text()) if _alive(pid)]))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
