"""What the phone reads of each operation: a result, sentences for the courier, the errand as it stands now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.operation import OperationResult
from app.domain.signing import UNSIGNED
from app.models import Operation
from app.services.sync.context import OperationContext, Review
from app.texts import explain, say
from app.texts.sync import REVIEWS

DUPLICATE = "duplicate"
FILLED_BY = "filled_by"  # of a stored answer: what fills its sentences, by review


def answer_of(
    context: OperationContext, result: OperationResult, problem: DomainError | None, language: str
) -> dict[str, Any]:
    errand = context.errand
    return {
        "op_id": str(context.header.op_id),
        "result": result.value,
        "reviews": [
            {"code": review.code, "detail": say(REVIEWS[review.code], language, **review.params)}
            for review in context.reviews
            if review.code != UNSIGNED  # the courier did nothing wrong, and can do nothing about it
        ],
        "problem": problem_of(problem, language) if problem else None,
        "errand": {"id": str(errand.id), "state": errand.state.value, "revision": errand.revision} if errand else None,
        "parcel": context.parcel,
        "stored": None,
    }


def to_keep(context: OperationContext, told: dict[str, Any]) -> dict[str, Any]:
    """As it is stored: a person who looks at it may read another language than the courier's."""
    return told | {FILLED_BY: {review.code: dict(review.params) for review in context.reviews if _is_plain(review)}}


def _is_plain(review: Review) -> bool:
    return all(type(value) in {str, int} for value in review.params.values())


def duplicate(stored: Operation) -> dict[str, Any]:
    """It came before: the first answer again, as long as it is kept."""
    first = stored.answer or {"result": stored.result.value, "reviews": [], "problem": None}
    return {
        "op_id": str(stored.id),
        "result": DUPLICATE,
        "reviews": first.get("reviews", []),
        "problem": first.get("problem"),
        "errand": first.get("errand"),
        "parcel": first.get("parcel"),
        "stored": stored.answer and {key: value for key, value in stored.answer.items() if key != FILLED_BY},
    }


def refused(op_id: UUID | str | None, fault: DomainError, language: str) -> dict[str, Any]:
    """Not taken in at all: there is nothing to keep it under."""
    return {
        "op_id": str(op_id) if op_id is not None else None,
        "result": OperationResult.REJECTED.value,
        "reviews": [],
        "problem": problem_of(fault, language),
        "errand": None,
        "parcel": None,
        "stored": None,
    }


def unread(raw: object, fault: DomainError, language: str) -> dict[str, Any]:
    """The header itself is malformed; its id is given back as it came, so that the phone finds it again."""
    given = raw.get("op_id") if isinstance(raw, dict) else None
    return refused(given[:64] if isinstance(given, str) else None, fault, language)


def problem_of(fault: DomainError, language: str) -> dict[str, Any]:
    """`errors` name the fields, as in every problem."""
    params: dict[str, Any] = dict(fault.params)
    faults = params.pop("faults", None) or ([(fault.field, "")] if fault.field else [])
    detail = explain(DomainError(fault.code, **params), language)
    errors = [{"field": name, "detail": say(sentence, language) if sentence else detail} for name, sentence in faults]
    return {"code": fault.code, "detail": detail} | ({"errors": errors} if errors else {})
