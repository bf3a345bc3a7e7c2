"""Booking, fourth question: when. A place is kept ten minutes while the rest is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from itertools import groupby
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.clock import LOCAL
from app.domain.errors import DomainError
from app.domain.slot import SlotKind
from app.domain.wording import whole_number
from app.queries.reference import serving
from app.queries.reference.units import unit_of
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
FEW = 3  # from here on the number of places left is worth saying


def days_of(open_slots: Sequence[OpenSlot]) -> list[dict[str, Any]]:
    """For `slot_picker`: days, each with its intervals; half days before the shorter ones."""
    return [
        {"label": local_date(day), "slots": [_option(slot) for slot in group]}
        for day, group in groupby(open_slots, lambda slot: slot.day)
    ]


def _option(slot: OpenSlot) -> dict[str, Any]:
    interval = f"{local_time(slot.starts_at)}–{local_time(slot.ends_at)}"
    if slot.kind is SlotKind.HALF_DAY:
        morning = slot.starts_at.astimezone(LOCAL).time() < NOON
        interval = _("Buổi sáng, %(hours)s", hours=interval) if morning else _("Buổi chiều, %(hours)s", hours=interval)
    return {
        "value": slot.id,
        "label": interval,
        "note": _("Còn %(n)s chỗ", n=slot.free) if slot.free <= FEW else "",
        "disabled": False,
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
    return render_template(
        "citizens/slot.html",
        draft=draft, progress=progress(draft, "slot"), back=back_from(draft, "slot"),
        unit=unit, place=place, days=days_of(choices), errors=errors,
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
