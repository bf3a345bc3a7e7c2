"""Examples of what is read and answered about webhooks, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Any, Final

from app.web.api.examples import DOSSIER_ID, ERRAND_ID, REQUEST_ID

Example = dict[str, Any]
DELIVERY_ID: Final = "0191f1c2-5f0e-7b7a-9d1e-3f2f8f0a1b30"
HERE: Final = "/api/v1/subscriptions/3"
AT: Final = "2026-12-01T09:12:00+07:00"
SECRET: Final = "whsec_dGjhu6kgbMOhIGLDrSBt4bqtdCB0aOG7rSBt4bubaQ=="  # noqa: S105 (an example: "this is no real one" in base64)

SUBSCRIPTION_ASKED: Final[Example] = {
    "url": "https://phan-mem.example/tan-nha",
    "events": ["errand.done", "errand.failed", "dossier.state_changed"],
}
SUBSCRIPTION: Final[Example] = SUBSCRIPTION_ASKED | {
    "id": 3,
    "active": True,
    "created_at": "2026-11-28T09:00:00+07:00",
    "former_secret_until": None,
    "links": {"self": HERE, "deliveries": f"{HERE}/deliveries"},
}
SUBSCRIPTION_MADE: Final[Example] = SUBSCRIPTION | {"secret": SECRET}
CHANGE: Final[Example] = {"events": ["errand.done"], "active": True}
ROTATION: Final[Example] = {"overlap_hours": 24}
ROTATED: Final[Example] = SUBSCRIPTION_MADE | {"former_secret_until": "2026-11-29T09:00:00+07:00"}
PAYLOAD: Final[Example] = {
    "type": "errand.done",
    "timestamp": AT,
    "data": {
        "errand_id": ERRAND_ID,
        "request_id": REQUEST_ID,
        "kind": "collect",
        "state": "done",
        "revision": 4,
        "executed_by": "own",
        "slot": {"starts_at": "2026-12-01T07:00:00+07:00", "ends_at": "2026-12-01T11:30:00+07:00"},
        "outcome": None,
        "dossiers": [{"dossier_id": DOSSIER_ID, "dossier_code": "H21.65-261128-00011"}],
    },
}
DELIVERY: Final[Example] = {
    "id": DELIVERY_ID,
    "event": "errand.done",
    "state": "sent",
    "tries": 1,
    "status": 204,
    "reason": None,
    "happened_at": AT,
    "tried_at": AT,
    "next_at": None,
    "settled_at": AT,
    "payload": PAYLOAD,
    "links": {
        "self": f"{HERE}/deliveries/{DELIVERY_ID}",
        "replay": f"{HERE}/deliveries/{DELIVERY_ID}/replay",
    },
}
QUEUED: Final[Example] = DELIVERY | {
    "state": "queued",
    "status": None,
    "tries": 0,
    "tried_at": None,
    "settled_at": None,
}
PINGED: Final[Example] = QUEUED | {
    "event": "ping",
    "payload": {"type": "ping", "timestamp": AT, "data": {"subscription_id": 3}},
}
DELIVERIES: Final[Example] = {"deliveries": [DELIVERY], "links": {"next": f"{HERE}/deliveries?cursor=4711&limit=1"}}
