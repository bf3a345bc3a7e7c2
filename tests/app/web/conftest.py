"""A test client on the real database: requests work inside the test's outer transaction, on a fixed clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.clock import Clock
from app.config import Settings
from app.factory import create_app
from app.models import StaffAccount
from tests.factories import NOW


class OuterTransaction:
    """`Transactions` over the test's session: a request's commit is a savepoint, its failure rolls back to one."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        connection = self.session.connection()
        self.session.flush()
        with (
            Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as inner,
            inner.begin(),
        ):
            yield inner
        self.session.expire_all()


@pytest.fixture
def flask_app(settings: Settings, session: Session) -> Flask:
    return create_app(settings, database=OuterTransaction(session), clock=Clock(fixed=NOW))


@pytest.fixture
def client(flask_app: Flask) -> FlaskClient:
    """CSRF tokens are not asked for here; `csrf_client` asks."""
    flask_app.config["WTF_CSRF_ENABLED"] = False
    return flask_app.test_client()


@pytest.fixture
def csrf_client(flask_app: Flask) -> FlaskClient:
    return flask_app.test_client()


SignIn = Callable[[StaffAccount], None]


@pytest.fixture
def sign_in(client: FlaskClient) -> SignIn:
    """Sign a staff account in without its password."""

    def sign_in(account: StaffAccount) -> None:
        with client.session_transaction() as cookie:
            cookie["staff"], cookie["epoch"] = account.id, account.session_epoch

    return sign_in
