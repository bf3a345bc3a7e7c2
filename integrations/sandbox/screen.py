"""The sandbox's page for a person: what the systems hold, and buttons to submit, refuse, move time on and break things."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from integrations.sandbox import desk
from integrations.sandbox.faults import KINDS, MILD, FaultInjector
from integrations.sandbox.state import StateFile, rows
from integrations.sandbox.world import World

MOST: Final = 200
STATES: Final = {
    1: "mới đăng ký",
    2: "đã tiếp nhận",
    3: "bị từ chối",
    4: "đang xử lý",
    5: "chờ bổ sung giấy tờ",
    6: "chờ nộp phí",
    7: "người dân rút",
    8: "dừng xử lý",
    9: "đã xử lý xong",
    10: "đã trả kết quả",
}
ROADS: Final = {
    "created": "đã đặt",
    "cancelled": "đã hủy",
    "10": "đã nhận gửi",
    "30": "đang vận chuyển",
    "50": "đang phát",
    "70": "đã phát",
}


def make(state: StateFile, faults_of: FaultInjector, world: World) -> Blueprint:
    bp = Blueprint("screen", __name__, url_prefix="/_sandbox", template_folder="templates")

    @bp.get("/")
    def show() -> ResponseReturnValue:
        return render_template("sandbox.html", now=f"{world.now():%H:%M, %d/%m/%Y}", **_held(state))

    @bp.post("/another")
    def another() -> ResponseReturnValue:
        with state.open() as db:
            submitted = _last_submission(db)
            if submitted is not None:
                desk.submit(db, {name: value for name, value in submitted.items() if name != "code"}, world.now())
        return redirect(url_for(".show"), 303)

    @bp.post("/step")
    def step() -> ResponseReturnValue:
        world.advance()
        return redirect(url_for(".show"), 303)

    @bp.post("/refuse")
    def refuse() -> ResponseReturnValue:
        with state.open() as db:
            desk.refuse(db, request.form["code"], "Không thuộc thẩm quyền (thử)")
        return redirect(url_for(".show"), 303)

    @bp.post("/weather")
    def weather() -> ResponseReturnValue:
        mild = MILD if request.form.get("kind") == "mild" else {}
        faults_of.set({kind: mild.get(kind, 0.0) for kind in KINDS})
        return redirect(url_for(".show"), 303)

    return bp


def _held(state: StateFile) -> dict[str, Any]:
    with state.open() as db:
        dossiers = rows(db, "select code, state from dossier order by rowid desc")
        steps: dict[str, list[tuple[int, str]]] = {}
        for step in rows(db, "select code, state, by from step order by number"):
            steps.setdefault(step["code"], []).append((step["state"], step["by"]))
        return {
            "dossiers": [one | {"steps": steps.get(one["code"], [])} for one in dossiers],
            "items": rows(db, "select number, item_code, state from item order by made desc"),
            "told": rows(db, "select path, subject, status, tries from outbox order by number desc"),
            "faults": rows(db, "select kind, rate, count from fault order by kind"),
            "submitted": _last_submission(db) is not None,
            "states": STATES,
            "roads": ROADS,
            "most": MOST,
        }


def _last_submission(db: Any) -> dict[str, Any] | None:
    told = rows(db, "select body from outbox where path = '/api/v1/dossiers' order by number desc limit 1")
    return told[0]["body"] if told else None
