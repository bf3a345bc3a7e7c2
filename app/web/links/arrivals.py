"""What partners told and nobody could take: unknown codes, unknown orders, unreadable lines; read again, or settled."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import mask
from app.models import Arrival
from app.queries.partners import exchange
from app.queries.partners.link_state import link_names
from app.services import audit
from app.services.inbox import carrier_events
from app.web.auth import staff_actor
from app.web.i18n import gettext as _
from app.web.links.messages import masked_raw
from app.web.links.room import A_PAGE, acted, acting, bp, chosen_link, looking, namer, not_found
from app.web.session import now, transaction


@bp.get("/tin-den")
@looking
def arrivals_page() -> ResponseReturnValue:
    with transaction() as session:
        found, total = exchange.parked(session, chosen_link(), A_PAGE)
        return render_template(
            "links/arrivals.html",
            rows=found,
            total=total,
            subject=lambda row: mask.sentence(row.subject or ""),
            chosen=chosen_link(),
            names=link_names(session),
            named=namer(session),
        )


@bp.get("/tin-den/<int:arrival_id>")
@looking
def arrival_page(arrival_id: int) -> ResponseReturnValue:
    with transaction() as session:
        row = session.get(Arrival, arrival_id)
        if row is None:
            raise not_found()
        audit.record(session, staff_actor(), "arrival.viewed", "arrival", row.id, now(), link=row.link)
        dossier = exchange.dossier_of_arrival(session, row)
        known = exchange.known_of(dossier)
        return render_template(
            "links/arrival.html",
            row=row,
            dossier=dossier,
            raw=masked_raw(row.raw, known),
            subject=mask.sentence(row.subject or "", known),
            why=mask.sentence(row.reason or "", known),
            named=namer(session),
        )


@bp.post("/tin-den/<int:arrival_id>/doc-lai")
@acting
def read_again(arrival_id: int) -> ResponseReturnValue:
    said = _("Đã xếp để đọc lại. Nếu vẫn chưa khớp, tin này trở lại danh sách.")
    return acted(carrier_events.parked_again, arrival_id, said, url_for("links.arrivals_page"))


@bp.post("/tin-den/<int:arrival_id>/da-xu-ly")
@acting
def settled(arrival_id: int) -> ResponseReturnValue:
    return acted(carrier_events.put_aside, arrival_id, _("Đã ghi: tin này đã xử lý."), url_for("links.arrivals_page"))
