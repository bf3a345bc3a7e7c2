"""A brake on sign-in and on guessing links, in memory, besides the counters that are database rows."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

SIGN_IN = "20 per minute;120 per hour"
LINKS = "60 per minute"
CARDS = "20 per minute;100 per hour"
PROGRAMS = "600 per minute"
PHONES = "1200 per minute"  # a phone, not an address: a whole office comes home through one line

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)


def by_token() -> str:
    """Whose phone this is; before it has a token, where it calls from."""
    return request.headers.get("Authorization") or get_remote_address()


def init_limits(app: Flask) -> None:
    limiter.init_app(app)
