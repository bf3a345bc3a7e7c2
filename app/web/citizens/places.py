"""A citizen's own browsers that are signed in; each can be ended from here."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.identity import masked_phone
from app.services.staff import sessions
from app.web import signed_in
from app.web.auth import citizen, current_citizen_phone
from app.web.citizens.blueprint import bp
from app.web.i18n import gettext as _
from app.web.session import keys, transaction, wall


def _here() -> int:
    found = signed_in.citizen_session()
    assert found is not None  # `citizen` has seen to it
    return found[0].id


@bp.get("/yeu-cau/noi-dang-nhap")
@citizen
def places_page() -> ResponseReturnValue:
    phone = current_citizen_phone()
    with transaction() as session:
        rows = sessions.of_citizen(session, phone, wall(), keys())
    return render_template("citizens/places.html", rows=rows, here=_here(), phone=masked_phone(phone))


@bp.post("/yeu-cau/noi-dang-nhap/ket-thuc")
@citizen
def end_other_places() -> ResponseReturnValue:
    with transaction() as session:
        rows = sessions.of_citizen(session, current_citizen_phone(), wall(), keys())
        ended = sessions.end_some(session, rows, wall(), but=_here())
    flash(_("Đã đăng xuất ở %(n)s nơi.", n=ended), "good")
    return redirect(url_for("citizens.places_page"), 303)


@bp.post("/yeu-cau/noi-dang-nhap/<int:number>/ket-thuc")
@citizen
def end_place(number: int) -> ResponseReturnValue:
    with transaction() as session:
        every = sessions.of_citizen(session, current_citizen_phone(), wall(), keys())
        sessions.end_some(session, [row for row in every if row.id == number], wall())
    return redirect(url_for("citizens.places_page"), 303)
