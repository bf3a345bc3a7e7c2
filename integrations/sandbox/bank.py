"""A bank that tells its statement as SePay does: a page where somebody pays in, the webhook that says so, faults by button."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import requests
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from integrations.sandbox.state import StateFile, rows
from integrations.sandbox.world import LOCAL

BIN, ACCOUNT, HOLDER, KEY = "970499", "0900000000001", "BUU DIEN THU", "sandbox-sepay-key"
MOST: Final = 50
MOST_PAID: Final = 100_000_000
LONGEST: Final = 200
ANSWERS_WITHIN_S: Final = 5.0  # SePay waits no longer
PATH: Final = "/api/v1/callbacks/statement/sepay"
TWICE, WRONG_SUM, WRONG_KEY = "twice", "wrong_sum", "wrong_key"
FAULTS: Final = {"": "đúng", TWICE: "gửi hai lần", WRONG_SUM: "sai số tiền", WRONG_KEY: "sai khóa"}
SHORT_BY: Final = 1_000


class Bank:
    """`our_url`: where the statement is told; None: nowhere."""

    def __init__(self, state: StateFile, clock: Callable[[], datetime], our_url: str | None) -> None:
        self.state, self.clock = state, clock
        self.address = f"{our_url}{PATH}" if our_url else None

    def blueprint(self) -> Blueprint:
        bp = Blueprint("bank", __name__, url_prefix="/_sandbox", template_folder="templates")
        bp.add_url_rule("/bank", view_func=self.show)
        bp.add_url_rule("/bank", "pay", view_func=self.pay, methods=["POST"])
        return bp

    def show(self) -> ResponseReturnValue:
        with self.state.open() as db:
            paid = rows(db, "select * from paid_in order by number desc limit ?", MOST)
        return render_template(
            "bank.html", paid=paid, account=ACCOUNT, holder=HOLDER, faults=FAULTS, joined=self.address is not None
        )

    def pay(self) -> ResponseReturnValue:
        words, typed = request.form.get("words", "").strip()[:LONGEST], request.form.get("amount", "")
        digits = typed.replace(".", "").replace(" ", "")
        fault = request.form.get("fault", "")
        if fault not in FAULTS or not digits.isascii() or not digits.isdecimal() or not 0 < int(digits) <= MOST_PAID:
            return "Xin gõ số tiền bằng chữ số, từ 1 đến 100.000.000 đồng.", 400
        self.tell(words, int(digits), fault)
        return redirect(url_for(".show"), 303)

    def tell(self, words: str, amount: int, fault: str = "") -> None:
        """One line of the statement; told twice it is the same line, word for word."""
        sent = max(1, amount - SHORT_BY) if fault == WRONG_SUM else amount
        body = self._line(words, sent)
        answers = [self._post(body, fault) for _ in range(2 if fault == TWICE else 1)]
        with self.state.open() as db:
            db.execute(
                "insert into paid_in (id, words, amount, fault, at, answers) values (?, ?, ?, ?, ?, ?)",
                (body["id"], words, sent, fault, body["transactionDate"], " · ".join(answers)),
            )

    def _line(self, words: str, amount: int) -> dict[str, Any]:
        number = secrets.randbelow(10**12) + 1  # no counter: a sandbox that begins anew must not repeat what was told
        return {
            "id": number,
            "gateway": "Ngan hang thu",
            "transactionDate": f"{self.clock().astimezone(LOCAL):%Y-%m-%d %H:%M:%S}",
            "accountNumber": ACCOUNT,
            "subAccount": None,
            "code": None,
            "content": words,
            "transferType": "in",
            "transferAmount": amount,
            "accumulated": amount,
            "referenceCode": f"FT{number}",
            "description": "",
        }

    def _post(self, body: Mapping[str, Any], fault: str) -> str:
        if self.address is None:
            return "chưa nối"
        key = "khong-phai-khoa-nay" if fault == WRONG_KEY else KEY
        try:
            answer = requests.post(
                self.address, json=body, headers={"Authorization": f"Apikey {key}"}, timeout=ANSWERS_WITHIN_S
            )
        except requests.RequestException:
            return "không trả lời"
        return str(answer.status_code)
