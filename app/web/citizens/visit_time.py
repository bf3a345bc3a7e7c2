"""Booking, fourth question: when. A place is kept ten minutes while the rest is filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from itertools import groupby
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import LOCAL
from app.domain.errors import DomainError
from app.domain.slot import SlotKind, WhyNot, booking_closes_at, held_until
from app.domain.wording import whole_number
from app.models import Unit
from app.queries.reference import serving
from app.queries.reference.missing_days import missing_days
from app.queries.reference.units import unit_of
from app.queries.visits.nearby import doors_near
from app.services.booking import slots
from app.services.booking.slots import OpenSlot
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.draft import Draft, draft_for, go_on
from app.web.citizens.presenting import back_from, progress
from app.web.i18n import gettext as _
from app.web.i18n import local_date, local_time
from app.web.session import language, now, transaction
from app.web.whom_to_call import told

NOON = time(12)
SEVERAL = 2  # doors: one alone would tell whose
FEW = 3  # from here on the number of places left is worth saying


def days_of(open_slots: Sequence[OpenSlot], near: Mapping[int, int] | None = None) -> list[dict[str, Any]]:
    """For `slot_picker`: days, each with its intervals. `near`: doors close by, by slot; the best of them stands first."""
    best = _best(open_slots, near or {})
    days = [
        {"label": local_date(day), "slots": [_option(slot) for slot in group if slot is not best]}
        for day, group in groupby(open_slots, lambda slot: slot.day)
    ]
    days = [day for day in days if day["slots"]]
    if best is None:
        return days
    first = _option(best) | {"good": _("Hôm đó bưu tá đã có lịch đến gần nhà ông/bà")}
    return [{"label": local_date(best.day), "slots": [first]}, *days]


def _best(open_slots: Sequence[OpenSlot], near: Mapping[int, int]) -> OpenSlot | None:
    """The half day that costs the plan least: where the courier comes close by anyway, to several doors."""
    halves = [slot for slot in open_slots if slot.kind is SlotKind.HALF_DAY]
    doors = {
        half.id: sum(
            near.get(slot.id, 0)
            for slot in open_slots
            if slot.starts_at < half.ends_at and half.starts_at < slot.ends_at
        )
        for half in halves
    }
    best = max(halves, key=lambda half: doors[half.id], default=None)
    return best if best is not None and doors[best.id] >= SEVERAL else None


def _option(slot: OpenSlot) -> dict[str, Any]:
    hours, half = f"{local_time(slot.starts_at)}–{local_time(slot.ends_at)}", slot.kind is SlotKind.HALF_DAY
    morning = slot.starts_at.astimezone(LOCAL).time() < NOON
    return {
        "value": slot.id,
        "label": (_("Buổi sáng") if morning else _("Buổi chiều")) if half else hours,
        "hours": hours if half else "",
        "note": _note(slot),
        "short": not half,
        "disabled": False,
    }


def _note(slot: OpenSlot) -> str:
    closes = booking_closes_at(slot.day)
    if held_until(slot.day, now()) == closes:
        return _("Xin đặt xong trước %(time)s", time=local_time(closes))
    return _("Còn %(n)s chỗ", n=slot.free) if slot.free <= FEW else ""


def why_missing(session: Session, unit: Unit, open_slots: Sequence[OpenSlot]) -> list[str]:
    """One sentence a day, or a weekend, that is not among those to choose from."""
    left = missing_days(session, unit, now(), {slot.day for slot in open_slots})
    return [
        _WHY[why]() % {"days": ", ".join(local_date(one.day) for one in days), "name": name}
        for (why, name), days in ((key, list(group)) for key, group in groupby(left, lambda one: (one.why, one.name)))
    ]


_WHY: Mapping[WhyNot, Callable[[], str]] = {
    WhyNot.HOLIDAY: lambda: _("%(days)s: nghỉ, %(name)s."),
    WhyNot.WEEKEND: lambda: _("%(days)s: ngày nghỉ cuối tuần."),
    WhyNot.NO_BOAT: lambda: _("%(days)s: hôm ấy không có tàu ra đảo."),
    WhyNot.CLOSED: lambda: _("%(days)s: bưu tá không đến được (%(name)s)."),
    WhyNot.TOO_LATE: lambda: _("%(days)s: đã hết giờ đặt, vì khóa lúc 16:30 hôm trước."),
    WhyNot.NOT_YET: lambda: _("%(days)s: dịch vụ chưa mở ở xã, phường này."),
    WhyNot.FULL: lambda: _("%(days)s: đã kín chỗ."),
}


def chosen_slot() -> int | None:
    return whole_number(request.form.get("slot", ""))


@bp.route("/dat-lich/gio-hen", methods=["GET", "POST"])
@public
def slot_page() -> ResponseReturnValue:
    draft = draft_for("slot")
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _hold(draft, chosen_slot())
        if not errors:
            return go_on(draft, "slot")
    with transaction() as session:
        unit = unit_of(session, draft.unit)
        choices = slots.open_slots(session, draft.unit, now(), language(), draft.token)
        (place,) = serving.served(session, [unit.code], now().date())
        pinned = draft.lon is not None and draft.lat is not None
        near = doors_near(session, (draft.lon or 0, draft.lat or 0), [one.id for one in choices]) if pinned else {}
        missing = why_missing(session, unit, choices)
    return render_template(
        "citizens/slot.html",
        draft=draft, progress=progress(draft, "slot"), back=back_from(draft, "slot"),
        unit=unit, place=place, days=days_of(choices, near), missing=missing, errors=errors,
    ), 422 if errors else 200  # fmt: skip


def _hold(draft: Draft, slot_id: int | None) -> dict[str, str]:
    if slot_id is None:
        return {"slot": _("Xin chọn một giờ hẹn.")}
    try:
        with transaction() as session:
            slots.hold_slot(session, slot_id, draft.token, now())
    except DomainError as error:
        return {"slot": told(error)}
    draft.slot = slot_id
    return {}
