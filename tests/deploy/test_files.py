"""What an operator copies from deploy/ fits the program: settings, commands, limits, names."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shlex
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from app.cli import COMMANDS
from app.cli.serve import HEADERS_WITHIN_MS
from app.config import load_settings
from app.web.bodies import OF_AUDIENCE, OF_PAGE
from tests.repository.sources import ROOT

DEPLOY: Final = ROOT / "deploy"
SERVICES: Final = sorted((DEPLOY / "systemd").glob("*.service"))
MIB: Final = 1024 * 1024


def variables(path: Path) -> dict[str, str]:
    lines = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return read


def parse(words: list[str]) -> argparse.Namespace:
    """As `tannha` itself would: a word that it does not know ends the test."""
    module = import_module(COMMANDS[words[0]][0])
    parser = argparse.ArgumentParser()
    module.configure(parser)
    return parser.parse_args(words[1:])


# -- settings


def test_production_starts_with_the_example_once_its_blanks_are_filled() -> None:
    told = variables(DEPLOY / "tannha.env") | variables(DEPLOY / "owner.env")
    typed = {
        "TANNHA_HELP_LINE": "1900 1234",
        "TANNHA_FORMS": "https://thutuc.example.vn/?ma={code}",
        "TANNHA_STATE_FEE_URL": "https://nop.example.vn/",
    }
    filled = {name: value or typed.get(name) or secrets.token_hex(32) for name, value in told.items()}

    settings = load_settings(filled)

    assert settings.production
    assert settings.proxies == 1  # one proxy stands before it in every example
    assert settings.base_url.startswith("https://")


def test_every_variable_of_the_example_is_a_setting() -> None:
    known = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    told = variables(DEPLOY / "tannha.env").keys() | variables(DEPLOY / "owner.env").keys()
    operations = (ROOT / "docs/operations.md").read_text()
    assert [name for name in sorted(told - known) if f"`{name}" not in operations] == []


def test_no_example_comes_with_a_secret() -> None:
    told = variables(DEPLOY / "tannha.env") | variables(DEPLOY / "compose/database.env")
    secret = {name: value for name, value in told.items() if re.search(r"KEY|TOKEN|PASSWORD|RECIPIENT", name)}
    assert set(secret.values()) == {""}
    assert '"secretKey": ""' in (DEPLOY / "compose/store.json").read_text()
    assert re.findall(r"://\w+:(?!…)[^@\s]+@", "".join(path.read_text() for path in DEPLOY.rglob("*.*"))) == []


def test_web_and_worker_never_see_the_owner_of_the_tables() -> None:
    assert "TANNHA_OWNER_DATABASE_URL" not in variables(DEPLOY / "tannha.env")
    with_owner = {path.name for path in SERVICES if "owner.env" in path.read_text()}
    assert with_owner == {"tannha-backup.service"}
    owners = {name for name, one in compose()["services"].items() if "compose/owner.env" in one.get("env_file", "")}
    assert owners == {"migrate"}


# -- units


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_that_exists_as_nobody_s_superuser(unit: Path) -> None:
    told = unit.read_text()
    (start,) = re.findall(r"^ExecStart=/opt/tannha/bin/tannha (.+)$", told, re.MULTILINE)
    parse(shlex.split(start.replace("%i", "8001")))
    assert {"User=tannha", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="} <= set(
        told.splitlines()
    )


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_what_runs_for_ever_is_begun_again_however_long_its_database_is_away(unit: Path) -> None:
    told = unit.read_text().splitlines()
    for_ever = "Type=oneshot" not in told
    assert ("Restart=on-failure" in told, "StartLimitIntervalSec=0" in told) == (for_ever, for_ever)


@pytest.mark.parametrize("timer", sorted((DEPLOY / "systemd").glob("*.timer")), ids=lambda path: path.stem)
def test_a_timer_has_its_service_and_runs_what_was_missed(timer: Path) -> None:
    assert timer.with_suffix(".service") in SERVICES
    assert "Persistent=yes" in timer.read_text()
    assert "Asia/Ho_Chi_Minh" in timer.read_text()  # else in the zone of whoever set the machine up


# -- what grows


def test_a_night_s_backup_throws_away_those_of_three_weeks_ago_and_nothing_else(tmp_path: Path) -> None:
    unit = (DEPLOY / "systemd/tannha-backup.service").read_text()
    (start,) = re.findall(r"^ExecStart=\S+ backup (\S+)$", unit, re.MULTILINE)
    (retention,) = re.findall(r"^ExecStartPost=(.+)$", unit, re.MULTILINE)  # not run when the backup failed
    for name, days in (("new.tar.age", 0), ("fortnight.tar.age", 13), ("old.tar.age", 21), ("note.txt", 21)):
        (tmp_path / name).touch()
        then = (tmp_path / name).stat().st_mtime - days * 86_400
        os.utime(tmp_path / name, (then, then))

    assert shlex.split(retention).count(start) == 1
    subprocess.run([str(tmp_path) if word == start else word for word in shlex.split(retention)], check=True)

    assert {path.name for path in tmp_path.iterdir()} == {"new.tar.age", "fortnight.tar.age", "note.txt"}


def test_no_log_of_changes_is_archived_that_nothing_cleans_up() -> None:
    """Without a base backup it restores nothing, without a clean-up it fills the disk."""
    (mode,) = re.findall(r"^archive_mode = (\w+)", (DEPLOY / "postgresql/tannha.conf").read_text(), re.MULTILINE)
    assert mode == "off"
    mounted = [one for service in compose()["services"].values() for one in service.get("volumes", [])]
    assert [one for one in mounted if "wal" in one] == []
    assert "wal" not in (ROOT / "docs/installing.md").read_text()
    section = (ROOT / "docs/operations.md").read_text().split("### Lose no minute")[1].split("\n## ")[0]
    for part in ("archive_mode = on", "archive_command", "pg_basebackup", "pg_archivecleanup", "pgbackrest.conf"):
        assert part in section


# -- proxies


def test_proxies_take_in_whatever_a_page_takes_in() -> None:
    most = max(*OF_AUDIENCE.values(), *OF_PAGE.values())
    (nginx,) = re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx/tannha.conf").read_text())
    (caddy,) = re.findall(r"max_size (\d+)MiB", (DEPLOY / "caddy/Caddyfile").read_text())
    assert int(nginx) * MIB >= most
    assert int(caddy) * MIB >= most


def test_no_proxy_writes_an_address_down() -> None:
    """Links of citizens and callbacks of operators have their secret in it."""
    nginx = (DEPLOY / "nginx/tannha.conf").read_text()
    (form,) = re.findall(r"log_format tannha '(.*)';", nginx)
    assert not re.search(r"\$(request|request_uri|uri|document_uri|args|query_string|http_referer)\b", form)
    assert set(re.findall(r"^\s+access_log (.+);", nginx, re.MULTILINE)) == {"off", "/var/log/nginx/tannha.log tannha"}
    assert re.findall(r"error_log \S+ (\w+);", nginx) == ["crit"]  # below it nginx quotes the request
    assert not re.search(r"^\s*log\b", (DEPLOY / "caddy/Caddyfile").read_text(), re.MULTILINE)


def test_a_proxy_leaves_a_restarted_web_server_alone_for_a_second() -> None:
    nginx = (DEPLOY / "nginx/tannha.conf").read_text()
    servers = re.findall(r"^\s+server 127\S+ (.+);", nginx, re.MULTILINE)
    assert servers == ["max_fails=1 fail_timeout=1s"] * 2
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in nginx
    assert "non_idempotent" not in nginx.split("proxy_next_upstream ")[1].split(";")[0]


def test_a_proxy_lets_go_of_an_idle_connection_before_the_web_server_ends_it() -> None:
    """Else a request goes out on a connection that is ending, and what changes something is not sent a second time."""
    upstream = (DEPLOY / "nginx/tannha.conf").read_text().split("upstream tannha_web {")[1].split("\n}")[0]
    nginx = re.findall(r"^\s+keepalive_timeout (\d+)s;", upstream, re.MULTILINE)
    caddy = re.findall(r"^\s+keepalive (\d+)s\b", (DEPLOY / "caddy/Caddyfile").read_text(), re.MULTILINE)
    assert [int(seconds) * 1000 < HEADERS_WITHIN_MS for seconds in (*nginx, *caddy)] == [True, True]


# -- containers


def test_the_compose_file_has_two_of_what_must_not_stand_still() -> None:
    services = compose()["services"]
    commands = {name: one["command"] for name, one in services.items() if one["image"].startswith("tannha:")}
    for command in commands.values():
        parse([str(word) for word in command])
    firsts = sorted(command[0] for command in commands.values())
    assert firsts == ["migrate", "serve", "serve", "worker", "worker"]
    assert services["database"]["image"].split("/")[-1].startswith("postgres:18")
    assert {"store", "proxy"} <= services.keys()


def test_nobody_outside_reaches_the_database_the_store_or_a_web_server() -> None:
    services = compose()["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert compose()["networks"]["inside"]["internal"]
    assert {name for name, one in services.items() if one["networks"] == ["inside"]} == {"database", "store", "bucket"}


def test_every_file_that_the_compose_file_mounts_is_here_or_said_to_be_yours() -> None:
    head = (DEPLOY / "compose.yaml").read_text().split("name: tannha")[0]
    services = compose()["services"]
    mounted = {
        one.split(":")[0] for service in services.values() for one in service.get("volumes", []) if one[0] == "."
    }
    assert [one for one in sorted(mounted) if not (DEPLOY / one).is_file()] == []
    assert [name for name in ("tannha.env", "owner.env") if f"compose/{name}" not in head] == []
