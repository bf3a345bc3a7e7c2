"""The clock: real, fixed, or a demonstration's day that never ends by itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from app.clock import Clock, at, end_of_day, local_day, make_clock, start_of_day
from app.config import Settings, SettingsError

DAY = date(2026, 12, 1)


def begun(file: Path, ago: timedelta) -> Clock:
    """A demo day whose start lies `ago` in real time."""
    clock = Clock(file=file)
    clock.start_demo_day(DAY)
    state = json.loads(file.read_text())
    state["real"] = (datetime.fromisoformat(state["real"]) - ago).isoformat()
    file.write_text(json.dumps(state))
    return clock


def test_a_demo_day_begins_at_half_past_seven_here(tmp_path: Path) -> None:
    clock = Clock(file=tmp_path / "clock.json")
    clock.start_demo_day(DAY)
    assert clock.shifted
    assert clock.now() - datetime(2026, 12, 1, 0, 30, tzinfo=UTC) < timedelta(seconds=30)


def test_without_a_demo_day_the_clock_is_real(tmp_path: Path) -> None:
    assert not Clock(file=tmp_path / "clock.json").shifted


def test_a_demo_day_ticks(tmp_path: Path) -> None:
    clock = begun(tmp_path / "clock.json", timedelta(hours=2))
    assert timedelta(0) <= clock.now() - datetime(2026, 12, 1, 2, 30, tzinfo=UTC) < timedelta(seconds=30)


def test_a_demo_left_running_overnight_is_still_the_same_day(tmp_path: Path) -> None:
    clock = begun(tmp_path / "clock.json", timedelta(hours=30))
    assert clock.now() == datetime(2026, 12, 1, 9, 20, tzinfo=UTC)


def test_a_fixed_clock_stands_still() -> None:
    clock = make_clock(Settings(now="2026-12-01T07:30"))
    assert clock.now() == datetime(2026, 12, 1, 0, 30, tzinfo=UTC)


def test_a_malformed_moment_is_named() -> None:
    with pytest.raises(SettingsError, match="TANNHA_NOW"):
        make_clock(Settings(now="tomorrow"))


def test_production_knows_only_the_real_clock(tmp_path: Path) -> None:
    clock = make_clock(Settings(environment="production", var=tmp_path))
    assert not clock.shifted
    with pytest.raises(SettingsError):
        clock.start_demo_day(DAY)


def test_days_are_days_in_gia_lai() -> None:
    assert local_day(datetime(2026, 11, 30, 17, 0, tzinfo=UTC)) == DAY
    assert start_of_day(DAY) == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    assert end_of_day(DAY) - start_of_day(DAY) == timedelta(days=1)
    assert at(DAY, time(4, 59)) == datetime(2026, 11, 30, 21, 59, tzinfo=UTC)
