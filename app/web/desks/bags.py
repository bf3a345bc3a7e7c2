"""Bags at both ends: close one, see what comes and what went, open one against its manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.countersigning import SigningAct
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.queries.desks import bags
from app.queries.desks.rounds import place_codes
from app.services.documents import manifest
from app.web.desks.blueprint import both_sides, errors_of_scan, here, named, scanned_codes
from app.web.desks.two_hands import both_sign
from app.web.i18n import gettext as _
from app.web.pdf import pdf
from app.web.session import language, now, transaction

WHOLE, TORN = "whole", "torn"
ELSEWHERE = "other"  # the place is looked for by its name


@both_sides("GET", "/tui/")
def bags_page() -> ResponseReturnValue:
    with transaction() as session:
        return render_template("desks/bags.html", day=bags.bag_day(session, here(), now()))


@both_sides("GET", "/tui/moi")
def close_bag_page() -> ResponseReturnValue:
    return _close_page({})


@both_sides("POST", "/tui/moi")
def close_bag_action() -> ResponseReturnValue:
    try:
        destination = _destination()
        found = both_sign(SigningAct.CLOSE_BAG, _closing(destination), None)
    except DomainError as refusal:
        return _close_page(errors_of_scan(refusal)), 422
    if isinstance(found, Response):
        return found
    flash(_("Đã đóng túi %(code)s. Xin in bản kê, một bản bỏ trong túi.", code=found.bag), "good")
    return redirect(url_for(".bag_page", code=found.bag), 303)


@both_sides("GET", "/tui/<code>")
def bag_page(code: str) -> ResponseReturnValue:
    return _page(code, {})


@both_sides("POST", "/tui/<code>")
def open_bag_action(code: str) -> ResponseReturnValue:
    try:
        seal_whole = _seal_seen()
        with transaction() as session:
            _find(session, code)
        found = both_sign(SigningAct.OPEN_BAG, _opening(code, seal_whole=seal_whole), None)
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(code, errors_of_scan(refusal)), 422
    if isinstance(found, Response):
        return found
    if found.missing:
        flash(_("Đã mở túi, thiếu %(n)s phong bì. Sự cố đã được ghi để trưởng bưu cục xử lý.", n=found.missing), "bad")
    else:
        flash(_("Đã mở túi, đủ phong bì."), "good")
    return redirect(url_for(".bag_page", code=code), 303)


@both_sides("GET", "/tui/<code>/ban-ke.pdf")
def bag_manifest(code: str) -> ResponseReturnValue:
    with transaction() as session:
        return pdf(manifest.render(session, _find(session, code).bag, language()), f"ban-ke-{code}")


def _closing(destination: Party) -> dict[str, Any]:
    return {
        "codes": list(scanned_codes()),
        "destination": [destination.holder.value, destination.id],
        "seal_number": request.form.get("seal_number", ""),
        "operation": request.form.get("operation") or str(uuid4()),
    }


def _destination() -> Party:
    """`desk:4` or `office_safe:7`, or a place that is looked for. Raises `bag_place_unknown`, `bag_place_many`."""
    chosen = request.form.get("destination", "")
    if chosen == ELSEWHERE or (not chosen and request.form.get("elsewhere")):
        with transaction() as session:
            return bags.find_place(session, request.form.get("elsewhere", ""), here())
    holder, _sep, number = chosen.partition(":")
    if holder not in {Holder.DESK, Holder.OFFICE_SAFE}:
        raise DomainError("bag_place_unknown", kind="invalid", field="destination")
    return Party(Holder(holder), number)


def _close_page(errors: dict[str, str]) -> str:
    with transaction() as session:
        bound = bags.bound_from(session, here())
        given = request.form.get("destination") or request.args.get("den", "")
        return render_template(
            "desks/close_bag.html",
            bound=[{"value": named(place.party), "name": place.name, "count": place.count} for place in bound],
            asked_for=_asked_for(session, given, bound),
            places=[f"{code} · {name}" for code, (party, name) in place_codes(session).items() if party != here()],
            chosen=given or (named(bound[0].party) if len(bound) == 1 else ""),
            given=request.form,
            operation=request.form.get("operation") or str(uuid4()),
            errors=errors,
        )


def _asked_for(session: Session, given: str, bound: Sequence[bags.Destination]) -> dict[str, str] | None:
    """A place that a link of another page names, and for which nothing lies here."""
    if given in {"", ELSEWHERE, *(named(place.party) for place in bound)}:
        return None
    names = {named(party): name for party, name in place_codes(session).values()}
    return {"value": given, "name": names[given]} if given in names else None


def _seal_seen() -> bool:
    seen = request.form.get("seal")
    if seen not in {WHOLE, TORN}:
        raise DomainError("seal_not_looked_at", kind="invalid", field="seal")
    return seen == WHOLE


def _opening(code: str, *, seal_whole: bool) -> dict[str, Any]:
    return {
        "bag": code,
        "codes": list(scanned_codes()),
        "seal_whole": seal_whole,
        "note": request.form.get("note", ""),
        "operation": request.form.get("operation") or str(uuid4()),
    }


def _find(session: Session, code: str) -> bags.BagLine:
    line = bags.find_bag(session, here(), code)
    if line is None:
        raise DomainError("not_found", kind="not_found")
    return line


def _page(code: str, errors: dict[str, str]) -> str:
    with transaction() as session:
        line = _find(session, code)
        return render_template(
            "desks/bag.html",
            line=line,
            bag=line.bag,
            ours=Party(line.bag.to_holder, line.bag.to_id) == here() and line.bag.opened_at is None,
            given=request.form,
            operation=request.form.get("operation") or str(uuid4()),
            errors=errors,
        )
