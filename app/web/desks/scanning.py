"""What a page of scanning asks behind every code: is it wrong? Told at once, never only at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.custody import Party
from app.domain.errors import DomainError
from app.queries.desks import scanned
from app.queries.desks.expected import other_sides
from app.texts import explain
from app.web.desks.blueprint import both_sides, here, named
from app.web.session import language, now, transaction


@both_sides("GET", "/giao-nhan/ma")
def check_moved() -> ResponseReturnValue:
    return _answer(_check_moved)


@both_sides("GET", "/tui/moi/ma")
def check_bagged() -> ResponseReturnValue:
    return _answer(scanned.check_bagged)


@both_sides("GET", "/tui/<code>/ma")
def check_unpacked(code: str) -> ResponseReturnValue:
    return _answer(partial(scanned.check_unpacked, bag_code=code))


@both_sides("GET", "/xac-nhan/ma")
def check_told() -> ResponseReturnValue:
    return _answer(scanned.check_told)


def _check_moved(session: Session, code: str, place: Party) -> None:
    chosen = request.args.get("ben", "")
    sides = (side.party for side in other_sides(session, place, local_day(now())))
    other = next((party for party in sides if named(party) == chosen), None)
    scanned.check_moved(session, code, place, other, out=request.args.get("chieu") == "out")


def _answer(check: Callable[[Session, str, Party], None]) -> ResponseReturnValue:
    """`said` is empty where nothing is wrong. Raises `not_found` for what is nobody's business here."""
    place = here()
    try:
        with transaction() as session:
            check(session, request.args.get("ma", "")[:40], place)
    except DomainError as refusal:
        if refusal.code == "not_found":
            raise
        return jsonify(said=explain(refusal, language()))
    return jsonify(said="")
