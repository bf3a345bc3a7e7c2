"""The postal operator's interfaces A (own addresses) and B (one address behind an LGSP, query or header), and their feed."""

from __future__ import annotations

import base64
import secrets
import sqlite3
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.faults import EXPIRED, FaultInjector
from integrations.sandbox.state import StateFile, count, rows, written

USER, SECRET, CUSTOMER = "gialai", "sandbox-post", "GLAI01"
NEEDED: Final = ("CustomerCode", "OrderNumber", "SenderName", "SenderTel", "SenderAddress", "ReceiverName", "ReceiverTel",
                 "ReceiverAddress", "Description")  # fmt: skip
KNOWN: Final = frozenset({
    *NEEDED, "CODAmount", "SenderProvince", "SenderDistrict", "SenderEmail", "SenderDesc", "ReceiverProvince",
    "ReceiverDistrict", "ReceiverEmail", "ItemCode", "FlagConfig",
})  # fmt: skip
OWN_NUMBER: Final = "2"
FIRST: Final = "0" * 24


class Hcc:
    """Orders by number, cancellations, the feed and a price."""

    def __init__(self, state: StateFile, faults: FaultInjector) -> None:
        self.state, self.faults = state, faults

    def blueprint(self) -> Blueprint:
        bp = Blueprint("hcc", __name__, url_prefix="/hcc")
        for method, path, view in (
            ("POST", "/token", self.token),
            ("POST", "/post", self.post),
            ("GET", "/cancel", self.cancel),
            ("GET", "/tracking", self.tracking),
            ("POST", "/price", self.price),
        ):
            bp.add_url_rule(path, view_func=view, methods=[method])
        return bp

    def token(self) -> ResponseReturnValue:
        given = request.headers.get("Authorization", "")
        wanted = "Basic " + base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
        if given != wanted or request.form.get("grant_type") != "client_credentials":
            return jsonify({"error": "invalid_client"}), 401
        fresh = secrets.token_hex(16)
        with self.state.open() as db:
            db.execute("insert into session values (?, 'hcc', 1000)", (fresh,))
        return jsonify({"access_token": fresh, "token_type": "Bearer", "expires_in": 3600})

    def refused(self, db: sqlite3.Connection, *, expired: bool) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if expired:
            db.execute("delete from session where token = ?", (given,))
        return db.execute("select 1 from session where token = ? and kind = 'hcc'", (given,)).fetchone() is None

    def post(self) -> ResponseReturnValue:
        expired = self.faults.strikes(EXPIRED)
        with self.state.open() as db:
            return (
                (jsonify({}), 401)
                if self.refused(db, expired=expired)
                else jsonify(_order(db, request.get_json(silent=True)))
            )

    def cancel(self) -> ResponseReturnValue:
        expired = self.faults.strikes(EXPIRED)
        with self.state.open() as db:
            return (jsonify({}), 401) if self.refused(db, expired=expired) else jsonify(_cancel(db, dict(request.args)))

    def tracking(self) -> ResponseReturnValue:
        expired = self.faults.strikes(EXPIRED)
        with self.state.open() as db:
            return (jsonify({}), 401) if self.refused(db, expired=expired) else jsonify(_page(db))

    def price(self) -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        grams = body.get("weight")
        if body.get("mainSrv") != "HCC" or not isinstance(grams, int) or grams <= 0:
            return jsonify({"Status": "400", "Message": "Thiếu weight hoặc mainSrv"})
        return jsonify({"content": {"price": 26_000 if grams <= 100 else 30_000 + 2_200 * ((grams - 1) // 500)}})


def make(state: StateFile, faults: FaultInjector) -> Blueprint:
    return Hcc(state, faults).blueprint()


def _order(db: sqlite3.Connection, body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or body.keys() - KNOWN:
        return {"Status": "400", "Message": "Sai trường của đơn hàng"}
    missing = [name for name in NEEDED if not str(body.get(name) or "").strip()]
    if missing or body["CustomerCode"] != CUSTOMER:
        return {"Status": "400", "Message": f"Thiếu hoặc sai {missing[0] if missing else 'CustomerCode'}"}
    if body.get("ItemCode") and body.get("FlagConfig") != OWN_NUMBER:
        return {"Status": "400", "Message": "ItemCode cần FlagConfig 2"}
    held = rows(db, "select * from item where number = ?", body["OrderNumber"])
    if held:
        gone = held[0]["state"] == "cancelled"
        return {"Status": "110" if gone else "101", "Message": "Đơn đã hủy" if gone else "Đơn đã tồn tại"}
    number = count(db, "item")
    code = body.get("ItemCode") or f"SB{number:08d}0VN"
    db.execute(
        "insert into item values (?, 'hcc', 'created', ?, ?, ?, ?)",
        (body["OrderNumber"], code, f"hdr-{number}", number, written(body)),
    )
    return {"Status": "100", "Message": "Thành công", "ItemCode": code}


def _cancel(db: sqlite3.Connection, asked: dict[str, str]) -> dict[str, Any]:
    held = rows(db, "select * from item where number = ?", asked.get("OrderNumber"))
    if not held or asked.get("CustomerCode") != CUSTOMER:
        return {"Status": "404", "Message": "Không có đơn này"}
    if held[0]["state"] not in {"created", "cancelled"}:
        return {"Status": "409", "Message": "Bưu tá đã nhận bưu gửi, không hủy được"}
    if held[0]["state"] == "created":
        db.execute("update item set state = 'cancelled' where number = ?", (asked["OrderNumber"],))
    return {"Status": "110", "Message": "Đã hủy"}


def _page(db: sqlite3.Connection) -> dict[str, Any]:
    size = min(1000, max(1, int(request.args.get("pagesize", "100"))))
    after = int(request.args.get("lastId", FIRST), 16)
    waiting = rows(db, "select seq, doc from feed where seq > ? and customer = ? order by seq", after, CUSTOMER)
    page = [{"_id": {"$oid": f"{row['seq']:024x}"}, **row["doc"]} for row in waiting[:size]]
    return {
        "_size": len(waiting),
        "_total_pages": -(-len(waiting) // size),
        "_returned": len(page),
        "_embedded": {"rh:doc": page},
    }


def tell(db: sqlite3.Connection, number: str, item_code: str, code: str, at: datetime) -> None:
    """Append one line to the feed; `at` local time, as operators write it."""
    line = {
        "CustomerCode": CUSTOMER,
        "OrderNumber": number,
        "EventTime": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "POSID": "600100",
        "ItemCode": item_code,
        "StatusCode": code,
        "StatusMessage": "",
        "Notes": "",
    }
    db.execute("insert into feed (customer, doc) values (?, ?)", (CUSTOMER, written(line)))
