"""Booking, second question: which commune (old and new names, shown and never guessed), which door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import gateways
from app.clock import local_day
from app.models import Unit
from app.queries import serving
from app.queries.units import unit_of
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import Draft, draft_for, go_on
from app.web.citizens.presenting import back_from, progress
from app.web.i18n import gettext as _
from app.web.session import now, settings, transaction

LONGEST = 200
FARTHEST_DEGREES = 1.0
PIN_DECIMALS = 5  # about a metre: less is the unit's own point, not a moved pin


@dataclass(frozen=True, slots=True)
class Choice:
    """One unit an address may lie in, and how its name was found."""

    place: serving.Served
    former: str

    @property
    def code(self) -> str:
        return self.place.unit.code


def _choices(session: Session, typed: str) -> list[Choice]:
    """What the words may mean, best first. Reading them asks no outside service."""
    found = gateways.resolver(settings())(typed).candidates if typed else ()
    former = {candidate.unit_code: candidate.matched for candidate in found if candidate.via == "former_name"}
    places = serving.served(session, [candidate.unit_code for candidate in found], local_day(now()))
    return [Choice(place, former.get(place.unit.code, "")) for place in places]


@bp.get("/xa-phuong")
@public
def find_unit() -> ResponseReturnValue:
    """From the home page: is my commune in service, and where do I go otherwise."""
    typed = request.args.get("q", "").strip()[:LONGEST]
    with transaction() as session:
        choices = _choices(session, typed)
    return render_template("citizens/units.html", choices=choices, typed=typed)


@bp.route("/dat-lich/xa-phuong", methods=["GET", "POST"])
@public
def commune_page() -> ResponseReturnValue:
    draft = draft_for("commune")
    typed = request.values.get("q", draft.typed).strip()[:LONGEST]
    with transaction() as session:
        choices = _choices(session, typed)
        if not choices and draft.unit and typed == draft.typed:
            choices = [Choice(place, draft.former) for place in serving.served(session, [draft.unit], local_day(now()))]
    chosen = request.form.get("unit", "")
    errors = {}
    if request.method == "POST" and chosen:
        found = next((choice for choice in choices if choice.code == chosen), None)
        if found is not None:
            return _take(draft, typed, found)
    if request.method == "POST":
        errors = _what_is_missing(typed, choices)
    return render_template(
        "citizens/commune.html",
        draft=draft, progress=progress(draft, "commune"), back=back_from(draft, "commune"),
        typed=typed, choices=choices, chosen=chosen or draft.unit, errors=errors,
    ), 422 if errors else 200  # fmt: skip


def _what_is_missing(typed: str, choices: Sequence[Choice]) -> dict[str, str]:
    if not typed:
        return {"q": _("Xin cho biết tên xã, phường.")}
    if not choices:
        return {"q": _("Không tìm thấy xã, phường này ở Gia Lai. Xin viết lại tên xã, kèm tên huyện cũ nếu nhớ.")}
    return {"unit": _("Xin chọn đúng xã, phường của ông/bà.")}


def _take(draft: Draft, typed: str, choice: Choice) -> ResponseReturnValue:
    if not choice.place.in_service:
        return render_template(
            "citizens/not_in_service.html",
            draft=draft, progress=progress(draft, "commune"), back=url_for("citizens.commune_page"), place=choice.place,
        )  # fmt: skip
    if draft.unit != choice.code:
        draft.lon = draft.lat = draft.slot = None
    draft.typed, draft.unit, draft.former = typed, choice.code, choice.former
    return go_on(draft, "commune")


@bp.route("/dat-lich/dia-chi", methods=["GET", "POST"])
@public
def address_page() -> ResponseReturnValue:
    draft = draft_for("address")
    with transaction() as session:
        unit = unit_of(session, draft.unit)
    errors = {}
    if request.method == "POST":
        draft.address = request.form.get("address", "").strip()[:LONGEST]
        draft.landmark = request.form.get("landmark", "").strip()[:LONGEST]
        _read_pin(draft, unit)
        if draft.address:
            return go_on(draft, "address")
        errors = {"address": _("Xin cho biết số nhà, đường hoặc thôn, làng, tổ dân phố.")}
    return render_template(
        "citizens/address.html",
        draft=draft, progress=progress(draft, "address"), back=back_from(draft, "address"), unit=unit, errors=errors,
    ), 422 if errors else 200  # fmt: skip


def _read_pin(draft: Draft, unit: Unit) -> None:
    """A pin that was not moved says nothing: then the unit's own point is used, and marked as such."""
    try:
        lon = round(float(request.form.get("lon", "")), PIN_DECIMALS)
        lat = round(float(request.form.get("lat", "")), PIN_DECIMALS)
    except ValueError:
        return
    if not (abs(lon - unit.lon) < FARTHEST_DEGREES and abs(lat - unit.lat) < FARTHEST_DEGREES):
        return  # another province, or not a number
    moved = (lon, lat) != (round(unit.lon, PIN_DECIMALS), round(unit.lat, PIN_DECIMALS))
    draft.lon, draft.lat = (lon, lat) if moved else (None, None)
