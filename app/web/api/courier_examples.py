"""Examples of what a courier's phone sends and reads, for the OpenAPI document. Everybody in them is invented."""

from __future__ import annotations

from typing import Any, Final

Example = dict[str, Any]

DEVICE: Final = "0191f1c2-5f0e-7b7a-9d1e-3f2f8f0a1b2a"
OPERATION: Final = "0191f1c2-5f0e-7b7a-9d1e-3f2f8f0a1b29"
MOMENT: Final = "2026-12-01T00:05:00.000Z"
HASH: Final = "0" * 64

SIGN_IN: Final[Example] = {
    "username": "buu-ta-thu",
    "password": "mat khau thu",
    "name": "Android thử",
    "device_id": None,
}
EPOCH: Final = "019ad000-0000-7000-8000-00000000000e"
KEY: Final[Example] = {"public_key": "BASE64", "signed_from_seq": 13, "signature": "BASE64"}
KEY_KNOWN: Final[Example] = {"public_key": "BASE64", "signed_from_seq": 13}
CHALLENGE_ASKED: Final[Example] = {"device_id": DEVICE}
CHALLENGE: Final[Example] = {"challenge": "BASE64"}
COUNTERSIGN: Final[Example] = {"id": "00112233445566ff", "signature": "BASE64"}
COUNTERSIGNED: Final[Example] = {"id": "00112233445566ff", "state": "signed"}
NOTICES: Final[Example] = {"server_key": "BASE64URL", "browser": HASH}
ALLOW_NOTICES: Final[Example] = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/mot-may-thu",
    "keys": {"p256dh": "BASE64URL", "auth": "BASE64URL"},
}
SIGNED_IN: Final[Example] = {
    "device_id": DEVICE,
    "access_token": "mot-khoa-thu",
    "access_until": "2026-12-01T14:00:00.000Z",
    "upload_token": "mot-khoa-thu-khac",
    "server_key": "BASE64",
    "now": MOMENT,
    "epoch": EPOCH,
    "last_seq": 0,
    "head_hash": HASH,
    "courier": {"id": 3, "name": "Bưu tá Thử"},
}
SIGN_OUT: Final[Example] = {"waiting": 0, "waiting_files": 0}
STATUS: Final[Example] = {
    "now": MOMENT,
    "epoch": EPOCH,
    "revoked": False,
    "access_ended": False,
    "last_seq": 12,
    "head_hash": HASH,
    "owes": {"ops": 0, "files": 0},
}
OPS: Final[Example] = {
    "sent_at": MOMENT,
    "waiting": 1,
    "waiting_files": 0,
    "ops": [
        {
            "op_id": OPERATION,
            "seq": 13,
            "kind": "run_started",
            "errand_id": None,
            "revision_seen": None,
            "occurred_at": MOMENT,
            "offset_ms": 0,
            "commitment": HASH,
            "files": [],
            "previous": HASH,
            "hash": HASH,
            "signature": "BASE64",
            "sealed": "BASE64",
        }
    ],
}
OPS_ANSWERED: Final[Example] = {
    "now": MOMENT,
    "epoch": EPOCH,
    "revoked": False,
    "access_ended": False,
    "owes": {"ops": 0, "files": 0},
    "answers": [
        {
            "op_id": OPERATION,
            "result": "applied",
            "reviews": [],
            "problem": None,
            "errand": None,
            "parcel": None,
            "stored": None,
        }
    ],
}
ROADS: Final[Example] = {"unit": 0.00001, "lines": [[1, 10776000, 1398000, 120, 85, -40, 210]]}
WAY: Final[Example] = {
    "unit": 0.00001,
    "legs": [{"from": None, "to": 4711, "line": [10776000, 1398000, 120, 85, -40, 210]}],
}
BUNDLE: Final[Example] = {
    "made_at": "2026-12-01T00:05:00Z",
    "day": "2026-12-01",
    "courier": {"id": 3, "name": "Bưu tá Thử"},
    "route": None,
    "stops": [],
    "bag": [],
    "waiting": [],
    "desks": [],
    "procedures": {},
    "outcomes": [],
}
FILE_COMING: Final[Example] = {"received": 65536, "total": 100121, "state": "coming"}
FILE_WHOLE: Final[Example] = {"received": 100121, "total": 100121, "state": "whole"}


def _held(name: str, what: str, example: int) -> Example:
    """What a phone may tell beside its question; one of before tells nothing."""
    whole = {"type": "integer", "minimum": 0}
    said = f"how many {what} the phone says it still holds; both numbers are told, or none"
    return {"in": "query", "name": name, "required": False, "schema": whole, "description": said, "example": example}


WAITING: Final[Example] = _held("waiting", "acts", 1)
WAITING_FILES: Final[Example] = _held("waiting_files", "photographs and signatures", 0)
CONTENT_RANGE: Final[Example] = {
    "in": "header",
    "name": "Content-Range",
    "required": True,
    "schema": {"type": "string"},
    "example": "bytes 0-65535/100121",
}
FILE_PART: Final[Example] = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "…"}},
}
