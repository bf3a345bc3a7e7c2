"""The sandbox as a process of its own, on a free port, to be killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests import canaries
from tests.crash.servers import free_port, until


@dataclass(slots=True)
class Sandbox:
    """`folder` holds its state; `our_url` and `key`: where its desk's software tells us of dossiers."""

    folder: Path
    our_url: str = "http://127.0.0.1:1"
    key: str = ""
    now: str = ""
    seed: int = 0
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
            "TANNHA_VAR": str(self.folder),
            "TANNHA_ENV": "test",
            "TANNHA_NOW": self.now,
            "TANNHA_SANDBOX_KEY": self.key,
        }
        command = [sys.executable, "-m", "app.cli", "sandbox", "--port", str(self.port), "--seed", str(self.seed)]
        canaries.follow("sandbox", self.folder / "sandbox.log")
        with (self.folder / "sandbox.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--our-url", self.our_url], stdout=log, stderr=log, env=environment, start_new_session=True
            )
        try:
            until(self.answers, 30)
        except AssertionError as late:
            late.add_note((self.folder / "sandbox.log").read_text()[-2000:])
            self.kill()
            raise

    def answers(self) -> bool:
        with suppress(URLError, OSError):
            return bool(self.get("healthz")["ok"])
        return False

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def get(self, page: str) -> Any:
        with urlopen(f"{self.url}/_sandbox/{page}", timeout=30) as answer:
            return json.loads(answer.read())

    def post(self, page: str, body: Any = None) -> Any:
        asked = Request(
            f"{self.url}/_sandbox/{page}",
            data=json.dumps(body if body is not None else {}).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urlopen(asked, timeout=60) as answer:
                text = answer.read()
        except HTTPError as refused:
            with refused:
                raise AssertionError(refused.read().decode()) from None
        return json.loads(text) if text else None

    def links(self, folder: Path, interface: str = "A") -> Path:
        """A links file that joins us to this sandbox, with its secrets beside it."""
        from integrations.sandbox.joining import write_links  # noqa: PLC0415 (Flask and all, only where it is used)

        return write_links(folder, self.url, interface)
