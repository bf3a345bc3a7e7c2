"""`/results`: an agency's software tells that a result is there."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.domain.agency import Caller, ResultTold
from app.schemas.agency import ResultAnswerSchema, ResultToldSchema
from app.services.inbox import agency
from app.unit_of_work import UnitOfWork
from app.web.api import examples
from app.web.api.agencies import IDEMPOTENCY, Answered, once
from app.web.api.answering import ApiOperation, offer

bp = Blueprint("results", __name__, url_prefix="/api/v1/results", description="Kết quả của hồ sơ")

TELL = ApiOperation(
    answers=ResultAnswerSchema,
    reads=ResultToldSchema,
    location="json",
    status=201,
    refusals=(400, 403, 404, 409, 422),
    keyed=True,
    headers=(IDEMPOTENCY,),
    asked=examples.RESULT_TOLD,
    said=examples.RESULT,
)


@offer(bp, "", TELL, "POST")
def tell(given: ResultTold) -> ResponseReturnValue:
    """Tell that a result is there; with a seal number its envelope is packed for the post"""

    def work(session: UnitOfWork, calling: Caller) -> Answered:
        dossier, parcel = agency.tell_result(session, given, calling)
        body = {
            "dossier_code": dossier.code,
            "state": dossier.state,
            "title": dossier.result_title,
            "parcel_code": parcel.code if parcel is not None else None,
            "packed": parcel is not None,
        }
        return Answered(201, body, url_for("dossiers.show", code=dossier.code))

    return once(work).response()
