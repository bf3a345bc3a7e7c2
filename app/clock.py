"""The only reader of the clock. Everywhere else `now` is an argument.

The demonstration runs on a shifted clock (docs/decisions/clock-and-day.md): `TANNHA_NOW` or, for all processes of one demo, the file
`$TANNHA_VAR/demo-clock.json`. The shifted clock ticks from 07:30 but never past 16:20 of its day: a demo left running
overnight is still the same day, until somebody presses "ngày hôm sau".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.config import Settings, SettingsError

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
DEMO_START, DEMO_END = time(7, 30), time(16, 20)


@dataclass(frozen=True, slots=True)
class Clock:
    """`now()` in UTC, aware: real, or shifted for demonstrations and tests."""

    file: Path | None = None
    fixed: datetime | None = None

    def now(self) -> datetime:
        real = datetime.now(UTC)
        if self.fixed is not None:
            return self.fixed
        if self.file is None or not self.file.exists():
            return real
        state = json.loads(self.file.read_text())
        start = datetime.fromisoformat(state["shown"])
        shown = start + (real - datetime.fromisoformat(state["real"]))
        end = datetime.combine(local_day(start), DEMO_END, LOCAL).astimezone(UTC)
        return max(start, min(shown, end))

    def wall(self) -> datetime:
        """What the clock on the wall says, a demonstration's too: people who are signed in stay so when its day changes."""
        return self.fixed if self.fixed is not None else datetime.now(UTC)

    @property
    def shifted(self) -> bool:
        return self.fixed is not None or (self.file is not None and self.file.exists())

    def start_demo_day(self, day: date) -> None:
        """Put "now" at 07:30 of `day` for every process that shares the file."""
        if self.file is None:
            raise SettingsError("The clock can't be shifted when TANNHA_ENV=production.")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        shown = datetime.combine(day, DEMO_START, LOCAL).astimezone(UTC)
        partial = self.file.with_suffix(".part")
        partial.write_text(json.dumps({"shown": shown.isoformat(), "real": datetime.now(UTC).isoformat()}))
        partial.replace(self.file)


def make_clock(settings: Settings) -> Clock:
    if settings.production:
        return Clock()
    if settings.now is not None:
        try:
            fixed = datetime.fromisoformat(settings.now)
        except ValueError:
            raise SettingsError(
                f"TANNHA_NOW={settings.now!r} is not an ISO 8601 time such as 2026-12-01T07:30+07:00."
            ) from None
        return Clock(fixed=(fixed if fixed.tzinfo else fixed.replace(tzinfo=LOCAL)).astimezone(UTC))
    return Clock(file=settings.var / "demo-clock.json")


def local_day(moment: datetime) -> date:
    return moment.astimezone(LOCAL).date()


def at(day: date, local_time: time) -> datetime:
    """A wall-clock time in Gia Lai as an aware UTC moment (Vietnam keeps UTC+7 all year)."""
    return datetime.combine(day, local_time, LOCAL).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    return at(day, time(0))


def end_of_day(day: date) -> datetime:
    return start_of_day(day + timedelta(days=1))
