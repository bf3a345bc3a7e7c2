"""What a program asks before it books: communes, procedures, slots, prices."""

from __future__ import annotations

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.clock import local_day
from app.queries.reference import procedures as find
from app.schemas.answers import QuoteAnswer, QuoteSchema, SlotsSchema
from app.schemas.catalogue import (
    ProcedureSchema,
    ProceduresQuerySchema,
    ProceduresSchema,
    UnitsQuerySchema,
    UnitsSchema,
)
from app.schemas.requests import QuoteRequest, QuoteVisitSchema, SlotsQuerySchema
from app.services.booking import pricing, slots
from app.web import naming
from app.web.api import examples
from app.web.api.answering import ApiOperation, offer, told
from app.web.session import language, now, transaction

bp = Blueprint("reference", __name__, url_prefix="/api/v1", description="Hỏi trước khi đặt")

SLOTS = ApiOperation(SlotsSchema, SlotsQuerySchema, refusals=(409, 422), keyed=True, said=examples.SLOTS)
QUOTE = ApiOperation(
    answers=QuoteSchema,
    reads=QuoteVisitSchema,
    location="json",
    refusals=(409, 422),
    keyed=True,
    asked=examples.QUOTE_ASKED,
    said=examples.QUOTE,
)


@offer(
    bp, "/procedures", ApiOperation(ProceduresSchema, ProceduresQuerySchema, refusals=(422,), said=examples.PROCEDURES)
)
def procedures(given: dict[str, Any]) -> ResponseReturnValue:
    """Procedures, and whether the post may carry them"""
    with transaction() as session:
        return jsonify(told(ProceduresSchema, {"procedures": find.search(session, given["q"])}))


@offer(bp, "/procedures/<code>", ApiOperation(ProcedureSchema, refusals=(404,), said=examples.PROCEDURE))
def procedure(code: str) -> ResponseReturnValue:
    """One procedure with its cases and papers"""
    with transaction() as session:
        return jsonify(told(ProcedureSchema, find.by_code(session, code)))


@offer(bp, "/units", ApiOperation(UnitsSchema, UnitsQuerySchema, refusals=(422,), said=examples.UNITS))
def units(given: dict[str, Any]) -> ResponseReturnValue:
    """The communes and wards an address may lie in, old names too"""
    meant = naming.read(given["q"], outside=False)
    with transaction() as session:
        read = naming.choices(session, meant)
        return jsonify(told(UnitsSchema, {"certain": read.certain, "units": read.found}))


@offer(bp, "/slots", SLOTS)
def open_slots(given: dict[str, Any]) -> ResponseReturnValue:
    """Slots of a commune that can be booked now"""
    with transaction() as session:
        found = slots.open_slots(session, given["unit_code"], now(), language())
        return jsonify(told(SlotsSchema, {"slots": found}))


@offer(bp, "/quotes", QUOTE, "POST")
def quote(question: QuoteRequest) -> ResponseReturnValue:
    """What a visit costs, in parts; nothing is kept"""
    with transaction() as session:
        parts = pricing.quote(session, question.command(local_day(now())))
    return jsonify(told(QuoteSchema, QuoteAnswer(parts, pricing.total(parts))))
