"""`/refusals`: an agency's software asks to refuse a dossier in two phases (docs/decisions/refusal-in-two-phases.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import jsonify, make_response, url_for
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.domain.agency import AskRefusal, Caller
from app.domain.dossier import RefusalState
from app.domain.errors import DomainError
from app.models import Refusal
from app.queries.partners.agency import refusal_of_partner
from app.schemas.agency import RefusalAskedSchema, RefusalSchema
from app.services.desks import refusals
from app.texts import say
from app.texts.agency import BLOCKED
from app.unit_of_work import UnitOfWork
from app.web.api import examples
from app.web.api.agencies import IDEMPOTENCY, Answered, caller, once
from app.web.api.answering import ApiOperation, offer, told
from app.web.errors import answer_domain_error
from app.web.session import language, transaction

bp = Blueprint("refusals", __name__, url_prefix="/api/v1/refusals", description="Từ chối hồ sơ, hai bước")

STATUS: Final[Mapping[str, int]] = {RefusalState.REFUSED: 200, RefusalState.REQUESTED: 202, RefusalState.BLOCKED: 409}
ASK = ApiOperation(
    answers=RefusalSchema,
    reads=RefusalAskedSchema,
    location="json",
    refusals=(400, 403, 404, 409, 422),
    keyed=True,
    headers=(IDEMPOTENCY,),
    also={202: RefusalSchema},
    asked=examples.REFUSAL_ASKED,
    said=examples.REFUSAL,
)
SHOW = ApiOperation(RefusalSchema, refusals=(400, 403, 404), keyed=True, said=examples.REFUSAL)


@offer(bp, "", ASK, "POST")
def ask(given: dict[str, Any]) -> ResponseReturnValue:
    """Refuse a dossier: 200 refused · 202 a carrier must answer first, look at Location · 409 the papers are on the road"""

    def work(session: UnitOfWork, calling: Caller) -> Answered:
        command = AskRefusal(given["dossier_code"], given["reason"], given["by"], calling)
        refusal = refusals.ask(session, command)
        return Answered(STATUS[refusal.state], _told(refusal), url_for("refusals.show", refusal_id=refusal.id))

    answered = once(work)
    return _blocked(answered) if answered.body["state"] == RefusalState.BLOCKED else answered.response()


@offer(bp, "/<uuid:refusal_id>", SHOW)
def show(refusal_id: UUID) -> ResponseReturnValue:
    """How a refusal of yours stands"""
    with transaction() as session:
        return jsonify(_told(refusal_of_partner(session, refusal_id, caller())))


def _told(refusal: Refusal) -> dict[str, Any]:
    return told(RefusalSchema, refusal)


def _blocked(answered: Answered) -> ResponseReturnValue:
    """The refusal stays in the book; the caller gets a problem with the reason as a sentence and as a code."""
    reason = answered.body["blocked_by"]
    error = DomainError("refusal_blocked", field="dossier_code", reason=say(BLOCKED[reason], language()))
    answer = make_response(answer_domain_error(error))
    answer.set_data(jsonify(answer.get_json() | {"reason": reason}).get_data())
    return answer
