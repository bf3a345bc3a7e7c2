"""One way to offer an operation to programs, and one way to answer: the rows, dumped while their transaction is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from flask import Response, jsonify, url_for
from flask_smorest import Blueprint
from marshmallow import Schema

from app.schemas.problem import ProblemSchema
from app.web.auth import partner, public

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Operation:
    """What OpenAPI says of a view: `reads` a schema from `body` or query, `answers` with another, may refuse."""

    answers: type[Schema]
    reads: type[Schema] | None = None
    location: str = "query"
    status: int = 200
    refusals: tuple[int, ...] = ()
    keyed: bool = False  # only with a partner's key
    headers: tuple[dict[str, Any], ...] = ()
    also: Mapping[int, type[Schema]] = field(default_factory=dict)  # other good answers
    asked: Mapping[str, Any] | None = None  # an example of what it reads
    said: Mapping[str, Any] | None = None  # an example of what it answers


def offer(bp: Blueprint, rule: str, operation: Operation, method: str = "GET") -> Callable[[View], View]:
    """Register a view with its access rule, its schema and its documentation. (flask_smorest ships no types.)"""

    def register(view: View) -> View:
        shown: Any = bp.response(operation.status, operation.answers, example=operation.said)(view)
        for status, schema in operation.also.items():
            shown = bp.alt_response(status, schema=schema, success=True)(shown)
        refusals = (*operation.refusals, *((401, 429) if operation.keyed else (429,)))
        for status in refusals:
            problem = bp.alt_response(status, schema=ProblemSchema, content_type="application/problem+json")
            shown = problem(shown)
        if operation.reads is not None:
            shown = bp.arguments(operation.reads, location=operation.location, example=operation.asked)(shown)
        security: list[dict[str, list[str]]] = [{"key": []}] if operation.keyed else []
        shown = bp.doc(parameters=list(operation.headers), security=security)(shown)
        bp.route(rule, methods=[method])(partner(shown) if operation.keyed else public(shown))
        return cast("View", shown)

    return register


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


def by_phone(
    bp: Blueprint, method: str, rule: str, access: Callable[[View], View], reads: type[Schema] | None = None
) -> Callable[[View], View]:
    """Register a view for couriers' phones: who may call it, and the JSON it reads."""

    def register(view: View) -> View:
        shown: Any = view if reads is None else bp.arguments(reads)(view)
        bp.route(rule, methods=[method])(access(shown))
        return view

    return register
