"""The steps of a booking, as a browser takes them."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import World

UNIT = "23776"  # Ia Krái: the resolver knows real names only
PHONE = "0900000123"
TYPED = "Ia Krái"


def walk_to_address(client: FlaskClient, world: World, kind: str = "send", *, cases: str = "self") -> None:
    client.get(f"/dat-lich?kind={kind}")
    client.post("/dat-lich/thu-tuc?n=0", data={"procedure": world.procedure.code})
    data = {"dossier_code": "H21.65-261120-0011"} if kind == "receive" else {"who": cases}
    client.post("/dat-lich/truong-hop?n=0", data=data)
    client.post("/dat-lich/ho-so", data={})
    client.post("/dat-lich/xa-phuong", data={"q": TYPED, "unit": world.unit.code})


def walk_to_slot(client: FlaskClient, world: World, kind: str = "send") -> None:
    walk_to_address(client, world, kind)
    client.post("/dat-lich/dia-chi", data={"address": "Thôn 2", "landmark": "cạnh nhà rông"})
    client.post("/dat-lich/nguoi-gui", data={"who": "person", "name": "Nguyễn Văn Thử", "discount": "none"})
    client.post("/dat-lich/lien-lac", data={"channel": "sms", "phone": PHONE, "language": "vi"})


def walk_to_confirm(client: FlaskClient, world: World, kind: str = "send") -> None:
    walk_to_slot(client, world, kind)
    if kind != "receive":
        client.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})


def book(client: FlaskClient, world: World, kind: str = "send") -> TestResponse:
    walk_to_confirm(client, world, kind)
    return client.post("/dat-lich/xac-nhan", data={"consent": "1"})
