"""The first page, what we do with personal data, and the way from a code to its tracking page."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.personal_data import rules_with
from app.gateways.geocoding import asks
from app.texts import say
from app.texts.personal_data import notice, period
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.session import language, settings


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    return render_template("citizens/home.html")


@bp.get("/du-lieu-ca-nhan")
@public
def privacy() -> ResponseReturnValue:
    rules, here = rules_with(settings().keep), settings()
    words, days = period(rules["person"])
    return render_template(
        "citizens/privacy.html",
        rows=notice(rules, language()),
        asks_geocoder=asks(here),
        person_kept=say(words, language(), **days),
        controller=here.controller,
        contact=here.controller_contact,
    )


@bp.get("/tra-cuu")
@public
def look_up() -> ResponseReturnValue:
    """From the home page's form: a code of the request opens it after the one that is sent to the phone that booked it."""
    reference = "".join(request.args.get("ma", "").split()).upper()
    if not reference:
        return redirect(url_for("citizens.my_requests"))
    return redirect(url_for("citizens.my_request", reference=reference))
