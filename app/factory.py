"""The only module that knows every part of the web: `granian --interface asginl --factory app.factory:create_front`."""

from __future__ import annotations

import os

from flask import Blueprint, Flask

from app.clock import Clock, make_clock
from app.config import Settings, load_keys, load_settings
from app.database import MOST_CONNECTIONS, WEB, connect
from app.watching.beginning import begin
from app.watching.figures import POOL_MOST
from app.web import (
    api,
    callbacks,
    citizens,
    coordinators,
    couriers,
    demo,
    desks,
    files,
    health,
    identity,
    links,
    staff,
)
from app.web.addresses import init_addresses
from app.web.auth import init_auth
from app.web.bodies import init_asked_before, init_bodies
from app.web.cookies import SealedCookies
from app.web.csrf import init_csrf
from app.web.errors import init_errors
from app.web.frame import init_frame
from app.web.front import Front
from app.web.i18n import init_i18n
from app.web.limits import init_limits
from app.web.navigation import NavItem, init_navigation
from app.web.odd_input import RowId, init_odd_input
from app.web.packing import init_packing
from app.web.places import PlacedDatabase
from app.web.security import init_security
from app.web.session import Transactions, WebContext, init_context
from app.web.trace import init_trace

THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)  # 8 was best on many cores (docs/platform.md, "Server")
ROOMS = (
    citizens,
    identity,
    couriers,
    coordinators,
    links,
    desks,
    staff,
    callbacks,
    demo,
    files,
    health,
)  # as the menu runs


def create_app(
    settings: Settings | None = None, *, database: Transactions | None = None, clock: Clock | None = None
) -> Flask:
    """The web of one installation. Tests give their own database (an outer transaction) and clock."""
    settings = settings or load_settings()
    keys = load_keys(settings)
    app = Flask("app")
    app.url_map.converters["int"] = RowId
    app.testing = settings.environment == "test"
    app.secret_key = keys.web
    app.config["SECRET_KEY_FALLBACKS"] = list(keys.other_webs)
    app.session_interface = SealedCookies()
    app.config["SESSION_COOKIE_SECURE"] = settings.secure_cookies
    if database is None:
        POOL_MOST.set(MOST_CONNECTIONS)
        database = PlacedDatabase(connect(settings, WEB))
    init_context(app, WebContext(settings, database, clock or make_clock(settings), keys))
    init_packing(app)  # first, so that it packs what all others have written
    init_trace(app)
    before_the_guard = (init_addresses, init_security, init_bodies, init_i18n)
    behind_it = (init_asked_before, init_odd_input, init_csrf, init_limits, init_errors, init_frame)
    for init in (*before_the_guard, init_auth, *behind_it):
        init(app)
    _open_rooms(app)
    return app


def create_front() -> Front:
    """The same for a server that speaks ASGI: bodies are taken in before a thread is given."""
    settings = load_settings()
    begin(settings, "web")
    return Front(create_app(settings), THREADS)


def _open_rooms(app: Flask) -> None:
    """Register what each audience package offers: `bp` (or `blueprints`) and its part of the staff's menu."""
    pages: list[NavItem] = []
    for package in ROOMS:
        found: list[Blueprint] = getattr(package, "blueprints", None) or [
            bp for bp in [getattr(package, "bp", None)] if bp is not None
        ]
        for blueprint in found:
            app.register_blueprint(blueprint)
        pages += getattr(package, "NAVIGATION", ())
    init_navigation(app, pages)
    api.init_api(app)
