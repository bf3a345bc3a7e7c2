"""A brake on sign-in and on guessing links, in memory, besides the counters that are database rows."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

SIGN_IN = "20 per minute;120 per hour"
LINKS = "60 per minute"
PROGRAMS = "600 per minute"

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)


def init_limits(app: Flask) -> None:
    limiter.init_app(app)
