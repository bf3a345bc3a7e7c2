"""Notices on a citizen's own machine: everything is the browser's own but the push service, which the sandbox plays."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation

SUBSCRIBED = """told => {
  const hold = { at: null };
  const made = () => ({ ...told, options: { applicationServerKey: null }, toJSON: () => told,
    unsubscribe: async () => { sessionStorage.removeItem("allowed"); return true; } });
  PushManager.prototype.getSubscription = async () => (sessionStorage.getItem("allowed") ? made() : null);
  PushManager.prototype.subscribe = async (asked) => {
    if (!asked.userVisibleOnly || asked.applicationServerKey.length !== 65) throw new Error("not as asked for");
    sessionStorage.setItem("allowed", "yes");
    return made();
  };
}"""


SHOWN = """async () => {
  const there = await navigator.serviceWorker.getRegistration("/theo-doi/");
  for (let looks = 0; looks < 400; looks += 1) {  // the worker wakes and shows it a moment later
    const found = await there.getNotifications();
    if (found.length > 0) return found.map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }));
    await new Promise((done) => setTimeout(done, 50));
  }
  return [];
}"""


def allow(page: Page, installation: Installation, name: str, address: str) -> None:
    """Press the button of the tracking page at `address`; Chromium's own push service is not to be had without the internet."""
    with urlopen(Request(f"{installation.sandbox}browsers/{name}", method="POST"), timeout=5) as answer:
        told = json.load(answer)
    page.context.grant_permissions(["notifications"], origin=installation.url)
    page.add_init_script(f"({SUBSCRIBED})({json.dumps(told)})")
    page.goto(address)
    page.get_by_role("button", name="Báo trên máy này", exact=True).click()
    expect(page.get_by_text("Máy này sẽ hiện thông báo khi có tin mới.")).to_be_visible()
    expect(page.get_by_text("Máy này đang được báo tin.")).to_be_visible()


def told(installation: Installation, name: str) -> str:
    """What the push service decrypted for this browser; the worker may need a moment."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with urlopen(f"{installation.sandbox}telephone", timeout=5) as page:
            messages = page.read().decode().split("<li>")[1:]
        for message in messages:
            if name in message:
                return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", message))
        installation.ready.wait(0.2)
    raise AssertionError("no notice was sent:\n" + "\n".join(installation.lines[-40:]))


def shown(page: Page, notice: dict[str, str]) -> list[Any]:
    """What the service worker shows for it, on the browser's own list."""
    devtools = page.context.new_cdp_session(page)
    versions: list[Any] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: versions.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.getRegistration('/theo-doi/').then(one => Boolean(one?.active))")
    page.wait_for_timeout(0)  # lets what the browser told arrive
    *_, mine = (one for one in versions if one["scopeURL"].endswith("/theo-doi/") and not one["isDeleted"])
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": page.evaluate("origin"),
            "registrationId": mine["registrationId"],
            "data": json.dumps(notice),
        },
    )
    found: list[Any] = page.evaluate(SHOWN)
    devtools.detach()
    return found
