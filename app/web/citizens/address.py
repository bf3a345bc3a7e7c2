"""Booking, second question: which commune (old and new names, shown and never guessed), which door."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.wording import UNSAID, tidy
from app.gateways import geocoding
from app.models import Unit
from app.queries.reference import serving
from app.queries.reference.areas import areas_of
from app.queries.reference.landmarks import has_landmarks, landmark_said
from app.queries.reference.shapes import PinElsewhere, elsewhere
from app.queries.reference.units import unit_of
from app.web import naming
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import Draft, draft_for, go_on
from app.web.citizens.presenting import back_from, progress, too_long
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.limits import looks
from app.web.session import now, settings, transaction

LONGEST = 200
FARTHEST_DEGREES = 1.0
PIN_DECIMALS = 5  # about a metre: less is the unit's own point, not a moved pin


@bp.route("/xa-phuong", methods=["GET", "POST"])
@public
@looks
def find_unit() -> ResponseReturnValue:
    """From the home page: is my commune in service, and where do I go otherwise. Posted, for some type their address."""
    typed = request.values.get("q", "").strip()[:LONGEST]
    read = naming.read(typed, outside=request.method == "POST")
    with transaction() as session:
        choices = naming.choices(session, read)
    return render_template("citizens/units.html", choices=choices.found[: 1 if choices.certain else None], typed=typed)


@bp.route("/dat-lich/xa-phuong", methods=["GET", "POST"])
@public
@looks
def commune_page() -> ResponseReturnValue:
    draft = draft_for("commune")
    typed = request.values.get("q", draft.typed).strip()[:LONGEST]
    meant = naming.read(typed, outside=request.method == "POST")
    with transaction() as session:
        read = naming.choices(session, meant)
    errors = {}
    if request.method == "POST":
        chosen = next((choice for choice in read.found if choice.code == request.form.get("unit")), None)
        if chosen is not None and "find" not in request.form:
            return _take(draft, typed, chosen)
        errors = _what_is_missing(typed, read)
    shown = read.found[:1] if read.certain else read.found
    preset = draft.unit if any(choice.code == draft.unit for choice in shown) else ""
    if read.certain and not preset:
        preset = shown[0].code
    return render_template(
        "citizens/commune.html",
        draft=draft, progress=progress(draft, "commune"), back=back_from(draft, "commune"),
        typed=typed, choices=shown, chosen=preset, errors=errors,
    ), 422 if errors else 200  # fmt: skip


def _what_is_missing(typed: str, read: naming.Choices) -> dict[str, str]:
    if not typed:
        return {"q": _("Xin cho biết tên xã, phường.")}
    if not read.found:
        return {"q": _("Không tìm thấy xã, phường này ở Gia Lai. Xin viết lại tên xã, kèm tên huyện cũ nếu nhớ.")}
    if "find" in request.form:
        return {}
    return {"unit": _("Xin chọn đúng xã, phường của ông/bà.")}


def _take(draft: Draft, typed: str, choice: naming.Choice) -> ResponseReturnValue:
    if not choice.place.in_service:
        return render_template(
            "citizens/not_in_service.html",
            draft=draft, progress=progress(draft, "commune"), back=url_for("citizens.commune_page"), place=choice.place,
        )  # fmt: skip
    if draft.unit != choice.code:
        draft.lon = draft.lat = draft.slot = None
    draft.typed, draft.unit, draft.former = typed, choice.code, tidy(choice.former)
    return go_on(draft, "commune")


@bp.route("/dat-lich/dia-chi", methods=["GET", "POST"])
@public
def address_page() -> ResponseReturnValue:
    draft = draft_for("address")
    with transaction() as session:
        unit = unit_of(session, draft.unit)
        finds = geocoding.asks(settings()) or has_landmarks(session, unit.code)
    errors: dict[str, str] = {}
    outside = None
    if request.method == "POST":
        draft.address, draft.landmark = tidy(request.form.get("address")), tidy(request.form.get("landmark"))
        errors = _too_long(draft)
        before = (draft.lon, draft.lat)
        _read_pin(draft, unit)
        outside = _outside(draft, unit) if (draft.lon, draft.lat) != before else None
        if not draft.address:
            errors["address"] = _("Xin cho biết số nhà, đường hoặc thôn, làng, tổ dân phố.")
        elif not errors and outside is None:
            return go_on(draft, "address")
        elif not errors and outside is not None:
            answer = request.form.get("pin", "")
            if answer in _answers(outside):
                return _take_answer(draft, outside, answer)
            errors["pin"] = _where_it_is(unit, outside)
    return render_template(
        "citizens/address.html",
        draft=draft, progress=progress(draft, "address"), back=back_from(draft, "address"), unit=unit, errors=errors,
        address=draft.address or ("" if errors else geocoding.door_words(draft.typed)[:LONGEST]),
        finds=finds, outside=outside,
    ), 422 if errors else 200  # fmt: skip


def _too_long(draft: Draft) -> dict[str, str]:
    """Said, never cut in silence."""
    fields = {"address": draft.address, "landmark": draft.landmark}
    return {name: too_long(text, LONGEST) for name, text in fields.items() if len(text) > LONGEST}


def _outside(draft: Draft, unit: Unit) -> PinElsewhere | None:
    if draft.lon is None or draft.lat is None:
        return None
    with transaction() as session:
        return elsewhere(session, unit, draft.lon, draft.lat)


def _where_it_is(unit: Unit, outside: PinElsewhere) -> str:
    if outside.unit is not None:
        return _("Ghim nằm ở %(other)s, không phải %(unit)s.", other=outside.unit.name, unit=unit.name)
    away = number(outside.outside_m / 1000, decimals=1)
    return _("Ghim nằm ngoài %(unit)s khoảng %(away)s km.", unit=unit.name, away=away)


def _answers(outside: PinElsewhere) -> set[str]:
    """Moving names the commune it was asked about: a pin dragged to another since then is asked about anew."""
    return {"keep", "without"} if outside.unit is None else {"keep", "without", f"other:{outside.unit.code}"}


def _take_answer(draft: Draft, outside: PinElsewhere, answer: str) -> ResponseReturnValue:
    """The citizen decides, never the map: a border of a file may run through a yard."""
    if outside.unit is not None and answer.startswith("other"):
        return _move(draft, outside.unit)
    if answer == "without":
        draft.lon = draft.lat = None
    return go_on(draft, "address")


def _move(draft: Draft, unit: Unit) -> ResponseReturnValue:
    """The house is in the commune of the pin; one that is not served says on its page where to go."""
    with transaction() as session:
        (place,) = serving.served(session, [unit.code], local_day(now()))
    if not place.in_service:
        return redirect(url_for("citizens.commune_page", q=unit.name), 303)
    draft.typed, draft.unit, draft.former, draft.slot = unit.name, unit.code, UNSAID, None
    return go_on(draft, "address")


@bp.get("/xa-phuong/<code>/quanh-day.json")
@public
@looks
def surroundings(code: str) -> ResponseReturnValue:
    """Something to recognise on the map of the pin when no tiles are shown: the post offices around."""
    with transaction() as session:
        offices = serving.around(session, unit_of(session, code))
        areas = areas_of(session, [(str(office.id), office.unit_code, office.lon, office.lat) for office in offices])
    points = [{"name": office.name, "lon": office.lon, "lat": office.lat} for office in offices]
    return jsonify(offices=points, areas=areas.rings)


@bp.post("/xa-phuong/<code>/tim-cho.json")
@public
@looks
def find_door(code: str) -> ResponseReturnValue:
    """For the pin: a landmark that several households named, else where the operator's geocoder thinks that the typed address
    is. Posted, for an address is in no URL.
    """
    address = tidy(request.form.get("address"), LONGEST)
    with transaction() as session:
        unit = unit_of(session, code)
        known = landmark_said(session, code, f"{address}, {tidy(request.form.get('landmark'), LONGEST)}")
    if known is not None:  # nobody outside is asked then
        said = _("Đã đặt ghim gần %(landmark)s. Ông/bà kéo lại cho đúng cửa nhà.", landmark=known.said)
        return jsonify(lon=known.lon, lat=known.lat, said=said)
    found = geocoding.door(settings(), address, unit.name, (unit.lon, unit.lat))
    return jsonify({} if found is None else {"lon": found[0], "lat": found[1]})


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
