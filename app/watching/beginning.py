"""A process begins: from now on it is watched as the settings say."""

from __future__ import annotations

import atexit

from app.config import Settings
from app.watching import logs, sentry, traces


def begin(settings: Settings, part: str) -> None:
    """`part`: web, worker, plan. In the process itself, after the last fork. Raises SettingsError."""
    logs.set_up(
        settings.log, settings.log_level, frames=settings.environment == "development" and settings.log == "text"
    )
    traces.set_up(settings.traces, part)
    sentry.set_up(settings.sentry_dsn, settings.environment, part)
    atexit.register(sentry.flush)
