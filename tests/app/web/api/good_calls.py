"""One right call for every operation of the API: what schemathesis can't invent, because it must exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Flask

from app.config import load_keys
from app.domain.countersigning import countersign_text
from app.domain.signing import enrolment_text
from app.models import Dossier, OutboxMessage, Refusal, SigningInvitation, Subscriber
from app.services.outbox import subscriptions
from app.services.staff.access import set_password
from app.services.staff.devices import token_hash
from app.services.staff.passwords import hash_password
from app.unit_of_work import UnitOfWork
from app.web.session import context
from tests.factories import NOW, World, make_courier, make_dossier, make_request, make_world
from tests.factories.agency import dossier_told, make_agency
from tests.factories.counter import number
from tests.factories.countersigning import make_invitation
from tests.factories.files import Picture, make_picture
from tests.factories.phone import make_device
from tests.factories.webhooks import make_subscriber
from tests.fakes.browser import Browser
from tests.fakes.phone import key_of_phone, signed, spki

AGENCY_KEY, ACCESS, UPLOAD, SIGNING = "a key of an agency", "ta", "tu", "tc"
PASSWORD: Final = "mat khau thu"
BROWSER: Final = Browser("https://fcm.googleapis.com/fcm/send/mot-may-thu")


@dataclass(frozen=True)
class Scene:
    """A commune with an agency's key, a dossier of its desk, a request of its own, a courier's phone and its picture."""

    world: World
    dossier: Dossier
    request_id: str
    refusal: Refusal
    subscriber: Subscriber
    delivery: OutboxMessage
    courier_name: str
    picture: Picture
    device_id: UUID
    invitation: SigningInvitation
    signing_device: UUID

    @property
    def code(self) -> str:
        return self.dossier.code or ""


def make_scene(session: UnitOfWork, app: Flask) -> Scene:
    world = make_world(session, code="23776", name="Xã Ia Krái", short_name="Ia Krái")
    caller = make_agency(session, world.desk, AGENCY_KEY)
    request = make_request(session, unit=world.unit, partner_id=caller.partner_id, external_ref="HS-1")
    dossier = make_dossier(
        session, request, procedure=world.procedure, desk=world.desk, code=f"H21.65-261128-{number():05d}", state=4
    )
    blocked = {"state": "refusal_blocked", "blocked_by": "courier_holds_papers", "requested_at": NOW, "decided_at": NOW}
    refusal = Refusal(dossier=dossier, partner_id=caller.partner_id, by="Cán bộ Thử", reason="Thử", **blocked)
    session.add(refusal)
    account = world.courier.staff_account
    assert account is not None
    set_password(session, account, hash_password(PASSWORD), f"staff:{account.id}", NOW)
    device = make_device(
        session,
        world.courier,
        access_hash=token_hash(ACCESS),
        upload_hash=token_hash(UPLOAD),
        epoch=account.session_epoch,
        signed_from=None,
    )
    session.flush()
    with app.app_context():
        keys = load_keys(context().settings)
    subscriber = make_subscriber(session, caller.partner_id, keys=keys)
    delivery = subscriptions.ping(session, subscriber, NOW)
    delivery.state = "late"
    session.flush()
    picture = make_picture(500, keys=keys)
    colleague = make_courier(session, office=world.office)
    signing = make_device(session, colleague, upload_hash=token_hash(SIGNING), epoch=0)
    by = f"courier:{colleague.id}"  # it has signed before: asked again, it is told so
    invitation = make_invitation(session, world, answered_by=by, answered_at=NOW)
    return Scene(
        world, dossier, str(request.id), refusal, subscriber, delivery, account.username, picture, device.id,
        invitation, signing.id,
    )  # fmt: skip


def by_agency(**given: Any) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {AGENCY_KEY}"}} | given


def telling(body: Mapping[str, Any], **given: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {AGENCY_KEY}", "Idempotency-Key": f"call-{number():08d}"}
    return {"headers": headers, "body": dict(body), "media_type": "application/json"} | given


def by_phone(token: str, body: Mapping[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    sent = {"body": dict(body), "media_type": "application/json"} if body is not None else {}
    return {"headers": {"Authorization": f"Bearer {token}"}} | sent | given


def _visit(scene: Scene) -> dict[str, Any]:
    return telling({
        "kind": "send",
        "applicant": {"name": "Nguyễn Văn Thử", "phone": "0900000123"},
        "place": {"unit_code": scene.world.unit.code, "address": "Thôn 2"},
        "dossiers": [{"procedure_code": scene.world.procedure.code}],
        "slot_id": scene.world.slot.id,
        "consent": True,
    })  # fmt: skip


def _quote(scene: Scene) -> dict[str, Any]:
    asked = {"kind": "send", "unit_code": scene.world.unit.code}
    return telling(asked | {"dossiers": [{"procedure_code": scene.world.procedure.code}]})


def _sign_in(scene: Scene) -> dict[str, Any]:
    body = {"username": scene.courier_name, "password": PASSWORD, "name": "Android thử", "device_id": None}
    return {"body": body, "media_type": "application/json", "headers": {}}


def _file(scene: Scene) -> dict[str, Any]:
    box = scene.picture.box
    headers = {"Authorization": f"Bearer {UPLOAD}", "Content-Range": f"bytes 0-{len(box) - 1}/{len(box)}"}
    return {
        "path_parameters": {"sha256": scene.picture.sha256},
        "headers": headers,
        "body": box,
        "media_type": "application/octet-stream",
    }


def _key(scene: Scene) -> dict[str, Any]:
    key = key_of_phone(scene.device_id)
    proof = signed(key, enrolment_text(scene.device_id, spki(key), 1))
    return by_phone(UPLOAD, {"public_key": spki(key), "signed_from_seq": 1, "signature": proof})


def _countersign(scene: Scene) -> dict[str, Any]:
    text = countersign_text(scene.invitation.said, scene.signing_device)
    return by_phone(SIGNING, {"id": scene.invitation.id, "signature": signed(key_of_phone(scene.signing_device), text)})


_LEAVING: Final = {"waiting": 0, "waiting_files": 0}
_BATCH: Final = _LEAVING | {"sent_at": "2026-11-30T02:00:00.000Z", "ops": [{}]}
_RESULT: Final = {"title": "Giấy kết quả thử", "at": "2026-11-29T09:00:00+07:00"}
_REFUSAL: Final = {"reason": "Không thuộc thẩm quyền", "by": "Cán bộ Thử"}
_STEP: Final = {"state": 6, "at": "2026-11-29T09:00:00+07:00"}


def at_subscription(scene: Scene) -> dict[str, Any]:
    return {"path_parameters": {"subscription_id": scene.subscriber.id}}


def at_delivery(scene: Scene) -> dict[str, Any]:
    return {"path_parameters": {"subscription_id": scene.subscriber.id, "delivery_id": str(scene.delivery.id)}}


def _change(scene: Scene) -> dict[str, Any]:
    called = telling({"events": ["errand.done"], "active": True}, **at_subscription(scene))
    called["headers"]["If-Match"] = "*"
    return called


def _ping(scene: Scene) -> dict[str, Any]:
    called = telling({}, **at_subscription(scene))
    return {name: value for name, value in called.items() if name not in {"body", "media_type"}}


GOOD: Final[Mapping[str, Callable[[Scene], dict[str, Any]]]] = {
    "POST /api/v1/service-requests": _visit,
    "GET /api/v1/service-requests": lambda _: by_agency(query={"external_ref": "HS-1"}),
    "GET /api/v1/service-requests/{request_id}": lambda scene: by_agency(
        path_parameters={"request_id": scene.request_id}
    ),
    "GET /api/v1/procedures": lambda _: {"query": {"q": "thử"}},
    "GET /api/v1/procedures/{code}": lambda scene: {"path_parameters": {"code": scene.world.procedure.code}},
    "GET /api/v1/units": lambda _: {"query": {"q": "Ia Krái"}},
    "GET /api/v1/slots": lambda scene: by_agency(query={"unit_code": scene.world.unit.code}),
    "POST /api/v1/quotes": _quote,
    "POST /api/v1/dossiers": lambda scene: telling(dossier_told(scene.world)),
    "GET /api/v1/dossiers/{code}": lambda scene: by_agency(path_parameters={"code": scene.code}),
    "POST /api/v1/dossiers/{code}/states": lambda scene: telling(_STEP, path_parameters={"code": scene.code}),
    "POST /api/v1/results": lambda scene: telling(_RESULT | {"dossier_code": scene.code}),
    "POST /api/v1/refusals": lambda scene: telling(_REFUSAL | {"dossier_code": scene.code}),
    "GET /api/v1/refusals/{refusal_id}": lambda scene: by_agency(path_parameters={"refusal_id": str(scene.refusal.id)}),
    "POST /api/v1/subscriptions": lambda _: telling({"url": "https://partner.example/hook"}),
    "GET /api/v1/subscriptions": lambda _: by_agency(),
    "GET /api/v1/subscriptions/{subscription_id}": lambda scene: by_agency(**at_subscription(scene)),
    "PATCH /api/v1/subscriptions/{subscription_id}": _change,
    "DELETE /api/v1/subscriptions/{subscription_id}": lambda scene: by_agency(**at_subscription(scene)),
    "POST /api/v1/subscriptions/{subscription_id}/secrets": lambda scene: telling({}, **at_subscription(scene)),
    "POST /api/v1/subscriptions/{subscription_id}/pings": _ping,
    "GET /api/v1/subscriptions/{subscription_id}/deliveries": lambda scene: by_agency(**at_subscription(scene)),
    "GET /api/v1/subscriptions/{subscription_id}/deliveries/{delivery_id}": lambda scene: by_agency(
        **at_delivery(scene)
    ),
    "POST /api/v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/replay": lambda scene: by_agency(
        **at_delivery(scene)
    ),
    "POST /api/v1/courier/sign-in": _sign_in,
    "POST /api/v1/courier/challenge": lambda scene: {
        "body": {"device_id": str(scene.device_id)},
        "media_type": "application/json",
        "headers": {},
    },
    "POST /api/v1/courier/key": _key,
    "POST /api/v1/courier/countersign": _countersign,
    "POST /api/v1/courier/sign-out": lambda _: by_phone(UPLOAD, _LEAVING),
    "GET /api/v1/courier/status": lambda _: by_phone(UPLOAD),
    "POST /api/v1/courier/ops": lambda _: by_phone(UPLOAD, _BATCH),
    "GET /api/v1/courier/push": lambda _: by_phone(ACCESS),
    "POST /api/v1/courier/push": lambda _: by_phone(ACCESS, BROWSER.told),
    "DELETE /api/v1/courier/push": lambda _: by_phone(ACCESS),
    "GET /api/v1/courier/bundle": lambda _: by_phone(ACCESS),
    "GET /api/v1/courier/roads": lambda _: by_phone(ACCESS),
    "GET /api/v1/courier/way": lambda _: by_phone(ACCESS),
    "GET /api/v1/courier/files/{sha256}": lambda scene: by_phone(
        UPLOAD, path_parameters={"sha256": scene.picture.sha256}
    ),
    "PUT /api/v1/courier/files/{sha256}": _file,
}
