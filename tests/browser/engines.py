"""Two more engines, driven through selenium: WebKitGTK by its own driver, Firefox by Marionette.

Debian has no geckodriver, so the dozen commands that the tests use are told to Firefox in the protocol geckodriver itself
would speak (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from selenium.webdriver import Remote
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.errorhandler import ErrorHandler
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options as WebKitOptions

from tests.crash.servers import free_port, until

WIDTH, HEIGHT = 360, 740
STARTS_WITHIN_S = 60  # and answers
SPOKEN: Final = {
    Command.NEW_SESSION: "NewSession", Command.QUIT: "DeleteSession", Command.GET: "Navigate",
    Command.FIND_ELEMENT: "FindElement", Command.FIND_ELEMENTS: "FindElements", Command.CLICK_ELEMENT: "ElementClick",
    Command.CLEAR_ELEMENT: "ElementClear", Command.SEND_KEYS_TO_ELEMENT: "ElementSendKeys",
    Command.W3C_EXECUTE_SCRIPT: "ExecuteScript", Command.W3C_ACTIONS: "PerformActions", Command.REFRESH: "Refresh",
    Command.SCREENSHOT: "TakeScreenshot", Command.SET_WINDOW_RECT: "SetWindowRect", Command.GO_BACK: "Back",
    Command.SET_TIMEOUTS: "SetTimeouts",
}  # fmt: skip


class Marionette(RemoteConnection):
    """selenium's commands over Firefox's own socket: `length:[type, number, command, parameters]`, both ways."""

    def __init__(self, line: socket.socket) -> None:
        super().__init__(client_config=ClientConfig(remote_server_addr="marionette", keep_alive=False))
        self.line, self.heard, self.number = line, line.makefile("rb"), 0
        self._read()  # its greeting

    def execute(self, command: str, params: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        wished = {} if command == Command.NEW_SESSION else params  # it is the only browser there
        said = json.dumps([0, self.number, f"WebDriver:{SPOKEN[command]}", wished]).encode()
        self.line.sendall(b"%d:%s" % (len(said), said))
        _, _, fault, answer = self._read()
        if fault:
            ErrorHandler().check_response({"status": 500, "value": json.dumps({"value": fault})})
        return {"value": answer if command == Command.NEW_SESSION else _value(answer)}

    def close(self) -> None:
        self.heard.close()
        self.line.close()

    def _read(self) -> Any:
        length = b""
        while (byte := self.heard.read(1)) != b":":
            assert byte, "Firefox ended"
            length += byte
        return json.loads(self.heard.read(int(length)))


def _value(answer: Any) -> Any:
    return answer["value"] if isinstance(answer, dict) and answer.keys() == {"value"} else answer


def _installed(package: str, *names: str) -> str:
    """The system's own; a missing one is a failure, never a skip."""
    found = next(filter(None, map(shutil.which, names)), None) or _in_its_library(names[0])
    assert found, f"{names[0]} is missing: install it (Debian: apt-get install {package})."
    return found


def _in_its_library(name: str) -> str | None:
    """Debian lays WebKit's little browser beside the library: /usr/lib/…/webkit2gtk-4.1/MiniBrowser."""
    return next((str(path) for path in sorted(Path("/usr/lib").glob(f"*/webkit*/{name}"))), None)


class _Plain(ArgOptions):
    @property
    def default_capabilities(self) -> dict[str, Any]:
        return {}


def _connect(port: int) -> socket.socket:
    found: list[socket.socket] = []

    def listens() -> bool:
        with suppress(OSError):
            found.append(socket.create_connection(("127.0.0.1", port), timeout=STARTS_WITHIN_S))
        return bool(found)

    until(listens)
    return found[0]


@contextmanager
def running(command: list[str], **environment: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@contextmanager
def firefox() -> Iterator[Remote]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="tannha-firefox-") as profile:
        wishes = {"marionette.port": port, "intl.accept_languages": "vi-VN", "app.normandy.enabled": False}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wishes.items()]
        Path(profile, "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [_installed("firefox-esr", "firefox-esr", "firefox"), "--headless", "--no-remote", "--profile", profile,
                   "--marionette", f"--width={WIDTH}", f"--height={HEIGHT}", "about:blank"]  # fmt: skip
        with running(command):
            line = _connect(port)
            driver = Remote(command_executor=Marionette(line), options=_Plain(), file_detector=UselessFileDetector())
            try:
                yield driver
            finally:
                driver.quit()
                line.close()


@contextmanager
def webkit() -> Iterator[Remote]:
    port, display = free_port(), f":{90 + os.getpid() % 400}"
    options = WebKitOptions()
    options.binary_location = _installed("webkit2gtk-driver", "MiniBrowser")
    options.add_argument("--automation")
    screen = [_installed("xvfb", "Xvfb"), display, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
    driver = [_installed("webkit2gtk-driver", "WebKitWebDriver"), f"--port={port}"]
    with running(screen), running(driver, DISPLAY=display, GDK_BACKEND="x11"):
        _connect(port).close()
        client = ClientConfig(remote_server_addr=f"http://127.0.0.1:{port}", timeout=STARTS_WITHIN_S)
        made = Remote(
            command_executor=RemoteConnection(client_config=client),
            options=options,
            file_detector=UselessFileDetector(),
        )
        try:
            yield made
        finally:
            made.quit()
