"""Draw the style guide at both widths and in both schemes: `python -m tests.frontend.guide DIR`."""

import json
import math
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from app.queries.planning.plan_map import COLUMNS, UNIT
from tests.frontend.rendering import ROOT, environment

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
POLICY = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:"
CONTEXT: dict[str, Any] = {
    "lang": "vi",
    "demo": {"now": "07:30, thứ Ba 1/12/2026", "advance_url": "#"},
    "links": [{"href": "#", "label": "Thủ tục"}, {"href": "#", "label": "Theo dõi", "current": True}],
    "footer_links": [{"href": "#", "label": "Quyền riêng tư"}, {"href": "#", "label": "Trợ giúp"}],
    "room": "Điều phối",
    "nav": [
        {"href": "#", "label": "Kế hoạch ngày", "icon": "route", "current": True},
        {"href": "#", "label": "Bưu tá", "icon": "people", "count": 142},
        {"href": "#", "label": "Việc cần xem", "icon": "bell", "count": 3},
        {"href": "#", "label": "Bưu cục", "icon": "building"},
    ],
    "staff": {"name": "Lê Thị Thử", "role": "Điều phối", "office": "Pleiku", "sign_out_url": "#",
        "lookup": {"url": "/tim", "quick_url": "/tim/nhanh"}},
}  # fmt: skip


def invented_plan(offices: int, stops: int) -> dict[str, Any]:
    """Routes that look like flowers around a grid of offices: enough to see and to measure, no real place."""
    centres = [(107.6 + 0.14 * (index % 9), 13.2 + 0.11 * (index // 9)) for index in range(offices)]
    return {
        "offices": [
            {"id": str(i), "name": f"Bưu cục {i + 1}", "lon": lon, "lat": lat, "provisional": i % 5 == 0}
            for i, (lon, lat) in enumerate(centres)
        ],
        "areas": [{"office": str(i), "ring": _square(lon, lat)} for i, (lon, lat) in enumerate(centres)],
        "unit": UNIT, "live": True, "units": ["Xã Mẫu"], "reasons": ["Không kịp giờ hẹn"], "columns": COLUMNS,
        "routes": [_route(i, lon, lat, stops // offices) for i, (lon, lat) in enumerate(centres)],
        "unserved": [["left", *_whole(107.9, 13.3), 0, None, 420, 690, 2, 0, 0, 1, 0, "TN-<b>X", "0", 0]],
    }  # fmt: skip


def _square(lon: float, lat: float) -> list[list[float]]:
    return [[lon + 0.07 * x, lat + 0.055 * y] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def _whole(lon: float, lat: float) -> tuple[int, int]:
    return round(lon / UNIT), round(lat / UNIT)


def _route(index: int, lon: float, lat: float, count: int) -> dict[str, Any]:
    angles = [k * math.tau / count for k in range(count)]
    at = [[lon + 0.05 * math.cos(a) * (0.6 + 0.4 * math.sin(5 * a)), lat + 0.04 * math.sin(a)] for a in angles]
    return {
        "id": str(index), "office": str(index), "courier": f"Bưu tá thử {index + 1}", "number": index + 1,
        "href": f"/route/{index}", "begun": index % 3 > 0,
        "stops": [
            [f"{index}-{k}", *_whole(x, y), k, 420 + 9 * k, 420, 690, 1 + k % 2, _state(index, k), 12 * (k % 9 == 8),
             k % 7 or None, 0, f"TN-{index:03}{k:02}X"]
            for k, (x, y) in enumerate(at, 1)
        ],
    } | ({"last": {"lon": at[2][0], "lat": at[2][1], "age": "12 phút trước"}} if index % 3 else {})  # fmt: skip


def _state(index: int, k: int) -> int:
    """Of those who have begun the first three doors are visited, one of them in vain."""
    return 0 if index % 3 == 0 or k > 3 else 1 + k % 2


class GuideHandler(SimpleHTTPRequestHandler):
    """Our static files, the guide in both frames, and JSON, all under the policy of the product."""

    def __init__(self, *args: Any, offices: int = 4, stops: int = 90, **kwargs: Any) -> None:
        self.plan = (offices, stops)
        super().__init__(*args, directory=str(ROOT / "app"), **kwargs)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def do_GET(self) -> None:
        job = {"state": "running", "done": 52, "total": 135, "message": "Bưu cục Mang Yang"}
        frames = {"/citizen": "citizen.html", "/staff": "staff.html"}
        if self.path in frames:
            guide = environment().get_template("components/guide.html")
            self._answer("text/html; charset=utf-8", guide.render(layout=frames[self.path], **CONTEXT))
        elif self.path == "/plan.json":
            self._answer("application/json", json.dumps(invented_plan(*self.plan)))
        elif self.path == "/job.json":
            self._answer("application/json", json.dumps(job))
        else:
            super().do_GET()

    def _answer(self, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Keep the terminal for the results."""


def serve(offices: int = 4, stops: int = 90) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(GuideHandler, offices=offices, stops=stops))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def launch(playwright: Any) -> Browser:
    browser: Browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    return browser


def draw(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    server = serve()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for width in (360, 1440):
            for scheme in ("light", "dark"):
                for frame in ("citizen", "staff"):
                    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                    page.on("console", lambda message: print(message.type, message.text))  # noqa: T201 - a tool that prints
                    page.goto(f"http://127.0.0.1:{server.server_port}/{frame}")
                    page.wait_for_timeout(1800)
                    page.screenshot(path=folder / f"{frame}-{width}-{scheme}.png", full_page=True)
                    page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
