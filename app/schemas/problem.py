"""RFC 9457: how a refusal looks on the wire. `app.web.errors` writes it; this is its documentation in OpenAPI."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.kinds import Answer


class FaultSchema(Answer):
    field = fields.String(metadata={"example": "place.unit_code"})
    code = fields.String(metadata={"example": "unit_unknown"})
    detail = fields.String()


class ProblemSchema(Answer):
    """`application/problem+json`; `detail` is a sentence in the reader's language that names the way out."""

    type = fields.String(metadata={"example": "https://tannha.example/problems/slot_full"})
    title = fields.String()
    status = fields.Integer()
    code = fields.String(metadata={"example": "slot_full"})
    detail = fields.String()
    instance = fields.String(metadata={"description": "the request's id, to be read out on the telephone"})
    errors = fields.List(fields.Nested(FaultSchema))
