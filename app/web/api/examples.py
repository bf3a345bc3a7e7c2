"""Examples of what is read and answered, as the OpenAPI document shows them. Everybody in them is invented."""

from __future__ import annotations

from typing import Any, Final

from app.schemas.agency import CODE

Example = dict[str, Any]

REFUSAL_ID: Final = "0191f1c2-5f0e-7b7a-9d1e-3f2f8f0a1b2c"
ERRAND_ID: Final = "0191f1c2-5f0e-7b7a-9d1e-3f2f8f0a1b2d"
DOSSIER_ID: Final = "0191f1c2-5f0e-7b7a-9d1e-3f2f8f0a1b2e"
REQUEST_ID: Final = "0191f1c2-5f0e-7b7a-9d1e-3f2f8f0a1b2f"
TRACKING: Final = "https://tannha.example/theo-doi/mot-ma-theo-doi-thu"

SLOT: Final[Example] = {
    "id": 12,
    "unit_code": "23776",
    "day": "2026-12-01",
    "kind": "half_day",
    "interval": "2026-12-01T07:00:00+07:00/2026-12-01T11:30:00+07:00",
    "label": "Thứ Ba 01/12, buổi sáng (07:00–11:30)",
}
DOSSIER_TOLD: Final[Example] = {
    "code": CODE,
    "procedure_code": "2.000635",
    "cases": [],
    "state": 1,
    "channel": "2",
    "return_form": "1",
    "received_at": "2026-11-28T09:00:00+07:00",
    "due_on": "2026-12-05",
    "applicant": {"kind": "person", "name": "Nguyễn Văn Thử", "phone": "0900000123"},
    "place": {"unit_code": "23776", "address": "Thôn 2, nhà số 3"},
    "wish": "collect_and_deliver",
    "consent": True,
}
DOSSIER: Final[Example] = {
    "id": DOSSIER_ID,
    "code": CODE,
    "state": 1,
    "sub_state": None,
    "desk": "MC23776",
    "competent_desk": "MC23776",
    "due_on": "2026-12-05",
    "errands": [
        {"id": ERRAND_ID, "kind": "collect", "state": "scheduled", "slot": SLOT, "executed_by": "own"},
    ],
    "request": {"id": REQUEST_ID, "reference": "TN-4C7H2M", "tracking_url": TRACKING},
    "links": {"self": f"/api/v1/dossiers/{CODE}"},
}
STATE_TOLD: Final[Example] = {"state": 2, "at": "2026-11-28T10:00:00+07:00", "due_on": "2026-12-05"}
RESULT_TOLD: Final[Example] = {
    "dossier_code": CODE,
    "title": "Giấy khai sinh",
    "at": "2026-11-30T08:00:00+07:00",
    "seal_number": "TNSEAL000123",
}
RESULT: Final[Example] = {
    "dossier_code": CODE,
    "state": 9,
    "title": "Giấy khai sinh",
    "parcel_code": "RT473124829VN",
    "packed": True,
}
REFUSAL_ASKED: Final[Example] = {
    "dossier_code": CODE,
    "reason": "Hồ sơ không thuộc thẩm quyền giải quyết",
    "by": "Cán bộ Thử",
}
REFUSAL: Final[Example] = {
    "id": REFUSAL_ID,
    "dossier_code": CODE,
    "state": "refused",
    "blocked_by": None,
    "requested_at": "2026-11-28T10:00:00+07:00",
    "decided_at": "2026-11-28T10:00:00+07:00",
}
