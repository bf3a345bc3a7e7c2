"""What clients send: JSON → the parts of a frozen command. The rules are the services'; here is only the shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from marshmallow import fields, post_load, validate

from app.domain.commands import ApplicantGiven, BookVisit, DossierGiven, PlaceGiven, QuoteVisit
from app.domain.errand import ProofKind, RequestKind
from app.domain.errors import DomainError
from app.domain.faults import Faults
from app.domain.identity import ApplicantKind, Channel, PhoneNumber, parse_address, parse_phone
from app.domain.tariff import Discount
from app.domain.tongue import Tongue
from app.domain.wording import Tidy
from app.schemas.kinds import SAID, Strict, choice, degrees, line, tidy_line, whole, yes_no
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
    tongue: Tongue | None
    consent: bool
    proof: ProofKind
    discount: Discount
    helper_name: Tidy | None
    helper_phone: PhoneNumber | None
    external_ref: str | None
    faults: tuple[DomainError, ...]

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


def _phone(text: str | None, field: str) -> tuple[PhoneNumber | None, tuple[DomainError, ...]]:
    """What is no telephone is a fault of the wish, to be said together with those that the rules will find in it."""
    faults, phone = Faults(), None
    with faults.gathered():
        phone = parse_phone(text, field) if text else None
    return phone, tuple(faults.found)


def _address(text: str | None) -> tuple[str | None, tuple[DomainError, ...]]:
    faults, address = Faults(), None
    with faults.gathered():
        address = parse_address(text or "", "applicant.email")
    return address, tuple(faults.found)


class ApplicantSchema(Strict):
    kind = choice(ApplicantKind, load_default=ApplicantKind.PERSON)
    name = tidy_line(required=True)
    phone = line(longest=20, load_default=None, allow_none=True)
    email = line(longest=254, load_default=None, allow_none=True)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> ApplicantGiven:
        phone, faults = _phone(data["phone"], "applicant.phone")
        email, malformed = _address(data["email"])
        return ApplicantGiven(data["kind"], data["name"], phone, (*faults, *malformed), email)


class PlaceSchema(Strict):
    unit_code = line(required=True, longest=10)
    address = tidy_line(required=True)
    landmark = tidy_line()
    former_name = tidy_line()
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
    owner_id_last4 = line(longest=4, load_default=None, allow_none=True)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> DossierGiven:
        code, last4 = data["code"] or None, data["owner_id_last4"] or None
        return DossierGiven(data["procedure_code"], tuple(data["cases"]), code, last4)


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
    tongue = choice(Tongue, load_default=None, allow_none=True)
    consent = yes_no(required=True)
    proof = choice(ProofKind, load_default=ProofKind.CODE)
    discount = choice(Discount, load_default=Discount.NONE)
    helper_name = tidy_line(load_default=None, allow_none=True)
    helper_phone = line(longest=20, load_default=None, allow_none=True)
    external_ref = line(longest=100, load_default=None, allow_none=True)

    @post_load
    def wish(self, data: dict[str, Any], **_: Any) -> BookingRequest:
        blank = {name: data[name] or None for name in ("helper_name", "external_ref")}
        phone, faults = _phone(data["helper_phone"], "helper_phone")
        read = {"dossiers": tuple(data["dossiers"]), "helper_phone": phone, "faults": faults}
        return BookingRequest(**{**data, **blank, **read})


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
