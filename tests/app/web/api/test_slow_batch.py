"""A phone's batch in which the database gives up on an operation: the others come in, and that one is kept for a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.models import Operation
from app.schemas.operations import BatchSchema
from app.services.sync import route, taking
from app.services.sync.context import OperationContext
from app.unit_of_work import UnitOfWork
from app.web.api import batches
from app.web.session import context, init_context
from tests.app.services.sync.street import K, Street, codes, make_street
from tests.factories import KEYS
from tests.factories import operations as say

SLOW, TIME_S = "RT000000003VN", 1.0
UNKNOWN = ["parcel_unknown"]


@pytest.fixture
def street(session: UnitOfWork) -> Street:
    return make_street(session)


@pytest.fixture
def app(client: FlaskClient) -> Flask:
    """On the test's session; its secrets are those that the phone seals to."""
    return client.application


def stumbling_at(sql: str) -> Callable[[OperationContext, Any], None]:
    def added(acting: OperationContext, said: Any) -> None:
        if said.code == SLOW:
            acting.work.execute(text(sql))
        route.stop_added(acting, said)

    return added


def brought_home(app: Flask, street: Street) -> list[dict[str, Any]]:
    sent = BatchSchema().load(json.loads(street.phone.batch(street.phone.queue)))
    with app.test_request_context():
        init_context(app, replace(context(), keys=KEYS))
        return list(batches.take_in(street.device.id, sent, TIME_S)["answers"])


def test_what_takes_too_long_by_itself_is_kept_for_a_person_and_the_rest_comes_in(
    app: Flask, street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LEAST_S", TIME_S / 2)
    monkeypatch.setitem(taking.APPLY, K.STOP_ADDED, stumbling_at("select pg_sleep(5)"))
    written = [street.record(K.STOP_ADDED, say.stop_added(f"RT00000000{n}VN")) for n in range(1, 6)]

    answers = brought_home(app, street)

    assert [answer["op_id"] for answer in answers] == [one.op_id for one in written]
    assert [codes(answer) for answer in answers] == [UNKNOWN, UNKNOWN, ["not_understood"], UNKNOWN, UNKNOWN]
    assert street.session.scalars(select(Operation.seq).order_by(Operation.seq)).all() == [1, 2, 3, 4, 5]


def test_a_lock_that_somebody_holds_is_no_fault_of_the_operation(
    app: Flask, street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = "do $$ begin raise exception 'held' using errcode = 'lock_not_available'; end $$"
    monkeypatch.setitem(taking.APPLY, K.STOP_ADDED, stumbling_at(taken))
    street.record(K.STOP_ADDED, say.stop_added(SLOW))
    with pytest.raises(OperationalError):
        brought_home(app, street)
