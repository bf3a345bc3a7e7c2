"""`make bench PART=map`: the day's map in Chromium, 3,000 stops on 135 routes, the processor slowed four times.

Mean frames a second, the longest gap between two and the longest task, while the map is panned and zoomed: the component alone on a
page, with stops that nobody lives at. `--maplibre DIR` (the unpacked `dist` of the package) draws the same lines and dots with
MapLibre GL beside it: what the choice rests on (docs/board-map.md). A machine without a graphics card draws WebGL in software.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, ViewportSize, sync_playwright

from app.clock import Clock
from app.queries.planning.plan_map import COLUMNS, UNIT
from tests.frontend.rendering import ROOT, environment

OFFICES: Final = 135
STOPS: Final = 3000
SLOWER: Final = 4
SIZE: Final[ViewportSize] = {"width": 1440, "height": 900}
FLAGS: Final = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync",
                "--disable-component-update")  # fmt: skip
OURS: Final = """{%- extends "staff.html" -%}{%- from "components/maps.html" import route_map -%}
{% block content %}{{ route_map("/plan.json", "Tuyến", moves=True) }}{% endblock %}"""
WATCH: Final = """() => {
  const watch = (window.watch = { frames: [], tasks: [0], on: true });
  new PerformanceObserver((seen) => seen.getEntries().forEach(({ duration }) => watch.tasks.push(duration)))
    .observe({ type: "longtask" });
  const frame = (at) => { watch.frames.push(at); if (watch.on) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""
READ: Final = """() => {
  window.watch.on = false;
  const { frames, tasks } = window.watch;
  const gaps = frames.slice(1).map((at, before) => at - frames[before]);
  const ms = frames.at(-1) - frames[0];
  const [fps, gap_ms, task_ms] = [(1000 * gaps.length) / ms, Math.max(...gaps), Math.max(...tasks)].map(Math.round);
  return { fps, gap_ms, task_ms };
}"""
MAPLIBRE: Final = """<!doctype html><title>MapLibre</title><link rel="stylesheet" href="/maplibre/maplibre-gl.css">
<style>.map__canvas{width:1150px;height:640px}</style><div class="map__canvas"></div><script type="module">
import * as maplibre from "/maplibre/maplibre-gl.mjs";
const plan = await (await fetch("/plan.json")).json(), unit = plan.unit;
const colours = ["#1b6ca8", "#b8461f", "#2e7d4f", "#7a4fa3", "#8a5c00", "#b8337a"];
const homes = Object.fromEntries(plan.offices.map(({ id, lon, lat }) => [id, [lon, lat]]));
const features = (of) => ({ type: "geojson", data: { type: "FeatureCollection", features: of.map(([type, coordinates, at]) =>
  ({ type: "Feature", properties: { colour: colours[at % 6] }, geometry: { type, coordinates } })) } });
const places = (route) => route.stops.map((row) => [row[1] * unit, row[2] * unit]);
const map = new maplibre.Map({ container: document.querySelector(".map__canvas"), center: [108.3, 13.9], zoom: 8, fadeDuration: 0,
  style: { version: 8, sources: {}, layers: [{ id: "land", type: "background", paint: { "background-color": "#efe8da" } }] } });
map.on("load", () => {
  map.addSource("areas", features(plan.areas.map(({ ring }) => ["Polygon", [ring], 0])));
  map.addSource("lines", features(plan.routes.map((route, at) =>
    ["LineString", [homes[route.office], ...places(route), homes[route.office]], at])));
  map.addSource("stops", features(plan.routes.flatMap((route, at) => places(route).map((place) => ["Point", place, at]))));
  map.addLayer({ id: "areas", type: "line", source: "areas", paint: { "line-color": "#8a7f6c" } });
  map.addLayer({ id: "lines", type: "line", source: "lines", paint: { "line-color": ["get", "colour"], "line-width": 3 } });
  map.addLayer({ id: "stops", type: "circle", source: "stops", paint: { "circle-color": ["get", "colour"],
    "circle-radius": ["step", ["zoom"], 3.5, 11, 9], "circle-stroke-color": "#fff", "circle-stroke-width": 1 } });
  map.once("idle", () => { document.body.dataset.stops = "1"; });
});
</script>"""


def invented_day(offices: int = OFFICES, stops: int = STOPS, seed: int = 7) -> dict[str, Any]:
    """Offices over a province's area, doors around each in the order of their bearing."""
    dice = random.Random(seed)
    made: dict[str, Any] = {
        "unit": UNIT,
        "live": True,
        "units": ["Xã Mẫu"],
        "reasons": ["Không kịp giờ hẹn"],
        "columns": COLUMNS,
        "offices": [],
        "areas": [],
        "boundaries": True,
        "routes": [],
        "unserved": [],
    }
    for at in range(offices):
        lon = 107.5 + 0.11 * (at % 15) + dice.uniform(-0.03, 0.03)
        lat = 13.4 + 0.11 * (at // 15) + dice.uniform(-0.03, 0.03)
        count = stops // offices + (at < stops % offices)
        doors = [(lon + dice.gauss(0, 0.03), lat + dice.gauss(0, 0.03)) for _ in range(count)]
        doors.sort(key=lambda door, lon=lon, lat=lat: math.atan2(door[1] - lat, door[0] - lon))  # type: ignore[misc]  # bound at once
        made["offices"].append(
            {"id": str(at), "name": f"Bưu cục Mẫu {at}", "lon": lon, "lat": lat, "provisional": False}
        )
        turns = [k / 40 * math.tau for k in range(41)]
        ring = [[lon + 0.055 * math.cos(turn), lat + 0.055 * math.sin(turn)] for turn in turns]
        made["areas"].append({"office": str(at), "ring": ring})
        rows = [_row(at, n, door, dice) for n, door in enumerate(doors, 1)]
        made["routes"].append(
            {"id": str(at), "office": str(at), "courier": f"Bưu tá {at}", "number": 1, "begun": True, "stops": rows}
        )
    return made


def _row(route: int, n: int, door: tuple[float, float], dice: random.Random) -> list[Any]:
    place = round(door[0] / UNIT), round(door[1] / UNIT)
    late = dice.choice((0,) * 19 + (12,))
    return [
        f"{route}-{n}",
        *place,
        n,
        420 + 9 * n,
        420,
        690,
        1 + n % 2,
        int(n < 8),
        late,
        n % 9,
        0,
        f"TN-{route:03}{n:02}X",
    ]


class _Pages(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012 - as the base class has it

    def __init__(self, *given: Any, pages: Mapping[str, tuple[str, str]], maplibre: Path | None, **kwargs: Any) -> None:
        self.pages, self.maplibre = pages, maplibre
        super().__init__(*given, directory=str(ROOT / "app"), **kwargs)

    def do_GET(self) -> None:
        if self.path in self.pages:
            self._answer(*self.pages[self.path])
            return
        if self.maplibre is not None and self.path.startswith("/maplibre/"):
            self.directory = str(self.maplibre)
            self.path = self.path.removeprefix("/maplibre")
        super().do_GET()

    def _answer(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Keep the terminal for the results."""


def _measured(page: Page, act: Callable[[], None]) -> dict[str, int]:
    page.evaluate(WATCH)
    act()
    found: dict[str, int] = page.evaluate(READ)
    return found


class _Hand:
    """A mouse over the middle of the map."""

    def __init__(self, page: Page) -> None:
        box = page.locator(".map__canvas").bounding_box()
        assert box
        self.page = page
        self.x, self.y = box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2 + 3

    def pan(self) -> None:
        for turn in (1, -1, 1):
            self.page.mouse.move(self.x, self.y)
            self.page.mouse.down()
            for step in range(40):
                self.page.mouse.move(self.x + 4 * step * turn, self.y + 2 * step * turn)
            self.page.mouse.up()

    def zoom(self, by: int) -> None:
        self.page.mouse.move(self.x, self.y)
        for _ in range(4):
            self.page.mouse.wheel(0, by)
            self.page.wait_for_timeout(400)

    def hover(self) -> None:
        for step in range(80):
            self.page.mouse.move(self.x + 2 * step, self.y + step)


def measure(url: str, flags: tuple[str, ...], slower: int) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*FLAGS, *flags])
        page = browser.new_page(viewport=SIZE)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        began = time.monotonic()
        page.goto(url)
        page.wait_for_selector("[data-stops]")
        page.evaluate("new Promise(requestAnimationFrame)")
        found: dict[str, Any] = {"load_s": round(time.monotonic() - began, 2)}
        page.wait_for_timeout(1500)
        page.locator(".map__canvas").scroll_into_view_if_needed()
        hand = _Hand(page)
        found["pan"] = _measured(page, hand.pan)
        found["hover"] = _measured(page, hand.hover)
        found["zoom_in"] = _measured(page, partial(hand.zoom, -240))
        found["pan_near"] = _measured(page, hand.pan)
        found["zoom_out"] = _measured(page, partial(hand.zoom, 240))
        if page.locator("#map-mode").count():
            found["colour"] = _measured(page, lambda: _choose(page))
        browser.close()
    return found


def _choose(page: Page) -> None:
    for mode in ("office", "state", "window", "due", "courier"):
        page.select_option("#map-mode", mode)
        page.wait_for_timeout(150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stops", type=int, default=STOPS)
    parser.add_argument("--maplibre", type=Path, help="the package's dist folder: measured beside ours")
    parser.add_argument("--short", action="store_true", help="only with the processor slowed")
    parser.add_argument("--results", type=Path, default=Path("var/bench.jsonl"))
    given = parser.parse_args()
    html = "text/html; charset=utf-8"
    written = {
        "/ours": (html, environment().from_string(OURS).render(lang="vi", nav=[], links=[])),
        "/maplibre": (html, MAPLIBRE),
        "/plan.json": ("application/json", json.dumps(invented_day(stops=given.stops))),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, pages=written, maplibre=given.maplibre))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pages: dict[str, tuple[str, ...]] = {"ours": ("--disable-gpu",)}
    if given.maplibre:
        pages["maplibre"] = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
    given.results.parent.mkdir(parents=True, exist_ok=True)
    for name, flags in pages.items():
        for slower in (SLOWER,) if given.short else (1, SLOWER):
            found = measure(f"http://127.0.0.1:{server.server_port}/{name}", flags, slower)
            row = {"part": "map", "at": Clock().now().isoformat(timespec="seconds"), "page": name, "stops": given.stops,
                   "slower": slower, **found}  # fmt: skip
            sys.stdout.write(json.dumps(row) + "\n")
            with given.results.open("a", encoding="utf-8") as results:
                results.write(json.dumps(row) + "\n")
    server.shutdown()


if __name__ == "__main__":
    main()
