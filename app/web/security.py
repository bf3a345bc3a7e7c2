"""Headers of every answer: a policy without `unsafe-inline`, and what may be kept by whom."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from app.web.auth import access_of
from app.web.session import settings

STILL = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}
A_YEAR = "public, max-age=31536000, immutable"


def policy(tile_url: str | None, *, reads_codes: bool = False) -> str:
    """The content security policy; tiles come from outside only when the operator named a server.

    `reads_codes`: the courier's app compiles its reader of QR and bar codes (WebAssembly) and may run it in a worker.
    """
    tiles = ""
    if tile_url:
        parts = urlsplit(tile_url.replace("{s}.", "*."))
        tiles = f" {parts.scheme}://{parts.netloc}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'" if reads_codes else "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{tiles}",
            "font-src 'self'",
            "connect-src 'self'",
            "media-src 'self' blob:" if reads_codes else "media-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self' blob:" if reads_codes else "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _cache_rule() -> str:
    if request.endpoint == "static":
        hashed = request.path.startswith("/static/dist/assets/") or "v" in request.args
        return A_YEAR if hashed else "public, no-cache"
    return "no-store"


def add_headers(response: Response) -> Response:
    chosen = settings()
    for name, value in STILL.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", policy(chosen.tile_url))
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if chosen.secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in response.headers or request.endpoint == "static":
        response.headers["Cache-Control"] = _cache_rule()
    access = access_of(request.endpoint) if request.endpoint else None
    if access is None or access.audience != "public":
        response.headers.setdefault("X-Robots-Tag", "noindex")
    return response


def init_security(app: Flask) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="tannha",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=12 * 3600,  # of what is sealed in it; who is signed in, a row says
    )
    app.after_request(add_headers)
