"""From an ASGI scope to a WSGI environ (PEP 3333): the same bytes, nothing of the process's own environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]

_BARE: Final[Mapping[bytes, str]] = {b"content-length": "CONTENT_LENGTH", b"content-type": "CONTENT_TYPE"}
_JOINED_BY: Final[Mapping[str, str]] = {"HTTP_COOKIE": "; "}  # HTTP/2 may send one line a cookie (RFC 9113 §8.2.3)


def environ_of(scope: Mapping[str, Any]) -> Environ:
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name, value.decode("latin-1"))
    return environ


def _add_header(environ: Environ, name: bytes, value: str) -> None:
    if b"_" in name:
        return  # `X_Forwarded_For` would be read as the `X-Forwarded-For` that our proxy wrote
    key = _BARE.get(name) or f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"
    environ[key] = f"{environ[key]}{_JOINED_BY.get(key, ',')}{value}" if key in environ else value


def has_body(environ: Environ) -> bool:
    return environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
