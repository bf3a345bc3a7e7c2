"""What phones send: the envelope of a batch, the open header of an operation, the payload of each kind.

A malformed envelope is 422; a malformed operation is rejected alone, and its problem names the field.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from app.domain.acts import (
    ActPayload,
    Amended,
    Called,
    Collected,
    Delivered,
    HandedOver,
    IncidentSeen,
    NotDone,
    PinCorrected,
    Reordered,
    RunEnded,
    RunStarted,
    StopAdded,
    WhomCalled,
)
from app.domain.amendment import AmendableField
from app.domain.checklist import Tick
from app.domain.commands import PaperTicked
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.incident import REPORTED
from app.domain.operation import A_BATCH, Header, OperationKind, Posted, Sent
from app.domain.parcel import PaperForm
from app.schemas.act_parts import FileSchema, FixSchema, an_id, hex_digits
from app.schemas.exact import FORM, Strictly, listed
from app.schemas.kinds import SAID, Strict, check_texts, choice, line, whole, yes_no
from app.schemas.money import PursesSchema, ReceiptSchema
from app.schemas.phone_keys import LONGEST, Base64
from app.texts.mark import n

MOST_PARCELS: Final = 200
MOST_FILES: Final = 20
LONGEST_NOTE: Final = 500
FARTHEST_MS: Final = 10**14  # three thousand years: a clock may be as wrong as it likes, the fact is kept
_STAMP: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


# -- the envelope


class SignInSchema(Strict):
    username = line(required=True)
    password = line(required=True)
    name = line()
    device_id = an_id(required=True, allow_none=True)
    challenge = line(longest=LONGEST, load_default=None, allow_none=True)
    signature = Base64(load_default=None, allow_none=True)


class LeavingSchema(Strict):
    waiting = whole(required=True)
    waiting_files = whole(required=True)


class BatchSchema(LeavingSchema):
    sent_at = fields.AwareDateTime(required=True, error_messages={**SAID, "invalid": FORM, "invalid_awareness": FORM})
    ops = listed(fields.Raw(allow_none=True), A_BATCH, least=1, required=True)

    @post_load
    def sent(self, data: dict[str, Any], **_: Any) -> Sent:
        return Sent(data["sent_at"], data["waiting"], data["waiting_files"], tuple(data["ops"]))


# -- one operation


class HeaderSchema(Strict):
    """The open part, and what goes beside it, as bytes: the `sealed` box, and the phone's `signature` where it has a key."""

    op_id = an_id(required=True)
    seq = Strictly(1, 2**31 - 1, required=True)
    kind = choice(OperationKind, required=True)
    errand_id = an_id(required=True, allow_none=True)
    revision_seen = Strictly(0, 2**31 - 1, required=True, allow_none=True)
    occurred_at = fields.String(
        required=True,
        validate=validate.Regexp(_STAMP + r"\Z", error=FORM),
        error_messages={**SAID, "invalid": FORM},
    )
    offset_ms = Strictly(-FARTHEST_MS, FARTHEST_MS, required=True, allow_none=True)
    commitment = hex_digits(64, required=True)
    files = listed(hex_digits(64), MOST_FILES, required=True)
    previous = hex_digits(64, required=True)
    hash = hex_digits(64, required=True)
    signature = Base64(load_default=None, allow_none=True)
    sealed = fields.String(required=True, error_messages={**SAID, "invalid": FORM})

    @post_load
    def opened(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            data["sealed"] = base64.b64decode(data["sealed"], validate=True)
        except ValueError as fault:  # not base64, or not even ASCII
            raise ValidationError(FORM, "sealed") from fault
        try:
            datetime.fromisoformat(data["occurred_at"])
        except ValueError as fault:
            raise ValidationError(FORM, "occurred_at") from fault
        return {**data, "files": tuple(data["files"])}


# -- what the payloads have in common


class PayloadSchema(Strict):
    """`made` is the fact that the payload of this kind becomes."""

    made: Callable[..., ActPayload] = ActPayload
    salt = hex_digits(32, required=True)
    fix = fields.Nested(FixSchema, required=True, allow_none=True, error_messages={"required": SAID["required"]})
    files = listed(fields.Nested(FileSchema), MOST_FILES, load_default=())

    @post_load
    def fact(self, data: dict[str, Any], **_: Any) -> ActPayload:
        del data["salt"]
        facts = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return type(self).made(**facts)


def _codes(*, least: int = 0) -> fields.List[str]:
    return listed(line(required=True, longest=30), MOST_PARCELS, least=least, required=True)


def _name(**given: Any) -> fields.String:
    return line(longest=120, **given)


# -- by kind


class RunStartedSchema(PayloadSchema):
    made = RunStarted
    route_id = Strictly(1, 2**31 - 1, required=True)


class RunEndedSchema(PayloadSchema):
    made = RunEnded
    route_id = Strictly(1, 2**31 - 1, required=True)
    bag = _codes()
    cash = Strictly(0, 1_000_000_000, required=True)
    purses = fields.Nested(PursesSchema, load_default=None, allow_none=True)


class TickSchema(Strict):
    tick = choice(Tick, required=True)
    form = choice(PaperForm, load_default=PaperForm.ORIGINAL)
    count = Strictly(0, 99, load_default=1)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> PaperTicked:
        return PaperTicked(**data)


class CollectedSchema(PayloadSchema):
    made = Collected
    dossier_id = an_id(required=True)
    procedure_version = line(required=True, longest=60)
    cases = listed(line(required=True, longest=60), 30, required=True)
    papers = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"[0-9]{1,3}\Z", error=FORM)),
        values=fields.Nested(TickSchema),
        required=True,
        error_messages={**SAID, "invalid": FORM},
    )
    in_part = yes_no(required=True)
    label = line(required=True, longest=30)
    seal = line(required=True, longest=40)
    slips_signed = yes_no(required=True)
    thumbprint = yes_no(required=True)
    read_aloud = yes_no(load_default=False)  # earlier apps do not tell
    witness = _name(required=True, allow_none=True)
    receipt = fields.Nested(ReceiptSchema, required=True, allow_none=True)
    signed_with = an_id(load_default=None, allow_none=True)

    @post_load
    def fact(self, data: dict[str, Any], **given: Any) -> ActPayload:
        data["papers"] = {int(number): paper for number, paper in data["papers"].items()}
        said: ActPayload = super().fact(data, **given)
        return said


class DeliveredSchema(PayloadSchema):
    made = Delivered
    receiver_name = _name()
    receiver_relation = line(required=True, longest=20)
    receiver_role = _name()
    id_kind = line(longest=40)
    id_last4 = line(longest=10)
    code = line(longest=12, load_default=None, allow_none=True)
    code_tries = Strictly(0, 10_000, load_default=0)
    seal_whole = yes_no(required=True)
    parcels = _codes(least=0)
    scanned = yes_no(load_default=False)  # earlier apps tell what the list said
    thumbprint = yes_no(required=True)
    read_aloud = yes_no(load_default=False)  # earlier apps do not tell
    witness = _name(required=True, allow_none=True)
    receipt = fields.Nested(ReceiptSchema, required=True, allow_none=True)
    signed_with = an_id(load_default=None, allow_none=True)


class NotDoneSchema(PayloadSchema):
    made = NotDone
    outcome = line(required=True, longest=40)
    evidence = fields.Dict(
        keys=line(required=True, longest=40), values=fields.Raw(), required=True, error_messages=SAID
    )
    consent = yes_no(required=True)

    @post_load
    def fact(self, data: dict[str, Any], **given: Any) -> ActPayload:
        evidence = dict(data.pop("evidence"))
        data["calls"] = _calls(evidence.pop("calls", []))
        for key, text in evidence.items():
            if not isinstance(text, str) or len(text) > LONGEST_NOTE:
                raise ValidationError(FORM, f"evidence.{key}")
        data["evidence"] = evidence
        said: ActPayload = super().fact(data, **given)
        return said


def _calls(given: object) -> tuple[datetime, ...]:
    try:
        moments = tuple(datetime.fromisoformat(moment) for moment in given)  # type: ignore[attr-defined]  # may be anything
    except (TypeError, ValueError) as fault:
        raise ValidationError(FORM, "evidence.calls") from fault
    if any(moment.tzinfo is None for moment in moments):
        raise ValidationError(FORM, "evidence.calls")
    return moments


class CalledSchema(PayloadSchema):
    made = Called
    whom = choice(WhomCalled, required=True)


class PartySchema(Strict):
    holder = choice(Holder, required=True)
    id = line(required=True, longest=20)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> Party:
        return Party(data["holder"], data["id"])


class HandedOverSchema(PayloadSchema):
    made = HandedOver
    parcels = _codes(least=1)
    giver = fields.Nested(PartySchema, required=True)
    taker = fields.Nested(PartySchema, required=True)
    note = line(longest=LONGEST_NOTE)

    @validates_schema
    def two_sides(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["giver"] == data["taker"] or all(
            data[side].holder is not Holder.COURIER for side in ("giver", "taker")
        ):
            raise ValidationError(n("Cần hai bên khác nhau, một bên là bưu tá này."), "taker")


class StopAddedSchema(PayloadSchema):
    made = StopAdded
    code = line(required=True, longest=30)


class ReorderedSchema(PayloadSchema):
    made = Reordered
    route_id = Strictly(1, 2**31 - 1, required=True)
    stops = listed(Strictly(1, 2**31 - 1), 500, least=1, required=True)


class PinCorrectedSchema(PayloadSchema):
    made = PinCorrected
    place_id = an_id(required=True)
    lon_e6 = Strictly(-180_000_000, 180_000_000, required=True)
    lat_e6 = Strictly(-90_000_000, 90_000_000, required=True)


class IncidentSchema(PayloadSchema):
    made = IncidentSeen
    incident = fields.String(
        required=True, validate=validate.OneOf(REPORTED, error=FORM), error_messages={**SAID, "invalid": FORM}
    )
    parcel = line(required=True, longest=30)
    note = line(longest=LONGEST_NOTE)


class ChangesSchema(Strict):
    receiver_name = _name()
    receiver_relation = line(longest=20)
    id_kind = line(longest=40)
    id_last4 = line(longest=10)
    outcome = line(longest=40)
    note = line(longest=LONGEST_NOTE)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> dict[AmendableField, str]:
        return {AmendableField(name): text for name, text in data.items() if text}


class AmendedSchema(PayloadSchema):
    made = Amended
    amends = an_id(required=True)
    why = line(required=True, longest=LONGEST_NOTE)
    changes = fields.Nested(ChangesSchema, required=True)


HEADER: Final = HeaderSchema()
PAYLOADS: Final[Mapping[OperationKind, PayloadSchema]] = {
    OperationKind.RUN_STARTED: RunStartedSchema(),
    OperationKind.COLLECTED: CollectedSchema(),
    OperationKind.DELIVERED: DeliveredSchema(),
    OperationKind.NOT_DONE: NotDoneSchema(),
    OperationKind.HANDED_OVER: HandedOverSchema(),
    OperationKind.STOP_ADDED: StopAddedSchema(),
    OperationKind.REORDERED: ReorderedSchema(),
    OperationKind.PIN_CORRECTED: PinCorrectedSchema(),
    OperationKind.CALLED: CalledSchema(),
    OperationKind.INCIDENT: IncidentSchema(),
    OperationKind.RUN_ENDED: RunEndedSchema(),
    OperationKind.AMENDED: AmendedSchema(),
}


class WireReader:
    """`domain.acts.Reader` over these schemas."""

    def header(self, raw: object, device_id: UUID) -> Posted:
        given = _load(HEADER, raw)
        beside = {name: given.pop(name) for name in ("hash", "sealed", "signature")}
        return Posted(Header(device_id=device_id, **given), **beside)

    def payload(self, kind: OperationKind, plain: bytes) -> ActPayload:
        try:
            raw = json.loads(plain)
            check_texts(plain, raw)
        except (ValueError, RecursionError) as fault:
            raise DomainError("operation_malformed", kind="invalid", faults=[("payload", FORM)]) from fault
        said: ActPayload = _load(PAYLOADS[kind], raw)
        return said


def _load(schema: Strict, raw: object) -> Any:
    try:
        return schema.load(raw)  # type: ignore[arg-type]  # what is no mapping is refused like any other fault
    except ValidationError as fault:
        raise DomainError("operation_malformed", kind="invalid", faults=list(_faults(fault.messages))) from fault


def _faults(found: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Flatten marshmallow's messages: `{"fix": {"lon_e6": ["…"]}}` → `("fix.lon_e6", "…")`."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from _faults(value, path if key == "_schema" else f"{path}.{key}".lstrip("."))
    else:
        for sentence in found if isinstance(found, list) else [found]:
            yield path, str(sentence)
