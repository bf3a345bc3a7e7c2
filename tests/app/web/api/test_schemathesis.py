"""The OpenAPI document against the application: nothing fails, nothing is undocumented, everything can be done.

Each operation is called rightly once, with its key, and then with whatever schemathesis makes of its schemas: what they allow
and what they refuse, with a key, with a wrong one and with none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import sampled_from
from schemathesis.checks import load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.unit_of_work import UnitOfWork
from app.web.limits import limiter
from tests.app.web.api.good_calls import GOOD, Scene, make_scene

CHECKS: Final = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES: Final = 10
PLAIN: Final = {"Accept-Encoding": "identity"}  # nobody unpacks between a test client and the application
FUZZ: Final = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
NOTHING_TO_SEND: Final = {
    (f"GET /api/v1/{path}", GenerationMode.NEGATIVE) for path in ("procedures", "procedures/{code}", "units")
}
"""Any text is a right question there: an address can carry nothing wrong."""
load_all_checks()


@pytest.fixture(scope="module")
def document(one_app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", one_app)


@pytest.fixture
def spec(document: Any, flask_app: Flask) -> Iterator[Any]:
    flask_app.config["WTF_CSRF_ENABLED"] = False
    limiter.enabled = False  # a machine asks faster than any program may
    yield document
    limiter.enabled = True


@pytest.fixture
def scene(flask_app: Flask, session: UnitOfWork, notices: str) -> Scene:
    assert notices
    return make_scene(session, flask_app)


def operation_of(spec: Any, name: str) -> Any:
    method, path = name.split(" ")
    return spec[path][method]


def test_every_operation_has_its_right_call(spec: Any) -> None:
    documented = {f"{found.ok().method.upper()} {found.ok().path}" for found in spec.get_all_operations()}
    assert documented == GOOD.keys()


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_right_call_is_answered_well(spec: Any, scene: Scene, name: str) -> None:
    case = operation_of(spec, name).Case(**GOOD[name](scene))
    answer = case.call(headers=PLAIN)
    case.validate_response(answer, checks=CHECKS)
    assert 200 <= answer.status_code < 300, answer.text


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("name", sorted(GOOD))
def test_whatever_is_sent_the_answer_is_a_documented_one(
    spec: Any, scene: Scene, name: str, mode: GenerationMode
) -> None:
    operation = operation_of(spec, name)
    right = GOOD[name](scene).get("headers", {}).get("Authorization")
    sent: list[Any] = []

    @seed(20261130)
    @FUZZ
    @given(case=operation.as_strategy(generation_mode=mode), key=sampled_from([right, "Bearer wrong", None]))
    def ask(case: Any, key: str | None) -> None:
        case.headers = {name: value for name, value in (case.headers or {}).items() if name != "Authorization"}
        if key is not None:
            case.headers["Authorization"] = key
        sent.append(case)
        case.validate_response(case.call(headers=PLAIN), checks=CHECKS)

    if (name, mode) in NOTHING_TO_SEND:
        with pytest.raises(Unsatisfiable):  # the day there is something, it leaves the list
            ask()
    else:
        ask()
        assert sent, "nothing was asked"
