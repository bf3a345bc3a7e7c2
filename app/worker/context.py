"""What every task is given: the installation it works for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from app.clock import Clock, make_clock
from app.config import Keys, Settings, load_keys
from app.database import JOBS, Database, connect


@dataclass(frozen=True, slots=True)
class WorkerContext:
    settings: Settings
    database: Database
    clock: Clock
    keys: Keys

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings, connect(settings, JOBS), make_clock(settings), load_keys(settings))

    def close(self) -> None:
        self.database.engine.dispose()
