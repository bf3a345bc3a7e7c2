"""The pin put right by who stands at the door: corrected once, right for every later visit."""

from __future__ import annotations

import re
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Stop
from app.services import places
from app.web.auth import staff
from app.web.couriers.room import bp, courier_actor, own_courier, own_stop
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction

ADDRESS: Final = "/diem/<int:stop_id>/vi-tri"
LONGEST: Final = 60
COORDINATES: Final = re.compile(r"(?P<lat>[0-9]{1,2}(\.[0-9]+)?)\s*[,; ]\s*(?P<lon>[0-9]{1,3}(\.[0-9]+)?)")
DECIMALS: Final = 6  # as the map writes them


@bp.get(ADDRESS)
@staff(Role.COURIER)
def pin_page(stop_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return _page(own_stop(session, stop_id, own_courier(session)), {})


@bp.post(ADDRESS)
@staff(Role.COURIER)
def pin_action(stop_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            courier = own_courier(session)
            stop = own_stop(session, stop_id, courier)
            lon, lat = _given(stop)
            for errand in {errand.place_id: errand for errand in stop.errands}.values():
                places.correct_pin(session, errand, lon, lat, courier_actor(courier), now())
    except DomainError as refusal:
        if refusal.kind != "invalid":
            raise
        with transaction() as session:
            stop = own_stop(session, stop_id, own_courier(session))
            return _page(stop, {"coordinates": next(iter(by_field(refusal).values()))}), 422
    flash(_("Đã sửa vị trí nhà. Những lần sau bưu tá sẽ đến đúng chỗ này."), "good")
    return redirect(url_for("couriers.stop", stop_id=stop_id), 303)


def _page(stop: Stop, errors: dict[str, str]) -> str:
    typed = request.form.get("coordinates", "")[:LONGEST]
    return render_template("couriers/pin.html", stop=stop, errors=errors, typed=typed)


def _given(stop: Stop) -> tuple[float, float]:
    """What was typed, as maps write it (latitude first); else the pin, if it was moved.

    Raises `coordinates_malformed`, `pin_not_moved`.
    """
    typed = request.form.get("coordinates", "").strip()
    pin = f"{request.form.get('lat', '')}, {request.form.get('lon', '')}"
    found = COORDINATES.fullmatch((typed or pin)[:LONGEST])
    if found is None:
        raise DomainError("coordinates_malformed", kind="invalid", field="coordinates")
    lon, lat = float(found["lon"]), float(found["lat"])
    if (round(lon, DECIMALS), round(lat, DECIMALS)) == (
        round(stop.place.lon, DECIMALS),
        round(stop.place.lat, DECIMALS),
    ):
        raise DomainError("pin_not_moved", kind="invalid", field="coordinates")
    return lon, lat
