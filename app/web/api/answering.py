"""One way to offer an operation to programs, and one way to answer: the rows, dumped while their transaction is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar, cast

from flask import Response, jsonify, url_for
from flask_smorest import Blueprint
from marshmallow import Schema

from app.schemas.problem import ProblemSchema
from app.web.auth import partner, public

View = TypeVar("View", bound=Callable[..., Any])
ALWAYS = (400, 429)  # a NUL in an address or in a text; too many calls


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """What OpenAPI says of a view: `reads` a schema from `body` or query, `answers` with another or nothing, may refuse."""

    answers: type[Schema] | None
    reads: type[Schema] | None = None
    location: str = "query"
    status: int = 200
    refusals: tuple[int, ...] = ()
    keyed: bool = False  # only with a partner's key
    headers: tuple[dict[str, Any], ...] = ()
    also: Mapping[int, type[Schema]] = field(default_factory=dict)  # other good answers
    asked: Mapping[str, Any] | None = None  # an example of what it reads
    said: Mapping[str, Any] | None = None  # an example of what it answers


def offer(bp: Blueprint, rule: str, operation: ApiOperation, method: str = "GET") -> Callable[[View], View]:
    """Register a view with its access rule, its schema and its documentation. (flask_smorest ships no types.)"""

    def register(view: View) -> View:
        shown: Any = bp.response(operation.status, operation.answers, example=operation.said)(view)
        for status, schema in operation.also.items():
            shown = bp.alt_response(status, schema=schema, example=operation.said, success=True)(shown)
        shown = _refusing(bp, shown, (*operation.refusals, *((401,) if operation.keyed else ())))
        if operation.reads is not None:
            example = operation.asked if operation.location == "json" else None
            shown = bp.arguments(operation.reads, location=operation.location, example=example)(shown)
        security: list[dict[str, list[str]]] = [{"key": []}] if operation.keyed else []
        shown = bp.doc(parameters=list(operation.headers), security=security)(shown)
        bp.route(rule, methods=[method])(partner(shown) if operation.keyed else public(shown))
        return cast("View", shown)

    return register


def _refusing(bp: Blueprint, view: Any, refusals: tuple[int, ...]) -> Any:
    for status in sorted({*refusals, *ALWAYS}):
        problem = bp.alt_response(status, schema=ProblemSchema, content_type="application/problem+json")
        view = problem(view)
    return view


def told(schema: type[Schema], value: object) -> dict[str, Any]:
    """JSON by the schema."""
    body: dict[str, Any] = schema().dump(value)
    return body


def created(body: dict[str, Any]) -> Response:
    """201 and where to find it; a replay answers the same."""
    response = jsonify(body)
    response.status_code = 201
    response.headers["Location"] = url_for("service-requests.show_request", request_id=body["id"])
    return response


@dataclass(frozen=True, slots=True)
class ByPhone:
    """An operation of couriers' phones. `answers`: an example by status, None where there is no body."""

    access: Callable[[Any], Any]
    answers: Mapping[int, Mapping[str, Any] | None]
    reads: type[Schema] | None = None
    asked: Mapping[str, Any] | None = None
    refusals: tuple[int, ...] = ()
    parameters: tuple[dict[str, Any], ...] = ()
    body: Mapping[str, Any] | None = None  # what is sent, where it is not JSON


def by_phone(bp: Blueprint, method: str, rule: str, operation: ByPhone) -> Callable[[View], View]:
    """Register a view for couriers' phones: who may call it, the JSON it reads, what it may answer."""

    def register(view: View) -> View:
        shown: Any = view
        for status, example in operation.answers.items():
            schema = {"type": "object"} if example is not None else None
            said = HTTPStatus(status).phrase
            shown = bp.alt_response(status, schema=schema, description=said, example=example, success=True)(shown)
        shown = _refusing(bp, shown, operation.refusals)
        if operation.reads is not None:
            shown = bp.arguments(operation.reads, example=operation.asked)(shown)
        documented: dict[str, Any] = {"parameters": list(operation.parameters)}
        if operation.body is not None:
            documented["requestBody"] = operation.body
        if HTTPStatus.UNAUTHORIZED in operation.refusals:
            documented["security"] = [{"phone": []}]
        shown = bp.doc(**documented)(shown)
        bp.route(rule, methods=[method])(operation.access(shown))
        return view

    return register
