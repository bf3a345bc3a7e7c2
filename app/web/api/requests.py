"""`/service-requests`: book for a citizen, look it up by its id or by the partner's own reference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.gateways import sends_mail
from app.models import ServiceRequest
from app.queries.tracking import requests
from app.queries.tracking.entitled import desks_told
from app.schemas.answers import DossierAsTold, RequestAnswer, ServiceRequestSchema
from app.schemas.catalogue import RequestsQuerySchema, ServiceRequestsSchema
from app.schemas.requests import BookingRequest, BookVisitSchema
from app.services import idempotency
from app.services.booking import book
from app.web.addresses import public_url
from app.web.api import examples
from app.web.api.agencies import IDEMPOTENCY
from app.web.api.answering import ApiOperation, created, offer, told
from app.web.auth import current_partner
from app.web.session import keys, now, settings, transaction

bp = Blueprint("service-requests", __name__, url_prefix="/api/v1/service-requests", description="Yêu cầu của người dân")


def _answer(session: Session, row: ServiceRequest) -> dict[str, Any]:
    url = public_url("citizens.tracking_page", token=row.tracking_token)
    desks = desks_told(session, row)
    dossiers = [DossierAsTold(dossier, desks[dossier.id]) for dossier in row.dossiers]
    return told(ServiceRequestSchema, RequestAnswer(row, dossiers, requests.errands_of(session, row), url))


BOOK = ApiOperation(
    answers=ServiceRequestSchema,
    reads=BookVisitSchema,
    location="json",
    status=201,
    refusals=(400, 409, 422),
    keyed=True,
    headers=(IDEMPOTENCY,),
    asked=examples.VISIT_ASKED,
    said=examples.SERVICE_REQUEST,
)
SHOW = ApiOperation(ServiceRequestSchema, refusals=(404,), keyed=True, said=examples.SERVICE_REQUEST)
FIND = ApiOperation(
    ServiceRequestsSchema,
    RequestsQuerySchema,
    refusals=(422,),
    keyed=True,
    said={"service_requests": [examples.SERVICE_REQUEST]},
)


@offer(bp, "", BOOK, "POST")
def create_request(wish: BookingRequest) -> ResponseReturnValue:
    """Book a visit for a citizen"""
    caller, key = current_partner(), request.headers.get("Idempotency-Key", "")
    with transaction() as session:
        stored = idempotency.begin(session, caller.id, key, request.get_json(), now())
        if stored is not None and stored.body is not None:
            return created(stored.body)
        command = _kept(wish).command(now=now(), by=f"partner:{caller.id}", partner_id=caller.id)
        body = _answer(session, book.book(session, command, keys()))
        idempotency.finish(session, caller.id, key, 201, body)
    return created(body)


def _kept(wish: BookingRequest) -> BookingRequest:
    """Without an address of e-mail where nobody sends letters: it would be kept for nothing."""
    return wish if sends_mail(settings()) else replace(wish, applicant=replace(wish.applicant, email=None))


@offer(bp, "/<uuid:request_id>", SHOW)
def show_request(request_id: UUID) -> ResponseReturnValue:
    """One request of yours"""
    with transaction() as session:
        row = requests.by_id(session, request_id)
        if row.partner_id != current_partner().id:
            raise DomainError("not_found", kind="not_found")
        return jsonify(_answer(session, row))


@offer(bp, "", FIND)
def find_requests(given: dict[str, Any]) -> ResponseReturnValue:
    """The request you booked under your own reference, if any"""
    with transaction() as session:
        try:
            found = [requests.by_external_ref(session, current_partner().id, given["external_ref"])]
        except DomainError:
            found = []
        return jsonify(service_requests=[_answer(session, row) for row in found])
