"""`tannha up`, as far as it can be asked without starting everything: the tests of the browser start it whole."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from app.cli import main, up
from app.config import Settings, SettingsError, load_settings


def test_under_reload_a_part_is_begun_again_when_code_changes_and_not_when_typescript_does() -> None:
    words = up._watched(["python", "-m", "app.cli", "serve"])
    assert words[1:3] == ["-m", "watchfiles"]
    ignored, command, *folders = words[words.index("--ignore-paths") + 1 :]
    assert Path(ignored) == up.ROOT / "app/frontend"
    assert shlex.split(command) == ["python", "-m", "app.cli", "serve"]
    assert {Path(folder).name for folder in folders} == {"app", "routing", "integrations"}
    assert all(Path(folder).is_dir() for folder in folders)


def test_reload_is_refused_where_it_is_no_development(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANNHA_ENV", "test")
    assert main(["up", "--reload"]) == 2
    assert "--reload is for development" in capsys.readouterr().err
    with pytest.raises(SettingsError, match="--reload is for development"):
        up._check_reload(Settings(environment="production"))


def test_a_part_that_ends_is_begun_again_and_ends_the_whole_only_when_it_ends_again_and_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up, "FIRST_WAIT_S", 0.0)
    monkeypatch.setattr(up, "LOOKS_EVERY_S", 0.0)
    part = up.Part("worker", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(SettingsError, match="The worker ended by itself again and again"):
        up._watch([part])
    assert capsys.readouterr().err.count("exit code 3): begun again") == up.AGAIN_AND_AGAIN


def test_a_part_that_ran_for_a_while_begins_with_all_its_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "FIRST_WAIT_S", 0.0)
    monkeypatch.setattr(up, "SETTLED_S", 0.0)
    part = up.Part("web server", [sys.executable, "-c", ""], failures=up.AGAIN_AND_AGAIN)
    part.process.wait()
    part.look_after()
    assert part.failures == 1


@pytest.mark.parametrize("name", ["serve", "worker"])
def test_a_newcomers_terminal_keeps_its_addresses_unless_the_setting_asks_for_every_line(name: str) -> None:
    assert load_settings(up._environment(name, {})).log_level == "warning"
    assert "TANNHA_LOG_LEVEL" not in up._environment(name, {"TANNHA_LOG_LEVEL": "info"})


def test_a_part_is_begun_with_what_is_said_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TANNHA_LOG_LEVEL", raising=False)
    monkeypatch.setattr(up, "_words", lambda name: [sys.executable, "-c", WANTED, name])
    assert up._part("worker", reload=False).process.wait() == 0


WANTED = "import os; raise SystemExit(os.environ['TANNHA_LOG_LEVEL'] != 'warning')"
