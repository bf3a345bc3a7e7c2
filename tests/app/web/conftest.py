"""A test client on the real database: requests work inside the test's outer transaction, on a fixed clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from app.clock import Clock
from app.config import Settings
from app.factory import create_app
from app.models import StaffAccount
from app.services.staff.sessions import SignInPlace, begin_staff
from app.unit_of_work import UnitOfWork
from app.web.limits import limiter
from app.web.session import WebContext, init_context
from app.web.signed_in import STAFF
from app.web.tabs import NAME
from integrations.messages.push import new_key, public_key
from tests.factories import NOW
from tests.fakes.no_database import NoDatabase


class OuterTransaction:
    """`Transactions` over the test's session: a request's commit is a savepoint, its failure rolls back to one."""

    def __init__(self, session: UnitOfWork) -> None:
        self.session = session

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        connection = self.session.connection()
        self.session.flush()
        with (
            UnitOfWork(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as inner,
            inner.begin(),
        ):
            yield inner
        self.session.expire_all()


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once(settings: Settings) -> Iterator[None]:
    """Each application would compile its pages anew: what one process of a run has compiled, all its applications read."""
    folder = settings.var / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", FileSystemBytecodeCache(str(folder)))
        yield


@pytest.fixture(scope="session")
def one_app(settings: Settings) -> Flask:
    """The application of this test process: to make one takes longer than most tests of a page."""
    return create_app(settings, database=NoDatabase(), clock=Clock(fixed=NOW))


@contextmanager
def lent(app: Flask, session: UnitOfWork, now: datetime = NOW) -> Iterator[Flask]:
    """The application on the test's session and time, as new: whoever adds pages to it makes one of its own instead."""
    empty: WebContext = app.extensions["tannha"]
    init_context(app, replace(empty, database=OuterTransaction(session), clock=Clock(fixed=now)))
    config = dict(app.config)
    limiter.reset()
    try:
        yield app
    finally:
        app.config.clear()
        app.config.update(config)
        init_context(app, empty)


@pytest.fixture
def flask_app(one_app: Flask, session: UnitOfWork) -> Iterator[Flask]:
    with lent(one_app, session) as app:
        yield app


@pytest.fixture
def notices(flask_app: Flask, tmp_path: Path) -> str:
    """Notices are sent to browsers; returns the public key that they allow."""
    key = new_key()
    (tmp_path / "push-keys").write_text(key)
    links = tmp_path / "links.toml"
    links.write_text('[messages.push]\ncontact = "mailto:truc@vidu.example"\nsecret_file = "push-keys"\n')
    here: WebContext = flask_app.extensions["tannha"]
    init_context(flask_app, replace(here, settings=replace(here.settings, links=links)))
    return public_key(key)


class Tab(FlaskClient):
    """A browser's tab: what it sends names the booking that it was last led to, as the links and forms of a page do."""

    tab = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        asked = args[0] if args and isinstance(args[0], str) else ""
        ours = self.tab and asked.startswith(("/dat-lich/", "/buu-cuc/dat-giup/")) and f"{NAME}=" not in asked
        if ours and "query_string" in kwargs:
            kwargs["query_string"] = {NAME: self.tab, **kwargs["query_string"]}
        elif ours:
            args = (f"{asked}{'&' if '?' in asked else '?'}{NAME}={self.tab}", *args[1:])
        answer = super().open(*args, **kwargs)
        led = parse_qs(urlsplit(answer.location or "").query).get(NAME)
        self.tab = led[0] if led else self.tab
        return answer


@pytest.fixture
def client(flask_app: Flask) -> FlaskClient:
    """CSRF tokens are not asked for here; `csrf_client` asks."""
    flask_app.config["WTF_CSRF_ENABLED"] = False
    return Tab(flask_app, flask_app.response_class)


@pytest.fixture
def csrf_client(flask_app: Flask) -> FlaskClient:
    return flask_app.test_client()


SignIn = Callable[[StaffAccount], None]


@pytest.fixture
def sign_in(client: FlaskClient) -> SignIn:
    """Sign a staff account in without its password."""

    def sign_in(account: StaffAccount) -> None:
        web: WebContext = client.application.extensions["tannha"]
        with client.session_transaction() as cookie, web.database.transaction() as session:
            cookie[STAFF] = begin_staff(session, account, SignInPlace("Chrome", web.clock.wall()), web.keys)

    return sign_in
