"""The process that plans, when it fails: log and Sentry hear of what kind the error is, and nobody reads its words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from app.config import Settings
from app.worker.plan_process import INTERRUPTED, settings_to_json
from tests.app.watching.listening import listening

PROGRAM = """
import os, sys
from sqlalchemy.exc import OperationalError
from app.worker import plan_process

def fail(*_):
    raise {error}

plan_process.carry_out = fail
plan_process.main(7, os.getppid())
"""
NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


def failed(var: Path, error: str, sentry_dsn: str | None = None) -> subprocess.CompletedProcess[bytes]:
    settings = Settings(environment="test", var=var, database_url=NOWHERE, sentry_dsn=sentry_dsn)
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(error=error)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        input=settings_to_json(settings),
        capture_output=True,
        check=False,
    )


def test_an_error_is_told_by_its_kind_in_log_and_sentry(tmp_path: Path) -> None:
    with listening() as server:
        ended = failed(tmp_path, "ValueError('0900000001')", f"http://key@127.0.0.1:{server.port}/1")
        _, _, body = server.first()
    (line,) = ended.stderr.decode().splitlines()
    assert ended.returncode == 1
    assert "planning 7 failed" in line
    assert "ValueError" in line
    assert "0900000001" not in line + body.decode()
    event = json.loads(body.decode().splitlines()[2])
    assert [one["type"] for one in event["exception"]["values"]] == ["ValueError"]
    assert event["tags"]["part"] == "plan"


def test_a_database_that_went_away_is_an_interruption(tmp_path: Path) -> None:
    ended = failed(tmp_path, "OperationalError('select', None, Exception('0900000001'))")
    assert ended.returncode == INTERRUPTED
    assert len(ended.stderr.splitlines()) == 1
    assert b"0900000001" not in ended.stderr
