"""The courier's app: one page and its files, the same for everybody; what it shows comes over the API."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from app.web.assets import STATIC
from app.web.auth import public
from app.web.security import A_YEAR, policy
from app.web.session import settings

bp = Blueprint("couriers", __name__, url_prefix="/buu-ta")

BUILT: Final = STATIC / "courier"
SHELL: Final = "index.html"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
PACKED: Final = {".png", ".woff2"}  # these are compressed already


@bp.get("/")
@public
def today() -> Response:
    return built(SHELL)


@bp.get("/<path:name>")
@public
def file(name: str) -> Response:
    """A built file; any other address below is a screen of the app, which reads it itself."""
    return built(name if Path(name).suffix else SHELL)


def built(name: str) -> Response:
    if not (BUILT / SHELL).exists():
        raise NotFound(f"{BUILT} is missing: run `make setup` (python hatch_build.py) to build the courier's app.")
    path = Path(safe_join(str(BUILT), name) or BUILT)
    if path.suffix not in TYPES or not path.is_file():
        raise NotFound
    packed = bool(request.accept_encodings["gzip"]) and path.suffix not in PACKED
    data, etag = _read(path, path.stat().st_mtime_ns, packed=packed)
    response = Response(data, content_type=TYPES[path.suffix])
    response.set_etag(etag)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    # the page and the service worker are asked for anew each time; a name with a hash never changes its content
    response.headers["Cache-Control"] = A_YEAR if name.startswith("assets/") else "no-cache"
    response.headers["Content-Security-Policy"] = policy(settings().tile_url, reads_codes=True)
    response.vary.add("Accept-Encoding")
    response.make_conditional(request)
    return response


@cache
def _read(path: Path, _changed: int, *, packed: bool) -> tuple[bytes, str]:
    """Compressed here, once: a village pays by the megabyte, and not every installation has a proxy that does it."""
    data = gzip.compress(path.read_bytes(), mtime=0) if packed else path.read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:32]
