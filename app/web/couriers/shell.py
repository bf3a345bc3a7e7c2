"""The courier's app: one page and its files, the same for everybody; what it shows comes over the API."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Response, send_from_directory
from werkzeug.exceptions import NotFound

from app.web.assets import STATIC
from app.web.auth import public
from app.web.couriers.room import bp
from app.web.security import A_YEAR, policy
from app.web.session import settings

BUILT: Final = STATIC / "courier"
SHELL: Final = "index.html"
TYPES: Final = {".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".js": "text/javascript"}


@bp.get("/")
@public
def today() -> Response:
    return _built(SHELL)


@bp.get("/<path:name>")
@public
def file(name: str) -> Response:
    """A built file; any other address below is a screen of the app, which reads it itself."""
    if Path(name).suffix:
        return _built(name)
    return _built(SHELL)


def _built(name: str) -> Response:
    if not (BUILT / SHELL).exists():
        raise NotFound(f"{BUILT} is missing: run `make setup` (python hatch_build.py) to build the courier's app.")
    response = send_from_directory(BUILT, name, mimetype=TYPES.get(Path(name).suffix))
    # the page and the service worker are asked for anew each time; a name with a hash never changes its content
    response.headers["Cache-Control"] = A_YEAR if name.startswith("assets/") else "no-cache"
    response.headers["Content-Security-Policy"] = policy(settings().tile_url, reads_codes=True)
    return response
