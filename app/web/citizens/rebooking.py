"""`/hen-lai/<token>`: the QR on the missed-visit card. No sign-in, no name, no address: a reference and open hours."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.queries.reference import serving
from app.services.booking import rebooking, slots
from app.services.booking.rebooking import Card, CardState
from app.unit_of_work import UnitOfWork
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.tracked import when
from app.web.citizens.tracking import secret_address
from app.web.citizens.visit_time import chosen_slot, days_of
from app.web.i18n import gettext as _
from app.web.limits import cards
from app.web.session import keys, language, now, transaction
from app.web.whom_to_call import told


@bp.route("/hen-lai/<token>", methods=["GET", "POST"])
@public
@cards
@secret_address
def rebook_page(token: str) -> ResponseReturnValue:
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _choose(token)
        if not errors:
            flash(_("Đã hẹn lại. Xin giữ thẻ này: quét lại khi cần đổi giờ."), "good")
            return redirect(url_for("citizens.rebook_page", token=token), 303)
    with transaction() as session:
        page = _page(session, _card(session, token), errors)
    return page, 422 if errors else 200


def _card(session: Session, token: str) -> Card:
    return rebooking.read_card(session, keys().webs, token, now())


def _choose(token: str) -> dict[str, str]:
    slot_id = chosen_slot()
    if slot_id is None:
        return {"slot": _("Xin chọn một giờ hẹn.")}
    try:
        with transaction() as session:
            rebooking.choose(session, _card(session, token), slot_id, now())
    except DomainError as refusal:
        if refusal.kind in {"not_found", "gone"}:
            raise
        return {"slot": told(refusal)}
    return {}


def _page(session: UnitOfWork, card: Card, errors: dict[str, str]) -> str:
    errand = card.errands[0]
    unit = errand.place.unit.code
    choices = slots.open_slots(session, unit, now(), language()) if card.state is CardState.OPEN else []
    (place,) = serving.served(session, [unit], now().date())
    standing = next((one for one in card.choosable if one.slot is card.slot), None)
    return render_template(
        "citizens/rebook.html",
        card=card,
        when=when(standing, language()) if standing is not None and card.slot is not None else "",
        days=days_of([slot for slot in choices if card.slot is None or slot.id != card.slot.id]),
        place=place,
        office=errand.office,
        desk=place.desk,
        errors=errors,
    )
