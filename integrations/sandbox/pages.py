"""The sandbox's own pages, for whoever drives it: what it holds, and what it is to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox import desk
from integrations.sandbox.desk import Postman
from integrations.sandbox.faults import FaultInjector
from integrations.sandbox.state import StateFile, rows
from integrations.sandbox.world import World


def reading(state: StateFile, faults_of: FaultInjector, world: World, postman: Postman | None) -> Blueprint:
    """Look, and change nothing."""
    del faults_of, world, postman
    bp = Blueprint("reading", __name__, url_prefix="/_sandbox")

    @bp.get("/dossiers")
    def dossiers() -> ResponseReturnValue:
        with state.open() as db:
            held = rows(db, "select code, state from dossier order by code")
            steps = rows(db, "select code, state, by from step order by number")
        for one in held:
            one["steps"] = [[step["state"], step["by"]] for step in steps if step["code"] == one["code"]]
        return jsonify(held)

    @bp.get("/items")
    def items() -> ResponseReturnValue:
        with state.open() as db:
            return jsonify(rows(db, "select number, kind, state, item_code from item order by number"))

    @bp.get("/outbox")
    def outbox() -> ResponseReturnValue:
        with state.open() as db:
            return jsonify(rows(db, "select path, subject, status, answer, tries from outbox order by number"))

    @bp.get("/faults")
    def faults() -> ResponseReturnValue:
        with state.open() as db:
            return jsonify(rows(db, "select kind, rate, count from fault order by kind"))

    @bp.get("/sms")
    def sms() -> ResponseReturnValue:
        with state.open() as db:
            return jsonify(rows(db, "select operator, phone, text, state from sms order by number"))

    @bp.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify({"ok": True})

    return bp


def acting(state: StateFile, faults_of: FaultInjector, world: World, postman: Postman | None) -> Blueprint:
    """Submit, refuse, move time on, break things."""
    bp = Blueprint("acting", __name__, url_prefix="/_sandbox")

    @bp.post("/faults")
    def faults() -> ResponseReturnValue:
        try:
            faults_of.set(dict(request.get_json()))
        except (TypeError, ValueError) as error:
            return jsonify({"error": str(error)}), 400
        return "", 204

    @bp.post("/submissions")
    def submissions() -> ResponseReturnValue:
        with state.open() as db:
            return jsonify({"code": desk.submit(db, request.get_json(), world.now())}), 201

    @bp.post("/refusals")
    def refusals() -> ResponseReturnValue:
        body: Mapping[str, Any] = request.get_json()
        with state.open() as db:
            desk.refuse(db, body["code"], body["reason"])
        return "", 204

    @bp.post("/advance")
    def advance() -> ResponseReturnValue:
        which = request.get_json(silent=True) or {}
        moved = world.advance(
            items=which.get("items", True), dossiers=which.get("dossiers", True), numbers=which.get("numbers")
        )
        return jsonify(moved)

    @bp.post("/post")
    def post() -> ResponseReturnValue:
        return jsonify({"answered": postman.deliver() if postman else 0})

    return bp
