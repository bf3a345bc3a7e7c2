"""What the API answers: rows → JSON. Nothing personal goes back: the partner who booked has it already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import fields

from app.clock import LOCAL
from app.domain.dossier import DossierState
from app.domain.errand import ErrandKind, ErrandState, ProofKind, RequestKind, close_code
from app.domain.slot import SlotKind
from app.domain.tariff import ChargeKind, Direction, PricePart, told_basis
from app.models import Dossier, Errand, ServiceRequest
from app.schemas.kinds import Answer, Moment
from app.texts.slots import slot_label


@dataclass(frozen=True, slots=True)
class DossierAsTold:
    """`desk`: its name as far as it may be told (`app.queries.tracking.entitled`)."""

    dossier: Dossier
    desk: str


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """A request with what hangs on it and the secret link to follow it."""

    request: ServiceRequest
    dossiers: Sequence[DossierAsTold]
    errands: Sequence[Errand]
    tracking_url: str


@dataclass(frozen=True, slots=True)
class QuoteAnswer:
    """Parts and their sum; `total` has `lower`, `upper`, `unknown`."""

    parts: Sequence[PricePart]
    total: Any


class BookedSlotSchema(Answer):
    """An interval for a commune: ISO 8601 and a Vietnamese label."""

    id = fields.Integer()
    unit_code = fields.String()
    day = fields.Date()
    kind = fields.Enum(SlotKind, by_value=True)
    interval = fields.Function(
        lambda slot: "/".join(moment.astimezone(LOCAL).isoformat() for moment in (slot.starts_at, slot.ends_at)),
        metadata={"type": "string", "example": "2026-12-01T07:00:00+07:00/2026-12-01T11:30:00+07:00"},
    )
    label = fields.Function(
        lambda slot: getattr(slot, "label", None) or slot_label(slot.kind, slot.starts_at, slot.ends_at),
        metadata={"type": "string", "example": "Thứ Ba 01/12, buổi sáng (07:00–11:30)"},
    )


class SlotSchema(BookedSlotSchema):
    """A slot that can be booked now, and how many places are left."""

    free = fields.Integer()


class SlotsSchema(Answer):
    slots = fields.List(fields.Nested(SlotSchema))


class AttemptSchema(Answer):
    number = fields.Integer()
    outcome = fields.String()
    occurred_at = Moment()
    counts = fields.Boolean()


class CloseCode(fields.String):
    """Words that somebody typed stay with us."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return super()._serialize(close_code(value), attr, obj, **kwargs)


class ErrandSchema(Answer):
    """One thing to do at one door; `revision` goes back as If-Match when it is changed."""

    id = fields.UUID()
    kind = fields.Enum(ErrandKind, by_value=True)
    state = fields.Enum(ErrandState, by_value=True)
    slot = fields.Nested(BookedSlotSchema, allow_none=True)
    proof = fields.Enum(ProofKind, by_value=True)
    revision = fields.Integer()
    closed_at = Moment(allow_none=True)
    close_reason = CloseCode(
        allow_none=True,
        metadata={
            "description": "a code: not_confirmed, papers_complete, given_at_desk, dossier_refused, dossier_state_N (the national "
            "state told), in_words (somebody gave a reason in words, which is not passed on)"
        },
    )
    held_until = fields.Date(allow_none=True)
    attempts = fields.List(fields.Nested(AttemptSchema))


class DossierAnswerSchema(Answer):
    """Give it a `DossierAsTold`."""

    id = fields.UUID(attribute="dossier.id")
    procedure_code = fields.String(attribute="dossier.procedure.code")
    procedure_name = fields.String(attribute="dossier.procedure.name")
    cases = fields.List(fields.String(), attribute="dossier.cases")
    code = fields.String(attribute="dossier.code", allow_none=True)
    state = fields.Integer(
        attribute="dossier.state",
        metadata={"description": "national state of a dossier", "enum": list(DossierState)},
    )
    desk = fields.String(
        metadata={"description": "of a result asked for by its code: named by the code alone until confirmed"}
    )
    due_on = fields.Date(attribute="dossier.due_on", allow_none=True)


class ServiceRequestSchema(Answer):
    """Give it a `RequestAnswer`."""

    id = fields.UUID(attribute="request.id")
    reference = fields.String(attribute="request.reference")
    external_ref = fields.String(attribute="request.external_ref", allow_none=True)
    kind = fields.Enum(RequestKind, by_value=True, attribute="request.kind")
    created_at = Moment(attribute="request.created_at")
    tracking_url = fields.URL(require_tld=False)
    dossiers = fields.List(fields.Nested(DossierAnswerSchema))
    errands = fields.List(fields.Nested(ErrandSchema))


class PricePartSchema(Answer):
    """đồng; `lower` null: the desk will tell, nothing is taken at the door."""

    kind = fields.Enum(ChargeKind, by_value=True)
    direction = fields.Enum(Direction, by_value=True, allow_none=True)
    lower = fields.Integer(allow_none=True)
    upper = fields.Integer(allow_none=True)
    basis = fields.Function(lambda part: told_basis(part.basis), metadata={"type": "string"})


class TotalSchema(Answer):
    lower = fields.Integer()
    upper = fields.Integer()
    more_at_desk = fields.Boolean(attribute="unknown")


class QuoteSchema(Answer):
    """Give it a `QuoteAnswer`. The price at the door never exceeds `total.upper` plus what the desk tells."""

    currency = fields.Constant("VND", metadata={"type": "string"})
    parts = fields.List(fields.Nested(PricePartSchema))
    total = fields.Nested(TotalSchema)
