"""The OpenAPI document: every operation with examples that its own schemas allow, and no answer left to `default`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

Spec = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def spec(client: FlaskClient) -> Spec:
    found: Any = client.get("/api/v1/openapi.json").json
    return dict(found)


def operations(spec: Spec) -> Iterator[tuple[str, Spec]]:
    for path, methods in spec["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def bodies(operation: Spec) -> Iterator[tuple[str, Spec]]:
    """What is sent, and what is answered when it goes well: the media by a name."""
    sent = operation.get("requestBody", {}).get("content", {})
    yield from ((f"sent {kind}", media) for kind, media in sent.items())
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield from ((f"{status} {kind}", media) for kind, media in response.get("content", {}).items())


def test_every_view_of_the_api_is_documented(flask_app: Flask, spec: Spec) -> None:
    documented = {name for name, _ in operations(spec)}
    served = {
        f"{method} {_path(rule.rule)}"
        for rule in flask_app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
        if not rule.rule.startswith("/api/v1/callbacks/")  # the operators' own formats
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == documented


def _path(rule: str) -> str:
    return "".join(f"{{{part.split(':')[-1]}" if place else part for place, part in _parts(rule)).replace(">", "}")


def _parts(rule: str) -> Iterator[tuple[bool, str]]:
    first, *places = rule.split("<")
    yield False, first
    yield from ((True, place) for place in places)


def test_every_operation_shows_an_example_of_each_body(spec: Spec) -> None:
    without = [
        f"{name}: {body}"
        for name, operation in operations(spec)
        for body, media in bodies(operation)
        if "example" not in media
    ]
    assert without == []


def test_every_example_is_one_that_its_schema_allows(spec: Spec) -> None:
    wrong = [
        f"{name}: {body}: {fault.message}"
        for name, operation in operations(spec)
        for body, media in bodies(operation)
        if "json" in body
        for fault in jsonschema_rs.iter_errors({**media["schema"], "components": spec["components"]}, media["example"])
    ]
    assert wrong == []


def test_every_answer_is_documented_by_its_status(spec: Spec) -> None:
    assert [name for name, operation in operations(spec) if "default" in operation["responses"]] == []


def test_every_operation_says_what_it_is_for_and_who_may_call_it(spec: Spec) -> None:
    assert [name for name, operation in operations(spec) if not operation.get("summary")] == []
    open_to_all = {"GET /api/v1/procedures", "GET /api/v1/procedures/{code}", "GET /api/v1/units"}
    without_key = {name for name, operation in operations(spec) if not operation.get("security")}
    assert without_key == open_to_all | {"POST /api/v1/courier/sign-in", "POST /api/v1/courier/challenge"}


def test_a_phone_s_question_for_its_standing_may_tell_what_it_still_holds(spec: Spec) -> None:
    asked = dict(operations(spec))["GET /api/v1/courier/status"]["parameters"]
    assert {(one["name"], one["in"], one["required"]) for one in asked} == {
        ("waiting", "query", False), ("waiting_files", "query", False),
    }  # fmt: skip


def test_every_creation_asks_for_an_idempotency_key(spec: Spec) -> None:
    without = [
        name
        for name, operation in operations(spec)
        if name.startswith("POST") and "201" in operation["responses"] and "/courier/" not in name
        if "Idempotency-Key" not in [parameter["name"] for parameter in operation.get("parameters", [])]
    ]
    assert without == []
