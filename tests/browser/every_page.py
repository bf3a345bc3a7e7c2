"""Every page of the product in a real browser, without a server: the office of the access matrix answers by its test client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route
from werkzeug.test import TestResponse

HOST: Final = "http://tannha.test"
AXE: Final = Path("app/frontend/node_modules/axe-core/axe.min.js").read_text()
ASKED: Final[Mapping[Literal["light", "dark"], Sequence[str]]] = {
    "light": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
    "dark": ["color-contrast", "link-in-text-block"],  # all else is the same there
}
PHONE, DESK = 360, 1440
WIDE: Final = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return "";
  const rolls = (one) => one && (getComputedStyle(one).overflowX !== "visible" || rolls(one.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !rolls(one.parentElement))
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" | ") || "something";
}"""
BIG_TYPE: Final = "html { font-size: 200% !important }"


class Answer(NamedTuple):
    """What a browser is given; read to its end, so that no file stays open."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def read(cls, response: TestResponse) -> Self:
        with response:
            # inline styles are what axe and this module put in; what the product's own policy allows is tried elsewhere
            told = {
                name.lower(): value for name, value in response.headers.items() if name != "Content-Security-Policy"
            }
            return cls(response.status_code, told, response.data)


@dataclass(frozen=True)
class Shown:
    """One page as somebody sees it: `name` says which, and what was done to get there."""

    name: str
    path: str
    answer: Answer
    client: FlaskClient


class Window:
    """A browser whose every request the test client answers."""

    def __init__(self, browser: Browser, pictures: Path | None) -> None:
        self.context = browser.new_context(base_url=HOST, locale="vi-VN", reduced_motion="reduce")
        self.context.set_default_timeout(20_000)
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.faults: list[str] = []
        self.shown: Shown | None = None
        self.pictures = pictures
        self.kept: dict[str, Answer] = {}

    def look(self, shown: Shown) -> list[str]:
        """What is wrong with this page, at each width, by day and by night, and in big type."""
        self.shown, self.faults = shown, []
        self.page.emulate_media(color_scheme="light")
        self.page.goto(shown.path)
        self.page.evaluate(AXE)
        for width in (DESK, PHONE):
            self.page.set_viewport_size({"width": width, "height": 800})
            self.faults += [f"{width} {fault}" for fault in self._faults(width)]
            self._picture(f"{shown.name} {width}")
        self.page.add_style_tag(content=BIG_TYPE)
        self.faults += [f"200 % {fault}" for fault in _too_wide(self.page)]
        return [f"{shown.name}: {fault}" for fault in self.faults]

    def _answer(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        assert self.shown is not None
        if route.request.is_navigation_request():
            _fulfil(route, self.shown.answer)
        elif f"{asked.scheme}://{asked.netloc}" != HOST:
            self.faults.append(f"asks another host: {asked.netloc}")
            route.abort()
        else:
            path = f"{asked.path}?{asked.query}" if asked.query else asked.path
            if path not in self.kept or not path.startswith("/static/"):
                self.kept[path] = Answer.read(self.shown.client.get(path))
            _fulfil(route, self.kept[path])

    def _faults(self, width: int) -> Iterator[str]:
        """The rules of axe cost half a second a page: what can only be told by the width is asked at a desk, too."""
        yield from _too_wide(self.page)
        for scheme, rules in ASKED.items():
            if width == DESK and self.pictures is None:
                continue
            self.page.emulate_media(color_scheme=scheme)
            faults = self.page.evaluate(f"async () => (await axe.run({{runOnly: {json.dumps(rules)}}})).violations")
            for fault in faults:
                yield from (f"{scheme} {fault['id']}: {node['html'][:160]}" for node in fault["nodes"])
        self.page.emulate_media(color_scheme="light")

    def _picture(self, name: str) -> None:
        if self.pictures is not None:
            safe = re.sub(r"[^\w.-]+", "_", name).strip("_")
            self.page.screenshot(path=self.pictures / f"{safe}.png", full_page=True)


def _fulfil(route: Route, answer: Answer) -> None:
    route.fulfill(status=answer.status, headers=dict(answer.headers), body=answer.body)


def _too_wide(page: Page) -> list[str]:
    wide = page.evaluate(WIDE)
    return [f"runs off the side: {wide}"] if wide else []
