"""What the API tells of procedures and communes."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.answers import ServiceRequestSchema
from app.schemas.kinds import Answer, Strict, line


class RequiredPaperSchema(Answer):
    """One line of the published list. `case_keys`: all of them must have been chosen for the line to apply."""

    line = fields.Integer()
    name = fields.String()
    originals = fields.Integer(allow_none=True)
    copies = fields.Integer(allow_none=True)
    mode = fields.String(metadata={"enum": ["submit", "present", "declare"]})
    need = fields.String(metadata={"enum": ["always", "conditional", "alternative", "if_any"]})
    case_keys = fields.List(fields.String())
    case_label = fields.String()
    certified_by_post = fields.Boolean(metadata={"description": "by post: a certified copy in the envelope"})
    in_database = fields.Boolean(metadata={"description": "not needed when a database holds it"})


class OptionSchema(Answer):
    key = fields.String()
    label = fields.String()


class CaseSchema(Answer):
    key = fields.String()
    question = fields.String()
    many = fields.Boolean()
    options = fields.List(fields.Nested(OptionSchema))


class ProcedureLineSchema(Answer):
    """`carried` false: the post may not carry it, and `refusal` says where to go instead."""

    code = fields.String()
    version = fields.Integer()
    name = fields.String()
    field = fields.String()
    level = fields.String(metadata={"enum": ["commune", "province", "central"]})
    carried = fields.Boolean()
    refusal = fields.String()


class ProcedureSchema(ProcedureLineSchema):
    """`state_fee` null: unknown or set by the province, never free. `sample`: to be replaced from the one-stop system."""

    online_allowed = fields.Boolean()
    presence = fields.String(metadata={"enum": ["no", "yes", "conditional"]})
    presence_note = fields.String()
    time_value = fields.Integer(allow_none=True)
    time_unit = fields.String(allow_none=True)
    state_fee = fields.Integer(allow_none=True)
    originals_due = fields.Boolean()
    boundary_free = fields.Boolean()
    results = fields.List(fields.String())
    sample = fields.Boolean()
    source = fields.String()
    in_service_from = fields.Date(allow_none=True)
    cases = fields.List(fields.Nested(CaseSchema))
    papers = fields.List(fields.Nested(RequiredPaperSchema))


class ProceduresSchema(Answer):
    procedures = fields.List(fields.Nested(ProcedureLineSchema))


class ProceduresQuerySchema(Strict):
    q = line(longest=80, metadata={"description": "words of the name, with or without accents"})


class UnitCandidateSchema(Answer):
    """A commune or ward the words may mean; `former_name` when an old name matched."""

    code = fields.String(attribute="place.unit.code")
    name = fields.String(attribute="place.unit.name")
    former_name = fields.String(attribute="former")
    in_service = fields.Boolean(attribute="place.in_service")
    in_service_from = fields.Date(attribute="place.unit.in_service_from", allow_none=True)
    lon = fields.Float(attribute="place.unit.lon")
    lat = fields.Float(attribute="place.unit.lat")


class UnitsSchema(Answer):
    """Best first. Not `certain`: let a person choose."""

    certain = fields.Boolean()
    units = fields.List(fields.Nested(UnitCandidateSchema))


class UnitsQuerySchema(Strict):
    q = line(required=True, metadata={"description": "an address or a commune's name, old or new"})


class RequestsQuerySchema(Strict):
    external_ref = line(required=True, longest=100)


class ServiceRequestsSchema(Answer):
    """One, or none."""

    service_requests = fields.List(fields.Nested(ServiceRequestSchema))
