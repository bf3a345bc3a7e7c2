"""`tannha up`, as far as it can be asked without starting everything: the tests of the browser start it whole."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from app.cli import main, up
from app.config import Settings, SettingsError


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
