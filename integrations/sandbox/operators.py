"""Operators of messages: eSMS and SpeedSMS as they publish themselves, and how what they and Zalo took arrives."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import requests
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox import zalo
from integrations.sandbox.faults import DUPLICATE, LOST_REPORT, UNDELIVERED, FaultInjector
from integrations.sandbox.state import StateFile, count, rows
from integrations.sandbox.world import LOCAL

API_KEY, SECRET_KEY, TOKEN, SENDER = "sandbox-esms-key", "sandbox-esms-secret", "sandbox-speedsms-token", "TANNHA"
PRICE: Final = 350  # đồng a segment
FIRST_BALANCE: Final = 1_000_000
PHONE: Final = re.compile(r"(0|84)\d{9}")
BIG: Final = 9_007_199_254_740_992  # ids above it lose digits in whoever reads them as floating numbers
MOST_REPORTS: Final = 5
REPORT_S: Final = 5.0
NEEDED: Final = ("Content", "Phone", "Brandname", "SmsType", "IsUnicode", "RequestId")


class Operators:
    """Both operators and one balance; what they took arrives with `step`."""

    def __init__(self, state: StateFile, faults: FaultInjector, clock: Callable[[], datetime]) -> None:
        self.state, self.faults, self.clock = state, faults, clock

    def blueprint(self) -> Blueprint:
        bp = Blueprint("operators", __name__)
        for method, path, view in (
            ("POST", "/esms/SendMultipleMessage_V4_post_json/", self.esms_send),
            ("GET", "/esms/GetSendStatus", self.esms_status),
            ("POST", "/esms/GetBalance_json", self.esms_balance),
            ("POST", "/speedsms/sms/send", self.speedsms_send),
            ("GET", "/speedsms/sms/status/<number>", self.speedsms_status),
            ("GET", "/speedsms/user/info", self.speedsms_info),
        ):
            bp.add_url_rule(path, view_func=view, methods=[method])
        return bp

    # -- eSMS

    def esms_send(self) -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        if not all(isinstance(body.get(name), str) and body[name] for name in NEEDED):
            return "Bad Request", 400
        with self.state.open() as db:
            code, number = self._esms_take(db, body)
        answer = {"CodeResult": code, "CountRegenerate": 0}
        return jsonify(answer | ({"SMSID": number} if number else {"ErrorMessage": f"error {code}"}))

    def _esms_take(self, db: sqlite3.Connection, body: Mapping[str, Any]) -> tuple[str, str | None]:
        refusal = _esms_refusal(body)
        if refusal is not None:
            return refusal, None
        if db.execute("select 1 from sms where reference = ?", (body["RequestId"],)).fetchone():
            return "124", None
        if body.get("Sandbox") == "1":
            return "100", str(BIG + count(db, "sms"))
        if not _pay(db, body["Content"]):
            return "103", None
        back = body.get("CallbackUrl")
        return "100", self._keep(db, "esms", body["Phone"], body["Content"], body["RequestId"], back)

    def esms_status(self) -> ResponseReturnValue:
        if (request.args.get("ApiKey"), request.args.get("SecretKey")) != (API_KEY, SECRET_KEY):
            return jsonify({"CodeResponse": "101", "ErrorMessage": "Authorize Failed"})
        with self.state.open() as db:
            held = rows(db, "select * from sms where id = ?", request.args.get("RefId", ""))
        return jsonify({"CodeResponse": "100"} | _esms_report(held[0]) if held else {"CodeResponse": "99"})

    def esms_balance(self) -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        if (body.get("ApiKey"), body.get("SecretKey")) != (API_KEY, SECRET_KEY):
            return jsonify({"CodeResponse": "101"})
        with self.state.open() as db:
            return jsonify({"Balance": float(balance(db)), "CodeResponse": "100", "UserID": 1})

    # -- SpeedSMS

    def speedsms_send(self) -> ResponseReturnValue:
        if not self._speedsms_knows():
            return jsonify({"status": "error", "code": "009", "message": "not allowed"})
        body = request.get_json(silent=True) or {}
        to, content = body.get("to"), body.get("content")
        if not isinstance(to, list) or not isinstance(content, str) or not content:
            return jsonify({"status": "error", "code": "101", "message": "invalid parameters"})
        if [one for one in to if not PHONE.fullmatch(str(one))]:
            return jsonify({"status": "error", "code": "105", "message": "phone invalid"})
        with self.state.open() as db:
            if not _pay(db, content):
                return jsonify({"status": "error", "code": "300", "message": "balance"})
            number = self._keep(db, "speedsms", str(to[0]), content, None, None)
        data = {"tranId": int(number), "totalSMS": len(to), "totalPrice": _price(content), "invalidPhone": []}
        return jsonify({"status": "success", "code": "00", "data": data})

    def speedsms_status(self, number: str) -> ResponseReturnValue:
        if not self._speedsms_knows():
            return jsonify({"status": "error", "code": "009"})
        with self.state.open() as db:
            held = rows(db, "select phone, state from sms where id = ?", number)
        told = [{"phone": one["phone"], "status": {"delivered": 0, "failed": 64}.get(one["state"], 1)} for one in held]
        return jsonify({"status": "success", "code": "00", "data": told})

    def speedsms_info(self) -> ResponseReturnValue:
        if not self._speedsms_knows():
            return jsonify({"status": "error", "code": "009"})
        with self.state.open() as db:
            data = {"email": "thu@vidu.vn", "balance": str(balance(db)), "currency": "VND"}
        return jsonify({"status": "success", "code": "00", "data": data})

    def _speedsms_knows(self) -> bool:
        given = request.authorization
        return given is not None and (given.username, given.password) == (TOKEN, "x")

    # -- on their way

    def _keep(
        self, db: sqlite3.Connection, operator: str, phone: str, text: str, reference: str | None, back: str | None
    ) -> str:
        number = str(BIG + count(db, "sms"))
        at = self.clock().astimezone(LOCAL).isoformat()
        db.execute(
            "insert into sms (id, operator, phone, text, reference, back, at) values (?, ?, ?, ?, ?, ?, ?)",
            (number, operator, phone, text, reference, back, at),
        )
        return number

    def step(self) -> int:
        """What was taken arrives, or not; whoever wants to hear of it is told. Returns how many reports were answered."""
        with self.state.open() as db:
            taken = rows(db, "select id from sms where state = 'taken'")
        ends = [("failed" if self.faults.strikes(UNDELIVERED) else "delivered", one["id"]) for one in taken]
        with self.state.open() as db:
            db.executemany("update sms set state = ? where id = ?", ends)
            wanted = "back is not null and told = 0 and reports < ? and state <> 'taken'"
            waiting = rows(db, f"select * from sms where {wanted} order by number limit 200", MOST_REPORTS)  # noqa: S608 - words of ours
        return sum(self._report(one) for one in waiting)

    def _report(self, one: Mapping[str, Any]) -> bool:
        with self.state.open() as db:
            db.execute("update sms set reports = reports + 1 where id = ?", (one["id"],))
        if self.faults.strikes(LOST_REPORT):
            return False
        try:
            for _ in range(2 if self.faults.strikes(DUPLICATE) else 1):
                answered = self._tell(one)
        except requests.RequestException:
            return False
        if answered:
            with self.state.open() as db:
                db.execute("update sms set told = 1 where id = ?", (one["id"],))
        return answered

    def _tell(self, one: Mapping[str, Any]) -> bool:
        if one["operator"] == "zns":
            body, headers = zalo.webhook(one, self.clock())
            return requests.post(one["back"], data=body, headers=headers, timeout=REPORT_S).ok
        told = _esms_report(one) | {"RequestId": one["reference"], "TypeId": 2, "phonenumber": one["phone"]}
        return requests.get(one["back"], params=told, timeout=REPORT_S).ok


def _esms_refusal(body: Mapping[str, Any]) -> str | None:
    """The first thing that is wrong with a call, as its code."""
    if (body.get("ApiKey"), body.get("SecretKey")) != (API_KEY, SECRET_KEY):
        return "101"
    wrong = {
        "104": body.get("Brandname") != SENDER,
        "108": not PHONE.fullmatch(str(body.get("Phone"))),
        "118": body.get("SmsType") != "2",
        "146": not str(body.get("Content")).isascii() and body.get("IsUnicode") != "1",
    }
    return next((code for code, is_wrong in wrong.items() if is_wrong), None)


def _esms_report(one: Mapping[str, Any]) -> dict[str, Any]:
    finished = one["state"] != "taken"
    return {
        "SMSID": one["id"],
        "SendStatus": 5 if finished else 3,
        "SendSuccess": int(one["state"] == "delivered"),
        "SendFailed": int(one["state"] == "failed"),
        "TotalPrice": _price(one["text"]),
        "TotalReceiver": 1,
        "TotalSent": int(finished),
    }


def balance(db: sqlite3.Connection) -> int:
    """What is left of what was paid in; every new sandbox has a million."""
    db.execute("insert or ignore into counter values ('balance', ?)", (FIRST_BALANCE,))
    return int(db.execute("select value from counter where name = 'balance'").fetchone()[0])


def pay_in(db: sqlite3.Connection, amount: int) -> None:
    balance(db)
    db.execute("update counter set value = value + ? where name = 'balance'", (amount,))


def _pay(db: sqlite3.Connection, text: str) -> bool:
    if balance(db) < _price(text):
        return False
    pay_in(db, -_price(text))
    return True


def _price(text: str) -> int:
    single, part = (160, 153) if text.isascii() else (70, 67)
    return PRICE * (1 if len(text) <= single else -(-len(text) // part))
