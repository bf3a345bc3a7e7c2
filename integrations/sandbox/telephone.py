"""The telephones on which messages and letters arrive, as one page: whoever shows the demonstration reads what citizens are told."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from integrations.sandbox import operators
from integrations.sandbox.state import StateFile, rows

MOST: Final = 200
ARRIVALS: Final = {"taken": "đang gửi", "delivered": "đã đến", "failed": "không đến"}
OPERATORS: Final = {
    "esms": "eSMS", "speedsms": "SpeedSMS", "zns": "Zalo", "email": "thư điện tử", "push": "thông báo của trình duyệt",
}  # fmt: skip
ENTRIES: Final = {"PUBLISH": "Ghi vào lịch", "CANCEL": "Rút khỏi lịch"}


def make(state: StateFile) -> Blueprint:
    bp = Blueprint("telephone", __name__, url_prefix="/_sandbox", template_folder="templates")

    @bp.get("/telephone")
    def show() -> ResponseReturnValue:
        with state.open() as db:
            messages = rows(db, "select * from sms left join letter using (id) order by number desc limit ?", MOST)
            left = operators.balance(db)
        return render_template(
            "telephone.html", messages=messages, left=left, states=ARRIVALS, names=OPERATORS, entries=ENTRIES
        )

    @bp.post("/pay-in")
    def pay_in() -> ResponseReturnValue:
        with state.open() as db:
            operators.pay_in(db, operators.FIRST_BALANCE)
        return redirect(url_for(".show"), 303)

    return bp
