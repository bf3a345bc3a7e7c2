"""The day, a door, and the bag."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.identity import Role
from app.queries.courier_day import courier_day, in_bag, parcels_of, visited
from app.services import runs
from app.web.auth import staff
from app.web.couriers.room import bp, own_courier, own_stop
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@bp.get("/ngay")
@staff(Role.COURIER)
def day_list() -> ResponseReturnValue:
    with transaction() as session:
        courier = own_courier(session)
        day = courier_day(session, courier, local_day(now()))
        return render_template("couriers/day.html", day=day, today=local_day(now()), visited=visited)


@bp.post("/chuyen/<int:route_id>/bat-dau")
@staff(Role.COURIER)
def start(route_id: int) -> ResponseReturnValue:
    with transaction() as session:
        runs.start_run(session, route_id, own_courier(session).id, now())
    return redirect(url_for("couriers.day_list"), 303)


@bp.post("/chuyen/<int:route_id>/ket-thuc")
@staff(Role.COURIER)
def finish(route_id: int) -> ResponseReturnValue:
    with transaction() as session:
        runs.end_run(session, route_id, own_courier(session).id, now())
    flash(_("Đã kết thúc chuyến. Xin giao lại bưu gửi trong túi cho bưu cục."), "good")
    return redirect(url_for("couriers.bag"), 303)


@bp.get("/diem/<int:stop_id>")
@staff(Role.COURIER)
def stop(stop_id: int) -> ResponseReturnValue:
    with transaction() as session:
        courier = own_courier(session)
        found = own_stop(session, stop_id, courier)
        day = courier_day(session, courier, local_day(now()))
        parcels = parcels_of(session, [errand.id for errand in found.errands])
        return render_template("couriers/stop.html", stop=found, day=day, parcels=parcels, visited=visited)


@bp.get("/tui")
@staff(Role.COURIER)
def bag() -> ResponseReturnValue:
    with transaction() as session:
        courier = own_courier(session)
        return render_template("couriers/bag.html", courier=courier, parcels=in_bag(session, courier))
