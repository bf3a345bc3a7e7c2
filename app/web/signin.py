"""Staff sign in with a password and sign out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.web.auth import public, safe_next, sign_out, signed_in_staff
from app.web.navigation import first_page

bp = Blueprint("staff", __name__)


@bp.get("/dang-nhap")
@public
def sign_in_page() -> ResponseReturnValue:
    account = signed_in_staff()
    if account is not None:
        return redirect(safe_next(request.args.get("tiep"), first_page(account)))
    return render_template("staff/sign_in.html", errors={}, username="")


@bp.post("/dang-xuat")
@public
def sign_out_action() -> ResponseReturnValue:
    sign_out()
    return redirect(url_for("staff.sign_in_page"), 303)
