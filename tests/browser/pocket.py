"""One phone in a pocket: its browser may be killed, its disk stays; its clock, its line and its room are as bad as they come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

from tests.browser.conftest import ARGUMENTS, PATIENCE_MS, PHONE, chromium

# The clock that the app reads. It is kept beside the app, so that a killed browser finds it as wrong as it was; what only
# runs (`performance.now`) goes on, as in a real phone.
CLOCK = """
const Right = Date;
const wrong = () => { try { return Number(localStorage.getItem("clock-ms")); } catch { return 0; } };
globalThis.Date = class extends Right {
  constructor(...given) { if (given.length) super(...given); else super(Right.now() + wrong()); }
  static now() { return Right.now() + wrong(); }
};
"""
# a crumb beside the app's own data finds no room
FULL = """() => new Promise((told) => {
  const asked = indexedDB.open("crumbs", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("crumbs");
  asked.onsuccess = () => {
    const work = asked.result.transaction("crumbs", "readwrite");
    work.objectStore("crumbs").put(1, 1);
    const end = (full) => () => { asked.result.close(); told(full); };
    [work.oncomplete, work.onabort] = [end(false), end(true)];
  };
})"""
NO_LIMIT = -1  # as the browser's own tools say it


class Pocket:
    def __init__(self, playwright: Playwright, profile: Path, url: str) -> None:
        self.playwright, self.profile, self.url = playwright, profile, url
        self.faults: list[str] = []
        self.kills = 0
        self._sessions: dict[Page, CDPSession] = {}
        self.context = self._open()

    def _open(self) -> BrowserContext:
        context = self.playwright.chromium.launch_persistent_context(
            str(self.profile), executable_path=chromium(), args=list(ARGUMENTS), base_url=self.url, viewport=PHONE,
            locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(CLOCK)
        context.on("page", self._listen)
        for page in context.pages:
            self._listen(page)
        return context

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    @property
    def page(self) -> Page:
        return self.context.pages[0]

    def kill(self) -> None:
        """As Android does: at once, and without a word. Opened again on the same disk."""
        mine = f"--user-data-dir={self.profile}"
        for process in psutil.process_iter(["cmdline"]):
            if mine in (process.info["cmdline"] or ()):
                process.kill()
        self.kills += 1
        self.context = self._open()

    def set_clock(self, off_ms: int) -> None:
        """By hand, while the app is looked at."""
        self.page.evaluate("off => localStorage.setItem('clock-ms', off)", off_ms)

    def slow_down(self, kbit: float, latency_ms: int) -> None:
        """Each page that is open now gets a line of its own."""
        self._line(kbit * 1000 / 8, latency_ms)

    def speed_up(self) -> None:
        self._line(NO_LIMIT, 0)

    def _line(self, bytes_a_second: float, latency_ms: int) -> None:
        rate = {"downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second}
        for page in self.context.pages:
            self._ask(page, "Network.emulateNetworkConditions", {"offline": False, "latency": latency_ms, **rate})

    def fill_disk(self, share: float = 1) -> None:
        """The browser gives the app so much of the room that it has taken. It looks again after a minute at most."""
        taken = self.page.evaluate("navigator.storage.estimate().then((estimate) => estimate.usage)")
        self._room({"quotaSize": int(taken * share)})
        while not self.page.evaluate(FULL):
            self.page.wait_for_timeout(1000)

    def clear_disk(self) -> None:
        self._room({})

    def _room(self, size: dict[str, Any]) -> None:
        self._ask(self.page, "Storage.overrideQuotaForOrigin", {"origin": self.url, **size})

    def _ask(self, page: Page, command: str, given: dict[str, Any]) -> None:
        if page not in self._sessions:
            self._sessions[page] = self.context.new_cdp_session(page)
        self._sessions[page].send(command, given)
