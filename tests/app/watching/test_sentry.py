"""What a server of Sentry is told: kinds and places. Nothing that somebody typed, holds or reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import SettingsError
from app.watching import sentry
from tests.app.watching.listening import listening

SECRETS = ("0900000001", "Nguyễn Thử", "s3cr3t-token", "typed-by-somebody", "hunter2")
PROGRAM = """
from dataclasses import replace
from app.config import load_settings
from app.factory import create_app
from app.watching import sentry
from app.web.auth import public
from tests.fakes.no_database import NoDatabase

settings = load_settings()
sentry.set_up(settings.sentry_dsn, "production", "web")
app = create_app(replace(settings, environment="production"), database=NoDatabase())
app.config["WTF_CSRF_ENABLED"] = False

def fail(token):
    from flask import request
    name, phone, typed = "Nguyễn Thử", "0900000001", request.form["password"]
    try:
        raise KeyError(phone)
    except KeyError as error:
        raise ValueError(f"{name} {phone} {typed} {token}") from error

app.add_url_rule("/api/hong/<token>", "hong", public(fail), methods=["POST"])
typed = {"password": "hunter2"}
app.test_client().post("/api/hong/s3cr3t-token?q=typed-by-somebody", data=typed, headers={"X-Request-ID": "abc-12345"})
sentry.flush()
"""


def test_an_error_is_told_without_any_value(tmp_path: Path) -> None:
    with listening() as server:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "TANNHA_ENV": "test",
            "TANNHA_VAR": str(tmp_path),
            "TANNHA_SENTRY_DSN": f"http://key@127.0.0.1:{server.port}/1",
        }
        subprocess.run([sys.executable, "-c", PROGRAM], env=environment, check=True, capture_output=True)
        path, _, body = server.first()
    told = body.decode()
    assert path == "/api/1/envelope/"
    assert not [secret for secret in SECRETS if secret in told or json.dumps(secret)[1:-1] in told]
    event = json.loads(told.splitlines()[2])
    assert [one["type"] for one in event["exception"]["values"]] == ["KeyError", "ValueError"]
    assert event["exception"]["values"][1]["stacktrace"]["frames"][-1]["function"] == "fail"
    assert event["tags"] == {"part": "web", "request": "abc-12345"}
    assert event.keys() <= {*sentry.KEPT, "exception"}


def test_without_a_server_nothing_is_loaded() -> None:
    program = (
        "import sys; from app.watching import sentry; sentry.set_up(None, 'test', 'web'); sentry.report(ValueError());"
        "print('sentry_sdk' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_a_malformed_address_is_refused() -> None:
    try:
        with pytest.raises(SettingsError, match="TANNHA_SENTRY_DSN is no address"):
            sentry.set_up("nonsense", "test", "web")
    finally:
        sentry.set_up(None, "test", "web")


def test_a_missing_library_is_said_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    try:
        with pytest.raises(SettingsError, match=r"tannha\[sentry\]"):
            sentry.set_up("https://key@sentry.example/1", "test", "web")
    finally:
        sentry.set_up(None, "test", "web")
