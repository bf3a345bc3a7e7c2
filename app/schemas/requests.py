"""What clients send: JSON → the parts of a frozen command. The rules are the services'; here is only the shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from marshmallow import fields, post_load, validate

from app.domain.commands import ApplicantGiven, BookVisit, DossierGiven, PlaceGiven, QuoteVisit
from app.domain.errand import ProofKind, RequestKind
from app.domain.identity import ApplicantKind, Channel
from app.domain.tariff import Discount
from app.schemas.kinds import SAID, Strict, choice, degrees, line, whole, yes_no
from app.texts import LANGUAGES
from app.texts.mark import n

MOST_DOSSIERS: Final = 20
MOST_CASES: Final = 30


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A booking as given; who gives it and when is added by `command`."""

    kind: RequestKind
    applicant: ApplicantGiven
    place: PlaceGiven
    dossiers: tuple[DossierGiven, ...]
    slot_id: int | None
    channel: Channel
    language: str
    consent: bool
    proof: ProofKind
    discount: Discount
    helper_name: str | None
    helper_phone: str | None
    external_ref: str | None

    def command(
        self,
        *,
        now: datetime,
        by: str,
        partner_id: int | None = None,
        staff_id: int | None = None,
        hold: str | None = None,
    ) -> BookVisit:
        given = {name: getattr(self, name) for name in self.__slots__}
        return BookVisit(**given, now=now, by=by, partner_id=partner_id, staff_id=staff_id, hold=hold)


class ApplicantSchema(Strict):
    kind = choice(ApplicantKind, load_default=ApplicantKind.PERSON)
    name = line(required=True)
    phone = line(longest=20, load_default=None, allow_none=True)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> ApplicantGiven:
        return ApplicantGiven(**{**data, "phone": data["phone"] or None})


class PlaceSchema(Strict):
    unit_code = line(required=True, longest=10)
    address = line(required=True)
    landmark = line()
    former_name = line()
    lon = degrees(180, load_default=None, allow_none=True)
    lat = degrees(90, load_default=None, allow_none=True)
    pin_confirmed = yes_no(load_default=False)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> PlaceGiven:
        return PlaceGiven(**data)


class DossierSchema(Strict):
    procedure_code = line(required=True, longest=40)
    cases = fields.List(
        line(required=True, longest=60),
        load_default=(),
        validate=validate.Length(max=MOST_CASES, error=n("Nhiều trường hợp quá. Xin xem lại.")),
        error_messages={**SAID, "invalid": n("Ô này cần là một danh sách.")},
    )
    code = line(longest=40, load_default=None, allow_none=True)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> DossierGiven:
        return DossierGiven(data["procedure_code"], tuple(data["cases"]), data["code"] or None)


def _dossiers() -> fields.List[DossierGiven]:
    return fields.List(
        fields.Nested(DossierSchema),
        required=True,
        validate=validate.Length(
            min=1, max=MOST_DOSSIERS, error=n("Mỗi yêu cầu cần từ 1 đến 20 hồ sơ. Xin chia thành nhiều yêu cầu.")
        ),
        error_messages={**SAID, "invalid": n("Ô này cần là một danh sách.")},
    )


class BookVisitSchema(Strict):
    """`POST /api/v1/service-requests`."""

    kind = choice(RequestKind, required=True)
    applicant = fields.Nested(ApplicantSchema, required=True, error_messages=SAID)
    place = fields.Nested(PlaceSchema, required=True, error_messages=SAID)
    dossiers = _dossiers()
    slot_id = whole(load_default=None, allow_none=True)
    channel = choice(Channel, load_default=Channel.SMS)
    language = fields.String(
        load_default="vi",
        validate=validate.OneOf(LANGUAGES, error=n("Chưa có ngôn ngữ này. Xin chọn vi hoặc en.")),
    )
    consent = yes_no(required=True)
    proof = choice(ProofKind, load_default=ProofKind.CODE)
    discount = choice(Discount, load_default=Discount.NONE)
    helper_name = line(load_default=None, allow_none=True)
    helper_phone = line(longest=20, load_default=None, allow_none=True)
    external_ref = line(longest=100, load_default=None, allow_none=True)

    @post_load
    def wish(self, data: dict[str, Any], **_: Any) -> BookingRequest:
        blank = {name: data[name] or None for name in ("helper_name", "helper_phone", "external_ref")}
        return BookingRequest(**{**data, **blank, "dossiers": tuple(data["dossiers"])})


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """A price asked for; `day` None: today."""

    kind: RequestKind
    unit_code: str
    dossiers: tuple[DossierGiven, ...]
    day: date | None
    discount: Discount

    def command(self, today: date) -> QuoteVisit:
        return QuoteVisit(self.kind, self.unit_code, self.dossiers, self.day or today, self.discount)


class QuoteVisitSchema(Strict):
    """`POST /api/v1/quotes`."""

    kind = choice(RequestKind, required=True)
    unit_code = line(required=True, longest=10)
    dossiers = _dossiers()
    day = fields.Date(
        load_default=None,
        allow_none=True,
        error_messages={**SAID, "invalid": n("Ngày chưa đúng. Xin viết dạng 2026-12-01.")},
    )
    discount = choice(Discount, load_default=Discount.NONE)

    @post_load
    def question(self, data: dict[str, Any], **_: Any) -> QuoteRequest:
        return QuoteRequest(**{**data, "dossiers": tuple(data["dossiers"])})


class SlotsQuerySchema(Strict):
    """`GET /api/v1/slots?unit_code=…`."""

    unit_code = line(required=True, longest=10)
