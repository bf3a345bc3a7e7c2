"""The postal operator's interface C: two-level addresses, orders and history, webhooks signed with a key of the sandbox's own."""

from __future__ import annotations

import base64
import secrets
import sqlite3
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.faults import EXPIRED, FaultInjector
from integrations.sandbox.state import StateFile, count, rows, written

USER, SECRET, CUSTOMER, SERVICE = "gialai", "sandbox-myvnpost", "GLAI02", "HCC"
DISTRICT: Final = "VNPOST"


class SandboxMyVnpost:
    """Orders that this interface makes twice without a word, and their history."""

    def __init__(self, state: StateFile, faults: FaultInjector) -> None:
        self.state, self.faults = state, faults

    def blueprint(self) -> Blueprint:
        bp = Blueprint("myvnpost", __name__, url_prefix="/myvnpost")
        bp.before_request(self.check)
        for method, path, view in (
            ("POST", "/GetAccessToken", self.token),
            ("POST", "/CreateOrder", self.create),
            ("GET", "/getOrder", self.get_order),
            ("POST", "/orderCancel", self.cancel),
            ("GET", "/GetStatusHistoryOrder", self.history),
            ("POST", "/ServicesCharge", self.charge),
            ("GET", "/getNewProvinceAll", self.provinces),
            ("GET", "/getNewCommuneAll", self.communes),
        ):
            bp.add_url_rule(path, view_func=view, methods=[method])
        return bp

    def check(self) -> ResponseReturnValue | None:
        if request.path.endswith("/GetAccessToken"):
            return None
        token = request.headers.get("token", "")
        expired = self.faults.strikes(EXPIRED)
        with self.state.open() as db:
            if expired:
                db.execute("delete from session where token = ?", (token,))
            known = db.execute("select 1 from session where token = ? and kind = 'myvnpost'", (token,)).fetchone()
        return None if known else (jsonify({"success": False, "message": "Hết phiên"}), 401)

    def token(self) -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        if (body.get("username"), body.get("password"), body.get("customerCode")) != (USER, SECRET, CUSTOMER):
            return jsonify({"success": False, "message": "Sai tài khoản"})
        fresh = secrets.token_hex(16)
        with self.state.open() as db:
            db.execute("insert into session values (?, 'myvnpost', 1000)", (fresh,))
        return jsonify({"success": True, "token": fresh})

    def create(self) -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        order = body.get("informationOrder") or {}
        if body.get("customerCode") != CUSTOMER or not order.get("saleOrderCode"):
            return jsonify({"success": False, "message": "Thiếu customerCode hoặc saleOrderCode"})
        if {order.get("senderDistrictCode"), order.get("receiverDistrictCode")} != {DISTRICT}:
            return jsonify({"success": False, "message": "Địa chỉ hai cấp: districtCode phải là VNPOST"})
        with self.state.open() as db:
            number = count(db, "item")
            row = (order["saleOrderCode"], f"SC{number:08d}0VN", f"hdr-{number}", number, written(body))
            # this interface makes a second order of the same number without a word
            db.execute(
                "insert into item values (?, 'myvnpost', 'created', ?, ?, ?, ?) on conflict (number) do update "
                "set item_code = excluded.item_code, hdr = excluded.hdr",
                row,
            )
        return jsonify({"orderHdrID": row[2], "originalId": row[2], "itemCode": row[1], "status": 1,
                        "saleOrderCode": row[0]})  # fmt: skip

    def get_order(self) -> ResponseReturnValue:
        with self.state.open() as db:
            held = _held(db, request.args.get("code", ""))
        return jsonify([{"results": [_told(row) for row in held]}])

    def cancel(self) -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        with self.state.open() as db:
            held = rows(db, "select * from item where hdr = ?", body.get("OriginalId"))
            if not held:
                return jsonify({"success": False, "message": "Không tìm thấy đơn"})
            if held[0]["state"] != "created":
                return jsonify({"Type": "01", "Message": "Không hủy được nữa"})
            db.execute("update item set state = 'cancelled' where hdr = ?", (body["OriginalId"],))
        return jsonify({"Type": "00", "Message": "", "OriginalId": body["OriginalId"]})

    def history(self) -> ResponseReturnValue:
        with self.state.open() as db:
            held = _held(db, request.args.get("code", ""))
            lines = rows(db, "select doc from feed where customer = ? order by seq", CUSTOMER)
        mine = [row["doc"] for row in lines if held and row["doc"]["itemCode"] == held[0]["item_code"]]
        return jsonify({"data": {"statusHistory": mine}}) if held else (jsonify({}), 404)

    def charge(self) -> ResponseReturnValue:
        return jsonify({"success": True, "data": [{"serviceCode": SERVICE, "totalFee": 31_000}]})

    def provinces(self) -> ResponseReturnValue:
        return jsonify([{"provinceCode": "52", "provinceName": "Gia Lai"}])

    def communes(self) -> ResponseReturnValue:
        return jsonify([{"communeCode": "23728", "communeName": "Ia Krái", "provinceCode": "52"}])


def make(state: StateFile, faults: FaultInjector) -> Blueprint:
    return SandboxMyVnpost(state, faults).blueprint()


def _held(db: sqlite3.Connection, code: str) -> list[dict[str, Any]]:
    return rows(db, "select * from item where kind = 'myvnpost' and (number = ? or item_code = ?)", code, code)


STATES: Final = {"created": 1, "cancelled": 9, "10": 6, "30": 10, "50": 12, "60": 15, "70": 14, "80": 19}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "orderHdrID": row["hdr"],
        "originalId": row["hdr"],
        "itemCode": row["item_code"],
        "saleOrderCode": row["number"],
        "status": STATES.get(row["state"], 1),
    }


def private_key(folder: Path) -> rsa.RSAPrivateKey:
    """The sandbox's own signing key, made once; its public half lies beside it for the links file."""
    path, public = folder / "sandbox-webhook.key", folder / "sandbox-webhook.pem"
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)  # we wrote it
        return key
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, form))
    return key


def signed(key: rsa.RSAPrivateKey, item_code: str, status: str, sent_at: str, number: str, hdr: str) -> dict[str, Any]:
    """A webhook's body: signed over "MYVNP" + sendDate + itemCode + status of its first item."""
    words = f"MYVNP{sent_at}{item_code}{status}".encode()
    signature = base64.b64encode(key.sign(words, padding.PKCS1v15(), hashes.SHA256())).decode()
    item = {"itemCode": item_code, "status": status, "saleOrderCode": number, "originalId": hdr}
    return {"data": [item], "sendDate": sent_at, "signature": signature}
