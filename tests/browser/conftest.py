"""A whole installation, started as a newcomer starts it, and Chromium to walk through it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from app.database import Database, connect
from tests import canaries
from tests.browser.office import running_office
from tests.crash.servers import Servers

PATIENCE_MS = 60_000  # a loaded machine takes its time; nobody waits longer than it does
expect.set_options(timeout=PATIENCE_MS)

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE: ViewportSize = {"width": 360, "height": 740}
STARTS_WITHIN_S = 180


class Installation:
    """`tannha up` in a folder of its own. Lines of its console are kept: the demonstration's password is read there."""

    def __init__(self, var: Path, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self.lines: list[str] = []
        self.ready = threading.Event()
        environment = {**os.environ, "TANNHA_VAR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "app.cli", "up", "--errands", "135", "--seed", "7"]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            canaries.hear("tannha up", line)
            if "Ctrl-C" in line:
                self.ready.set()
        self.ready.set()

    def wait(self) -> None:
        self.ready.wait(STARTS_WITHIN_S)
        assert self.process.poll() is None, "tannha up ended:\n" + "\n".join(self.lines[-40:])
        assert any("Ctrl-C" in line for line in self.lines), "tannha up is not ready:\n" + "\n".join(self.lines[-40:])

    @property
    def sandbox(self) -> str:
        """Where the played systems are looked at, as printed for the newcomer."""
        return next(line.split()[-1] for line in self.lines if line.endswith("/_sandbox/"))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        finally:
            self.reader.join(5)
            if self.process.stdout is not None:
                self.process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="tannha-browser-"))
    running = Installation(folder / "var", _free_port())
    try:
        running.wait()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """One office for the phones of all modules: each test makes a round of its own, and asks for nobody else's."""
    with tempfile.TemporaryDirectory(prefix="tannha-phones-") as folder, running_office(Path(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def database(servers: Servers) -> Iterator[Database]:
    database = connect(servers.settings)
    yield database
    database.engine.dispose()


def chromium() -> str:
    """The system's own; a missing one is a failure, never a skip."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "Chromium is missing: install it (Debian: apt-get install chromium)."
    return found


@pytest.fixture(scope="module")  # not longer: while it lives, nobody else in this process may have an event loop
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, installation: Installation) -> Iterator[Callable[[], Page]]:
    """A new person: an own browser context on a phone; script errors and refused styles fail the test."""
    faults: list[str] = []
    contexts = []

    def open_one() -> Page:
        context = browser.new_context(base_url=installation.url, viewport=PHONE, locale="vi-VN")
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []
