"""A phone's day in one answer, which it keeps for hours without a network. Opened by the access token only."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any, Final

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.clock import local_day
from app.domain.custody import digest
from app.gateways.roads import legs_by_road
from app.models import Office, RoadLayer
from app.queries.visits.bundle import Bundle, bundle
from app.queries.visits.ridden_way import ridden_way
from app.schemas.bundle import Installation, bundle_json
from app.services.booking import slots
from app.services.evidence import sealed
from app.services.staff import number_blocks
from app.unit_of_work import UnitOfWork
from app.web.api import courier_examples as examples
from app.web.api.answering import ByPhone, by_phone
from app.web.auth import current_device, phone
from app.web.road_layer import road_layer_answer
from app.web.session import context, keys, language, now, transaction
from app.web.way_lines import NO_WAY, way_json

bp = Blueprint("courier-bundle", __name__, url_prefix="/api/v1/courier", description="Gói dữ liệu của ca")

OpenSlots = dict[str, list[tuple[int, datetime, datetime]]]
DAYS_AHEAD: Final = 3
NOT_A_CHANGE: Final = "made_at"


@by_phone(bp, "GET", "/bundle", ByPhone(phone, {200: examples.BUNDLE, 304: None}, refusals=(401,)))
def show_bundle() -> ResponseReturnValue:
    """Stops, checklists, names and check digits of today; 304 while nothing changed since the ETag in hand"""
    device = current_device()
    with transaction() as session:
        spare = number_blocks.reserve(session, device.id, now())
        rows = bundle(session, device.courier_id, local_day(now()), now())
        body = bundle_json(rows, spare, _house(_open_slots(session, rows)))
    return _for_etag(_packed(body), digest(_comparable(body)))


@by_phone(bp, "GET", "/roads", ByPhone(phone, {200: examples.ROADS, 304: None}, refusals=(401,)))
def show_roads() -> ResponseReturnValue:
    """The roads of the own commune, for a map without a network; 304 while nothing changed since the ETag in hand"""
    with transaction() as session:
        office = session.get_one(Office, current_device().courier.office_id)
        return road_layer_answer(session.get(RoadLayer, office.unit_code))


@by_phone(bp, "GET", "/way", ByPhone(phone, {200: examples.WAY, 304: None}, refusals=(401,)))
def show_way() -> ResponseReturnValue:
    """The way between today's doors along roads, in parts; no parts where roads are unknown, and no ETag where they are away"""
    with transaction() as session:
        way = ridden_way(session, current_device().courier_id, local_day(now()))
    roads = context().settings.roads
    if way is None or not roads:
        return _for_etag(jsonify(NO_WAY), "none")
    etag = digest(_comparable({"ends": list(way.ends), "places": [list(place) for place in way.places]}))
    if request.if_none_match.contains_weak(etag):
        return _for_etag(Response(), etag)
    legs = legs_by_road(roads, way.places)  # no transaction is open while the road server is asked
    return jsonify(NO_WAY) if legs is None else _for_etag(_packed(way_json(way, legs)), etag)


def _for_etag(answer: Response, etag: str) -> ResponseReturnValue:
    answer.set_etag(etag, weak=True)
    return answer.make_conditional(request)


def _open_slots(work: UnitOfWork, rows: Bundle) -> OpenSlots:
    """What can be agreed at a door: the next days of each commune of the route; the server says later whether it holds."""
    return {unit: _next_days(work, unit) for unit in sorted({stop.place.unit_code for stop in rows.day.stops})}


def _next_days(work: UnitOfWork, unit: str) -> list[tuple[int, datetime, datetime]]:
    free = slots.open_slots(work, unit, now())
    days = sorted({slot.day for slot in free})[:DAYS_AHEAD]
    return [(slot.id, slot.starts_at, slot.ends_at) for slot in free if slot.day in days]


def _house(open_slots: OpenSlots) -> Installation:
    ceiling = context().settings.cash_ceiling
    return Installation(now(), keys().greeting, sealed.server_key(keys()), ceiling, open_slots, language())


def _packed(body: dict[str, Any]) -> Response:
    """Compressed here: nobody on the way may keep it, and a village pays by the megabyte."""
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    answer = Response(written, mimetype="application/json")
    answer.vary.update(("Accept-Encoding", "Accept-Language"))
    if request.accept_encodings["gzip"]:
        answer.set_data(gzip.compress(written, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _comparable(value: Any) -> Any:
    """All but the time it was made; numbers as text, for the digest takes no floats."""
    if isinstance(value, dict):
        return {key: _comparable(inner) for key, inner in value.items() if key != NOT_A_CHANGE}
    if isinstance(value, list):
        return [_comparable(inner) for inner in value]
    return str(value) if isinstance(value, float) else value
