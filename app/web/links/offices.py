"""Who visits the homes of each office's commune; an administrator changes it for new visits."""

from __future__ import annotations

from math import ceil

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.gateways import carriers_to_order_from
from app.queries.planning.board import commune_offices
from app.services.booking.offices import CARRIER, LetExecute, let_execute
from app.services.outbox import links as joined
from app.texts import say
from app.texts.links import EXECUTORS
from app.web.auth import staff_actor
from app.web.i18n import gettext as _
from app.web.links.blueprint import A_PAGE, acting, bp, looking, namer
from app.web.session import language, now, settings, transaction


@bp.get("/buu-cuc")
@looking
def offices_page() -> ResponseReturnValue:
    with transaction() as session:
        every = commune_offices(session)
        theirs = [office for office in every if office.executed_by == CARRIER]
        only = request.args.get("don-vi") == CARRIER
        chosen = theirs if only else every
        pages = max(1, ceil(len(chosen) / A_PAGE))
        page = min(max(1, request.args.get("trang", 1, type=int)), pages)
        carrier = joined.carrier(session)
        orderable = carrier is not None and carrier in carriers_to_order_from(settings())
        return render_template(
            "links/offices.html",
            rows=chosen[(page - 1) * A_PAGE : page * A_PAGE],
            every=every,
            theirs=theirs,
            only=only,
            page=page,
            pages=pages,
            carrier=namer(session)(carrier) if carrier is not None and orderable else "",
            executor=lambda key: say(EXECUTORS[key], language()),
        )


@bp.post("/buu-cuc/<int:office_id>")
@acting
def switch_executor(office_id: int) -> ResponseReturnValue:
    with transaction() as session:
        command = LetExecute(
            office_id, request.form.get("executed_by", ""), carriers_to_order_from(settings()), staff_actor(), now()
        )
        office = let_execute(session, command)
        name, executor = office.name, say(EXECUTORS[office.executed_by], language())
    flash(_("%(office)s: lượt mới do %(executor)s đi. Lượt đã có giữ nguyên.", office=name, executor=executor), "good")
    kept = {"trang": request.form.get("trang", 1, type=int), "_anchor": f"office-{office_id}"}
    return redirect(url_for("links.offices_page", **kept), 303)  # type: ignore[arg-type]  # url_for's own keywords
