"""Pages and files are sent packed: a village pays by the megabyte, and not every installation has a proxy that packs.

What is secret in a page and stays the same (the form's token) is masked anew for each answer (`app.web.csrf`), so that the
length of a packed page tells nothing of it. Flask-Compress is not used: it leaves a form that is shown again with its faults
(422) as it is, and packs pieces of a file (206), which then have the wrong length.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from http import HTTPStatus
from typing import Final

import brotli
from flask import Flask, Response, request

TEXTS: Final = frozenset({
    "text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json",
})  # fmt: skip
WAYS: Final = ("br", "gzip")  # the better one first
SHORTEST: Final = 500  # bytes; what is shorter fits a packet anyway
PAGE_QUALITY, FILE_QUALITY = 5, 11  # a page is packed each time, a file once
WITHOUT_BODY: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED})


def pack(response: Response) -> Response:
    """As the client takes it; anything else (pictures, PDF, pieces of files, what streams) stays as it is."""
    static = request.endpoint == "static"
    if response.mimetype not in TEXTS or response.status_code in WITHOUT_BODY or (response.is_streamed and not static):
        return response
    return _pack(response, static=static)


def packed_json(response: Response) -> Response:
    """For a view whose JSON is large and holds no secret: what is JSON is else sent as it is, for some of it does."""
    return _pack(response, static=False)


def _pack(response: Response, *, static: bool) -> Response:
    response.vary.add("Accept-Encoding")
    way = request.accept_encodings.best_match(WAYS)
    if way is None or request.method == "HEAD" or "Content-Encoding" in response.headers:
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < SHORTEST:
        return response
    etag, weak = response.get_etag()
    response.set_data(_file(data, way) if static else _packed(data, way, PAGE_QUALITY))
    response.headers["Content-Encoding"] = way
    if etag and not weak:
        response.set_etag(etag, weak=True)  # the same content, in other bytes
    return response


@lru_cache(maxsize=64)
def _file(data: bytes, way: str) -> bytes:
    return _packed(data, way, FILE_QUALITY)


def _packed(data: bytes, way: str, quality: int) -> bytes:
    return (
        bytes(brotli.compress(data, quality=quality)) if way == "br" else gzip.compress(data, min(quality, 9), mtime=0)
    )


def init_packing(app: Flask) -> None:
    app.after_request(pack)
