"""`/dossiers`: an agency's software tells of a dossier, moves it on, and looks at it by its code."""

from __future__ import annotations

from typing import Any

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.domain.agency import Caller, DossierTold, StateTold
from app.models import Dossier
from app.queries.partners.agency import dossier_of_desk, errands_of_dossier
from app.schemas.agency import AgencyDossierSchema, DossierAnswer, DossierToldSchema, StateReport, StateToldSchema
from app.services.inbox import agency
from app.unit_of_work import UnitOfWork
from app.web.addresses import public_url
from app.web.api import examples
from app.web.api.agencies import IDEMPOTENCY, Answered, caller, once
from app.web.api.answering import ApiOperation, offer, told
from app.web.session import transaction

bp = Blueprint("dossiers", __name__, url_prefix="/api/v1/dossiers", description="Hồ sơ của cơ quan")

TELL = ApiOperation(
    answers=AgencyDossierSchema,
    reads=DossierToldSchema,
    location="json",
    status=201,
    refusals=(400, 403, 409, 422),
    keyed=True,
    headers=(IDEMPOTENCY,),
    also={200: AgencyDossierSchema},
    asked=examples.DOSSIER_TOLD,
    said=examples.DOSSIER,
)
SHOW = ApiOperation(AgencyDossierSchema, refusals=(400, 403, 404), keyed=True, said=examples.DOSSIER)
MOVE = ApiOperation(
    answers=AgencyDossierSchema,
    reads=StateToldSchema,
    location="json",
    refusals=(400, 403, 404, 409, 422),
    keyed=True,
    asked=examples.STATE_TOLD,
    said=examples.DOSSIER | {"state": 2, "due_on": "2026-12-05"},
)


@offer(bp, "", TELL, "POST")
def tell(given: DossierTold) -> ResponseReturnValue:
    """Tell of a dossier; the post comes when the citizen wishes it, or when originals of an online dossier are due"""

    def work(session: UnitOfWork, calling: Caller) -> Answered:
        dossier, new = agency.tell_dossier(session, given, calling)
        body = _answer(session, dossier)
        return Answered(201 if new else 200, body, body["links"]["self"])

    return once(work).response()


@offer(bp, "/<code>", SHOW)
def show(code: str) -> ResponseReturnValue:
    """A dossier of your desk, with its visits"""
    with transaction() as session:
        return jsonify(_answer(session, dossier_of_desk(session, code, caller().desk_id)))


@offer(bp, "/<code>/states", MOVE, "POST")
def move(step: StateReport, code: str) -> ResponseReturnValue:
    """Tell of a step; told twice it is one, and an older one is history"""
    calling = caller()
    command = StateTold(code, step.state, step.sub_state, step.at, step.due_on)
    with transaction() as session:
        return jsonify(_answer(session, agency.tell_state(session, command, calling)))


def _answer(session: Session, dossier: Dossier) -> dict[str, Any]:
    session.flush()
    tracking = public_url("citizens.tracking_page", token=dossier.request.tracking_token)
    answer = DossierAnswer(
        dossier, errands_of_dossier(session, dossier.id), tracking, url_for("dossiers.show", code=dossier.code)
    )
    return told(AgencyDossierSchema, answer)
