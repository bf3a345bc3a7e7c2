"""News of a request in the citizen's own browser: allowed and ended with one press on its tracking page."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.gateways import allowed_browser
from app.queries.tracking import requests
from app.services.messaging import browsers
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.tracking import secret_address
from app.web.couriers.shell import built
from app.web.i18n import gettext as _
from app.web.limits import links
from app.web.session import now, settings, transaction

WORKER = "push.js"
LONGEST = 4096


@bp.get("/thong-bao.js")
@public
def notices_worker() -> Response:
    """The worker that shows notices of the tracking page: the file that the courier's app has, at an address that may serve both."""
    return built(WORKER)


@bp.post("/theo-doi/<token>/bao-tren-may")
@public
@links
@secret_address
def notices_page(token: str) -> ResponseReturnValue:
    told = _read(request.form.get("browser", ""))
    with transaction() as session:
        row = requests.by_token(session, token, now())
        if request.form.get("turn") == "off":
            browsers.end_for_request(session, row.id, str(told.get("endpoint", "")))
            flash(_("Máy này thôi hiện thông báo."), "good")
        else:
            browsers.allow_for_request(session, row.id, allowed_browser(settings(), told), now())
            flash(_("Máy này sẽ hiện thông báo khi có tin mới."), "good")
    return redirect(url_for("citizens.tracking_page", token=token), 303)


def _read(told: str) -> dict[str, Any]:
    """What a browser tells of itself; what is none of that is nothing."""
    try:
        found = json.loads(told[:LONGEST])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
