"""Where am I signed in? Every browser with its last use; each can be ended from here."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.services.staff import sessions
from app.web import signed_in
from app.web.auth import current_staff, staff
from app.web.i18n import gettext as _
from app.web.session import transaction, wall
from app.web.staff.blueprint import bp


@bp.get("/tai-khoan")
@staff()
def account_page() -> ResponseReturnValue:
    with transaction() as session:
        rows = sessions.of_staff(session, current_staff(), wall())
    return render_template("staff/account.html", rows=rows, here=_here())


def _here() -> int:
    row = signed_in.staff_session()
    assert row is not None  # `staff` has seen to it
    return row.id


@bp.post("/tai-khoan/noi-dang-nhap/<int:number>/ket-thuc")
@staff()
def end_place(number: int) -> ResponseReturnValue:
    """A number of somebody else's session ends nothing: only the own ones are looked through."""
    with transaction() as session:
        rows = [row for row in sessions.of_staff(session, current_staff(), wall()) if row.id == number]
        sessions.end_some(session, rows, wall())
    return _told(len(rows))


@bp.post("/tai-khoan/noi-dang-nhap/ket-thuc")
@staff()
def end_other_places() -> ResponseReturnValue:
    with transaction() as session:
        rows = sessions.of_staff(session, current_staff(), wall())
        ended = sessions.end_some(session, rows, wall(), but=_here())
    return _told(ended)


def _told(ended: int) -> ResponseReturnValue:
    flash(_("Đã đăng xuất ở %(n)s nơi.", n=ended), "good")
    return redirect(url_for("staff.account_page"), 303)
