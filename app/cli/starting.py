"""What a process looks at before it serves: it begins with nothing that would fail later, and says what is to be done."""

from __future__ import annotations

import logging

from app.cli.checks import at_start, refuse_to_start, warnings
from app.config import Settings
from app.database import Database

log = logging.getLogger("tannha.start")


def begin_well(database: Database, settings: Settings) -> None:
    """Raises SettingsError with every fault; what is only unwise is written into the log."""
    checks = at_start(settings, database)
    for check in warnings(checks):
        log.warning("%s: %s", check.name, check.sentence)
    refuse_to_start(checks)
