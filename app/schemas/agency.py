"""What agencies' software tells of its dossiers, and what it is answered. The rules are the services'; here is the shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from marshmallow import fields, post_load, validate

from app.domain.agency import DossierTold, ResultTold
from app.domain.errand import ErrandKind, ErrandState
from app.domain.identity import Channel
from app.domain.pickup import PickupWish
from app.domain.tongue import Tongue
from app.models import Dossier, Errand
from app.schemas.answers import BookedSlotSchema
from app.schemas.kinds import SAID, Answer, Moment, Strict, choice, line, tidy_line, yes_no
from app.schemas.requests import MOST_CASES, ApplicantSchema, PlaceSchema
from app.texts import LANGUAGES
from app.texts.mark import n

CODE: Final = "H21.65-261128-00011"
AT: Final = "2026-11-28T09:00:00+07:00"
DAY_MALFORMED: Final = n("Ngày chưa đúng. Xin viết dạng 2026-12-01.")
NOT_A_LIST: Final = n("Ô này cần là một danh sách.")
EARLIEST: Final = datetime.fromisoformat("2020-01-01T00:00:00+07:00")
LATEST: Final = datetime.fromisoformat("2100-01-01T00:00:00+07:00")


def _example(value: object, description: str = "") -> dict[str, Any]:
    return {"example": value} | ({"description": description} if description else {})


def _state(**given: Any) -> fields.Integer:
    check = validate.Range(min=1, max=10, error=n("Trạng thái hồ sơ là số từ 1 đến 10. Xin xem bảng trạng thái."))
    messages: Any = {**SAID, "invalid": n("Ô này cần là số nguyên."), "too_large": n("Số lớn quá.")}
    about = _example(1, "national state: 1 registered … 9 finished, 10 result returned")
    return fields.Integer(strict=True, error_messages=messages, validate=check, metadata=about, **given)


def _sub_state() -> fields.Integer:
    check = validate.Range(min=1, max=4, error=n("Trạng thái con là số từ 1 đến 4. Xin bỏ trống nếu không có."))
    messages: Any = {**SAID, "invalid": n("Ô này cần là số nguyên."), "too_large": n("Số lớn quá.")}
    about = _example(None, "of a boundary-free dossier")
    return fields.Integer(
        strict=True, load_default=None, allow_none=True, error_messages=messages, validate=check, metadata=about
    )


def _moment(example: str = AT, **given: Any) -> fields.AwareDateTime:
    messages: Any = {
        **SAID,
        "invalid": n("Thời điểm chưa đúng. Xin viết dạng 2026-12-01T07:00:00+07:00."),
        "invalid_awareness": n("Thời điểm thiếu múi giờ. Xin viết dạng 2026-12-01T07:00:00+07:00."),
        "format": n("Thời điểm chưa đúng. Xin viết dạng 2026-12-01T07:00:00+07:00."),
    }
    sane = validate.Range(min=EARLIEST, max=LATEST, error=n("Thời điểm này xa quá. Xin xem lại năm."))
    return fields.AwareDateTime(
        format="iso", required=True, error_messages=messages, validate=sane, metadata=_example(example), **given
    )


def _day() -> fields.Date:
    sane = validate.Range(min=EARLIEST.date(), max=LATEST.date(), error=n("Ngày này xa quá. Xin xem lại năm."))
    return fields.Date(
        load_default=None,
        allow_none=True,
        error_messages={**SAID, "invalid": DAY_MALFORMED, "format": DAY_MALFORMED},
        validate=sane,
        metadata=_example("2026-12-05"),
    )


def _one_of(values: Sequence[str], example: str, description: str) -> fields.String:
    wrong = n("Không có lựa chọn này. Xin chọn một trong các giá trị được phép.")
    return fields.String(
        required=True,
        validate=validate.OneOf(values, error=wrong),
        error_messages={**SAID, "invalid": n("Ô này cần là chữ.")},
        metadata=_example(example, description),
    )


class DossierToldSchema(Strict):
    """`POST /api/v1/dossiers`. `wish` null: decided by itself for an online dossier whose originals are due."""

    code = line(required=True, longest=40, metadata=_example(CODE))
    procedure_code = line(required=True, longest=40, metadata=_example("2.000635"))
    cases = fields.List(
        line(required=True, longest=60),
        load_default=(),
        validate=validate.Length(max=MOST_CASES, error=n("Nhiều trường hợp quá. Xin xem lại.")),
        error_messages={**SAID, "invalid": NOT_A_LIST},
        metadata=_example([]),
    )
    state = _state(required=True)
    sub_state = _sub_state()
    channel = _one_of(("1", "2", "3"), "2", "KenhThucHien: 1 in person, 2 online, 3 by post")
    return_form = _one_of(("0", "1"), "1", "HinhThuc: 0 in person, 1 by post")
    received_at = _moment()
    due_on = _day()
    competent_desk = line(
        longest=20, load_default=None, allow_none=True, metadata=_example(None, "a desk's code; null: your own")
    )
    applicant = fields.Nested(
        ApplicantSchema,
        required=True,
        error_messages=SAID,
        metadata=_example({"name": "Nguyễn Văn Thử", "phone": "0900000123"}),
    )
    place = fields.Nested(
        PlaceSchema,
        load_default=None,
        allow_none=True,
        error_messages=SAID,
        metadata=_example({"unit_code": "23776", "address": "Thôn 2, nhà số 3"}),
    )
    wish = choice(PickupWish, load_default=None, allow_none=True, metadata=_example("collect_and_deliver"))
    language = fields.String(
        load_default="vi",
        validate=validate.OneOf(LANGUAGES, error=n("Chưa có ngôn ngữ này. Xin chọn vi hoặc en.")),
        error_messages={**SAID, "invalid": n("Ô này cần là chữ.")},
        metadata=_example("vi"),
    )
    tongue = choice(
        Tongue, load_default=None, allow_none=True, metadata=_example("jra", "spoken at home: vi, jra, bdq or other")
    )
    reach = fields.Enum(
        Channel,
        by_value=True,
        load_default=Channel.SMS,
        error_messages={**SAID, "unknown": n("Chỉ báo tin được qua sms, voice hoặc none. Xin chọn lại.")},
        validate=validate.NoneOf([Channel.HELPER], error=n("Chỉ báo tin được qua sms, voice hoặc none. Xin chọn lại.")),
        metadata=_example("sms", "how the citizen is told: sms, voice or none"),
    )
    consent = yes_no(required=True, metadata=_example(True, "without it nothing personal is kept and nobody comes"))  # noqa: FBT003 (an example's value)

    @post_load
    def told(self, data: dict[str, Any], **_: Any) -> DossierTold:
        return DossierTold(**{
            **data, "cases": tuple(data["cases"]), "competent_desk": data["competent_desk"] or None
        })  # fmt: skip


@dataclass(frozen=True, slots=True)
class StateReport:
    """A state as told; the code stands in the address."""

    state: int
    sub_state: int | None
    at: datetime
    due_on: date | None


class StateToldSchema(Strict):
    """`POST /api/v1/dossiers/{code}/states`. `at`: when it happened there; what is older than the last step is history."""

    state = _state(required=True)
    sub_state = _sub_state()
    at = _moment("2026-11-28T10:00:00+07:00")
    due_on = _day()
    note = line(
        longest=1000, load_default=None, allow_none=True,
        metadata=_example(None, "read and not kept: it may name a person"),
    )  # fmt: skip

    @post_load
    def step(self, data: dict[str, Any], **_: Any) -> StateReport:
        data.pop("note")
        return StateReport(**data)


class ResultToldSchema(Strict):
    """`POST /api/v1/results`. With a seal number the envelope is packed; without, it waits for the desk's screen."""

    dossier_code = line(required=True, longest=40, metadata=_example(CODE))
    title = tidy_line(required=True, metadata=_example("Giấy khai sinh"))
    at = _moment("2026-11-30T08:00:00+07:00")
    seal_number = line(longest=30, load_default=None, allow_none=True, metadata=_example(None))
    parcel_code = line(
        longest=20, load_default=None, allow_none=True, metadata=_example(None, "S10 label; null: the next of the roll")
    )

    @post_load
    def told(self, data: dict[str, Any], **_: Any) -> ResultTold:
        blank = {name: data[name] or None for name in ("seal_number", "parcel_code")}
        return ResultTold(**{**data, **blank})


class RefusalAskedSchema(Strict):
    """`POST /api/v1/refusals`. `reason` is told to the citizen; `by`: the officer who decided."""

    dossier_code = line(required=True, longest=40, metadata=_example(CODE))
    reason = tidy_line(required=True, metadata=_example("Hồ sơ không thuộc thẩm quyền giải quyết"))
    by = tidy_line(required=True, longest=120, metadata=_example("Cán bộ Thử"))


# -- answers


@dataclass(frozen=True, slots=True)
class DossierAnswer:
    """A dossier with what hangs on it and the secret link to follow it."""

    dossier: Dossier
    errands: Sequence[Errand]
    tracking_url: str
    self_url: str

    @property
    def request(self) -> dict[str, Any] | None:
        """How the citizen follows it; None while no visit stands."""
        asked = self.dossier.request
        followed = {"id": asked.id, "reference": asked.reference, "tracking_url": self.tracking_url}
        return followed if self.errands else None

    @property
    def links(self) -> dict[str, str]:
        return {"self": self.self_url}


class FollowedSchema(Answer):
    id = fields.UUID()
    reference = fields.String(metadata=_example("TN-4C7H2M"))
    tracking_url = fields.URL(require_tld=False)


class LinksSchema(Answer):
    self = fields.String(metadata=_example(f"/api/v1/dossiers/{CODE}"))


class AgencyErrandSchema(Answer):
    """`executed_by`: own couriers, or a carrier's."""

    id = fields.UUID()
    kind = fields.Enum(ErrandKind, by_value=True)
    state = fields.Enum(ErrandState, by_value=True)
    slot = fields.Nested(BookedSlotSchema, allow_none=True)
    executed_by = fields.String(metadata={"enum": ["own", "carrier"], "example": "own"})


class AgencyDossierSchema(Answer):
    """Give it a `DossierAnswer`. `request` null: no visit stands yet."""

    id = fields.UUID(attribute="dossier.id")
    code = fields.String(attribute="dossier.code", metadata=_example(CODE))
    state = fields.Integer(attribute="dossier.state", metadata=_example(1))
    sub_state = fields.Integer(attribute="dossier.sub_state", allow_none=True)
    desk = fields.String(attribute="dossier.desk.code")
    competent_desk = fields.String(attribute="dossier.competent_desk.code")
    due_on = fields.Date(attribute="dossier.due_on", allow_none=True)
    errands = fields.List(fields.Nested(AgencyErrandSchema))
    request = fields.Nested(FollowedSchema, allow_none=True)
    links = fields.Nested(LinksSchema)


class ResultAnswerSchema(Answer):
    """`parcel_code` null: the envelope waits to be packed on the desk's screen."""

    dossier_code = fields.String(metadata=_example(CODE))
    state = fields.Integer(metadata=_example(9))
    title = fields.String(metadata=_example("Giấy khai sinh"))
    parcel_code = fields.String(allow_none=True, metadata=_example("RT473124829VN"))
    packed = fields.Boolean()


class RefusalSchema(Answer):
    """`refusal_requested`: a carrier must answer first; ask again here."""

    id = fields.UUID()
    dossier_code = fields.String(attribute="dossier.code", metadata=_example(CODE))
    state = fields.String(
        metadata={
            "enum": ["refusal_requested", "refused", "refusal_blocked", "refusal_withdrawn"],
            "example": "refused",
        }
    )
    blocked_by = fields.String(allow_none=True, metadata=_example(None, "why not, as a code"))
    requested_at = Moment()
    decided_at = Moment(allow_none=True)
