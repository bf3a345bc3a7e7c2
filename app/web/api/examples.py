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

# -- booking and asking

VISIT_ASKED: Final[Example] = {
    "kind": "send_and_receive",
    "applicant": {"kind": "person", "name": "Nguyễn Văn Thử", "phone": "0900000123"},
    "place": {"unit_code": "23776", "address": "Thôn 2, nhà số 3"},
    "dossiers": [{"procedure_code": "2.000635", "cases": []}],
    "slot_id": 12,
    "consent": True,
    "external_ref": "HS-2026-001",
}
SERVICE_REQUEST: Final[Example] = {
    "id": REQUEST_ID,
    "reference": "TN-4C7H2M",
    "external_ref": "HS-2026-001",
    "kind": "send_and_receive",
    "created_at": "2026-11-30T09:00:00+07:00",
    "tracking_url": TRACKING,
    "dossiers": [
        {
            "id": DOSSIER_ID,
            "procedure_code": "2.000635",
            "procedure_name": "Cấp bản sao trích lục hộ tịch",
            "cases": [],
            "code": None,
            "state": 1,
            "desk": "Trung tâm Phục vụ hành chính công xã Ia Krái",
            "due_on": None,
        }
    ],
    "errands": [
        {
            "id": ERRAND_ID,
            "kind": "collect",
            "state": "scheduled",
            "slot": SLOT,
            "proof": "code",
            "revision": 1,
            "closed_at": None,
            "close_reason": None,
            "held_until": None,
            "attempts": [],
        }
    ],
}
SLOTS: Final[Example] = {"slots": [SLOT | {"free": 14}]}
QUOTE_ASKED: Final[Example] = {
    "kind": "send_and_receive",
    "unit_code": "23776",
    "dossiers": [{"procedure_code": "2.000635", "cases": []}],
}
QUOTE: Final[Example] = {
    "currency": "VND",
    "parts": [
        {"kind": "postage", "direction": "send", "lower": 26000, "upper": 26000, "basis": "Bảng cước thử"},
        {"kind": "postage", "direction": "return", "lower": 26000, "upper": 27000, "basis": "Bảng cước thử"},
    ],
    "total": {"lower": 52000, "upper": 53000, "more_at_desk": False},
}
PROCEDURE_LINE: Final[Example] = {
    "code": "2.000635",
    "version": 1,
    "name": "Cấp bản sao trích lục hộ tịch",
    "field": "Hộ tịch",
    "level": "commune",
    "carried": True,
    "refusal": "",
}
PROCEDURES: Final[Example] = {"procedures": [PROCEDURE_LINE]}
PROCEDURE: Final[Example] = PROCEDURE_LINE | {
    "online_allowed": True,
    "presence": "no",
    "presence_note": "",
    "time_value": 1,
    "time_unit": "ngày làm việc",
    "state_fee": None,
    "originals_due": False,
    "boundary_free": True,
    "results": ["Bản sao trích lục hộ tịch"],
    "sample": True,
    "source": "dữ liệu mẫu",
    "in_service_from": "2026-01-01",
    "cases": [],
    "papers": [
        {
            "line": 1,
            "name": "Tờ khai",
            "originals": 1,
            "copies": 0,
            "mode": "submit",
            "need": "always",
            "case_keys": [],
            "case_label": "",
            "certified_by_post": False,
            "in_database": False,
        }
    ],
}
UNITS: Final[Example] = {
    "certain": True,
    "units": [
        {
            "code": "23776",
            "name": "Xã Ia Krái",
            "former_name": "xã Ia Tô",
            "in_service": True,
            "in_service_from": "2026-01-01",
            "lon": 107.68,
            "lat": 13.98,
        }
    ],
}
