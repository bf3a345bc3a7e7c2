"""The command's door: what is wrong is one sentence and exit code 2, never a traceback."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.cli import COMMANDS, main
from app.cli.migrate import newest_step
from app.config import SettingsError
from tests.conftest import create_database


def test_without_a_word_it_lists_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_takes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = import_module(COMMANDS[name][0])
    assert callable(module.run)
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"tannha {name}" in capsys.readouterr().out


def test_it_says_its_version_and_the_schema_that_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    assert capsys.readouterr().out == f"tannha {project['version']}, schema {newest_step()}\n"


def test_the_release_notes_begin_with_this_version() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    newest = re.search(r"^## (\S+)", Path("CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == project["version"]


def test_an_unknown_command_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plna"]) == 2
    assert "plan" in capsys.readouterr().err


def test_a_malformed_setting_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eight")
    assert main(["migrate"]) == 2
    assert (
        capsys.readouterr().err
        == "tannha: PORT='eight' is not a whole number from 1 to 65535: correct it or leave it unset.\n"
    )


def test_a_database_that_is_not_there_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    for command in (["migrate"], ["verify-custody"], ["serve"], ["demo"]):
        assert main(command) == 2
        assert "The database does not answer" in capsys.readouterr().err


def test_a_database_without_tables_sends_to_migrate(
    server_url: URL, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = create_database(server_url, "test_cli_empty")
    monkeypatch.setenv("DATABASE_URL", empty.render_as_string(hide_password=False))

    assert main(["verify-custody"]) == 2
    assert "tannha migrate" in capsys.readouterr().err


def test_a_taken_port_names_the_way_out() -> None:
    ports = import_module("app.cli.ports")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"Port {port} .* PORT={port + 1}"):
            ports.check_port("127.0.0.1", port)
    ports.check_port("127.0.0.1", port)


def test_a_demonstration_is_refused_in_production(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = dict.fromkeys(("TANNHA_SECRET_KEY", "TANNHA_SIGNING_KEY", "TANNHA_FILES_KEY"), "0123456789abcdef" * 4)
    secrets["TANNHA_SECURE_COOKIES"] = "1"
    settings = {
        "TANNHA_ENV": "production",
        "DATABASE_URL": "postgresql://db/x",
        "TANNHA_LINKS": "/srv/links.toml",
        **secrets,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("TANNHA_NOW", raising=False)

    assert main(["demo"]) == 2
    assert "TANNHA_ENV=production" in capsys.readouterr().err


def test_a_light_command_does_not_load_the_web_or_a_solver() -> None:
    loaded = "import sys, app.cli.resolve_address; print(sorted({'flask', 'ortools', 'granian'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[]"
