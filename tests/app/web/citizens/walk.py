"""The steps of a booking, as a browser takes them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.staff import access
from app.web.session import WebContext
from tests.factories import World

UNIT = "23776"  # Ia Krái: the resolver knows real names only
PHONE = "0900000123"
TYPED = "Ia Krái"


def walk_to_address(
    client: FlaskClient, world: World, kind: str = "send", *, cases: str = "self", code: str = "H21.65-261120-0011"
) -> None:
    client.get(f"/dat-lich?kind={kind}")
    client.post("/dat-lich/thu-tuc?n=0", data={"procedure": world.procedure.code})
    data = {"dossier_code": code} if kind == "receive" else {"who": cases}
    client.post("/dat-lich/truong-hop?n=0", data=data)
    client.post("/dat-lich/ho-so", data={})
    client.post("/dat-lich/xa-phuong", data={"q": world.unit.short_name, "unit": world.unit.code})


def walk_to_person(client: FlaskClient, world: World, kind: str = "send", **given: str) -> None:
    """Everything before the telephone."""
    walk_to_address(client, world, kind, **given)
    client.post("/dat-lich/dia-chi", data={"address": "Thôn 2", "landmark": "cạnh nhà rông"})
    client.post("/dat-lich/nguoi-gui", data={"who": "person", "name": "Nguyễn Văn Thử", "discount": "none"})


def walk_to_slot(client: FlaskClient, world: World, kind: str = "send", **given: str) -> None:
    walk_to_person(client, world, kind, **given)
    client.post("/dat-lich/lien-lac", data={"channel": "sms", "phone": PHONE, "language": "vi"})
    prove(client)


def prove(client: FlaskClient, phone: str = PHONE, **given: str) -> TestResponse:
    """Type the code that was sent to this telephone."""
    web: WebContext = client.application.extensions["tannha"]
    with web.database.transaction() as session:
        row = access.code_row(session, phone, web.keys)
        code = access.sign_in_code(row, phone, web.keys) if row is not None else ""
    return client.post("/dat-lich/ma", data={"code": code, **given})


def walk_to_confirm(client: FlaskClient, world: World, kind: str = "send", **given: str) -> None:
    walk_to_slot(client, world, kind, **given)
    if kind != "receive":
        client.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})


def book(client: FlaskClient, world: World, kind: str = "send", **given: str) -> TestResponse:
    walk_to_confirm(client, world, kind, **given)
    return confirm(client)


def confirm(client: FlaskClient, **given: str) -> TestResponse:
    """Press the button of the summary as it stands."""
    shown = shown_in(client.get("/dat-lich/xac-nhan"))
    return client.post("/dat-lich/xac-nhan", data={"consent": "1", "shown": shown, **given})


def shown_in(answer: TestResponse) -> str:
    """What the form of a summary says that it showed."""
    found = re.search(r'name="shown" value="(\w+)"', answer.text)
    return found.group(1) if found else ""


def path(answer: TestResponse) -> str:
    """Where this answer leads, whichever tab it is."""
    return urlsplit(answer.location or "").path


def tabs_of(client: FlaskClient) -> list[str]:
    """The cookies in which this browser keeps half-filled bookings."""
    kept = client._cookies or {}  # werkzeug lists them nowhere else
    return [cookie.key for cookie in kept.values() if cookie.key.startswith("tannha_tab_")]
