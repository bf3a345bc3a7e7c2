"""What cannot run here is looked at by whoever knows its form: linters, schemas, and each program's own check."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.drill.machine import TOOLS
from tests.repository.sources import ROOT

DEPLOY: Final = ROOT / "deploy"
PACKAGES: Final = "nginx caddy prometheus postgresql"
UNITS: Final = sorted((DEPLOY / "systemd").iterdir())
EXPOSED_AT_MOST: Final = 20  # of 100, by systemd's own reckoning


def said(words: Sequence[str | Path], folder: Path = ROOT) -> str:
    """Raises AssertionError with what the program found."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module", autouse=True)
def debian() -> None:
    """Installed in the machine of the drill, but looked at here: the files are the same."""
    missing = [
        name
        for name in PACKAGES.split()
        if subprocess.run(["dpkg", "-s", name], capture_output=True, check=False).returncode
    ]
    if missing:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=True)


def test_the_containerfile_is_one_that_a_linter_likes() -> None:
    assert said([TOOLS / "hadolint", "--failure-threshold", "info", DEPLOY / "Containerfile"]) == ""


def test_the_compose_file_is_one_by_its_schema_and_opens_nothing() -> None:
    said([TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml"])
    said([TOOLS / "compose-lint", DEPLOY / "compose.yaml"])


def test_nginx_reads_its_file(tmp_path: Path) -> None:
    (tmp_path / "tls").mkdir()
    said(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
          "-keyout", "tls/tannha.key", "-out", "tls/tannha.crt"], tmp_path)  # fmt: skip
    ours = (DEPLOY / "nginx/tannha.conf").read_text().replace("/etc/tannha/tls", str(tmp_path / "tls"))
    whole = f"error_log stderr;\npid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{ours.replace('/var/log/nginx', str(tmp_path))}}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    assert "warn" not in said(["nginx", "-t", "-c", tmp_path / "nginx.conf", "-p", tmp_path])


def test_caddy_reads_its_file() -> None:
    assert "Valid configuration" in said(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "caddy/Caddyfile"]
    )


def test_prometheus_reads_its_files_and_every_alert_wakes_when_it_should() -> None:
    folder = DEPLOY / "prometheus"
    said(["promtool", "check", "config", "--syntax-only", "prometheus.yml"], folder)
    said(["promtool", "check", "rules", "--lint-fatal", "rules.yml"], folder)
    said(["promtool", "test", "rules", "rules_test.yml"], folder)


def test_postgresql_knows_every_setting_of_its_file(tmp_path: Path) -> None:
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    asked = [str(programs / "postgres"), "--describe-config"]
    known = {
        line.split("\t")[0]
        for line in said(["runuser", "-u", "postgres", "--", *asked], tmp_path.parent.parent).splitlines()
    }
    told = set(re.findall(r"^(\w+) =", (DEPLOY / "postgresql/tannha.conf").read_text(), re.MULTILINE))
    assert told
    assert told <= known


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_reads_its_unit_and_finds_little_exposed(unit: Path, tmp_path: Path) -> None:
    there = tmp_path / unit.name
    there.write_text(unit.read_text().replace("/opt/tannha/bin/tannha", "/bin/true"))  # it is not installed here
    service = there.with_suffix(".service")
    service.write_text(unit.with_suffix(".service").read_text().replace("/opt/tannha/bin/tannha", "/bin/true"))
    assert said(["systemd-analyze", "verify", there]) == ""
    if unit.suffix == ".service":
        said(["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}", there])
