"""What partners told and nobody could take: unknown codes, unknown orders, unreadable lines; read again, or settled."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import mask
from app.models import InboxMessage
from app.queries.partners import exchange
from app.services.inbox import carrier_events
from app.web.i18n import gettext as _
from app.web.links.blueprint import A_PAGE, acted, acting, bp, chosen_link, looking, namer, names_of_links, opened
from app.web.links.messages import masked_raw
from app.web.session import transaction


@bp.get("/tin-den")
@looking
def inbox_page() -> ResponseReturnValue:
    with transaction() as session:
        found, total = exchange.parked(session, chosen_link(), A_PAGE)
        return render_template(
            "links/inbox.html",
            rows=found,
            total=total,
            subject=lambda row: mask.sentence(row.subject or ""),
            **names_of_links(session),
        )


@bp.get("/tin-den/<int:inbox_message_id>")
@looking
def inbox_message_page(inbox_message_id: int) -> ResponseReturnValue:
    with transaction() as session:
        row = opened(session, InboxMessage, inbox_message_id)
        dossier = exchange.dossier_of_inbox_message(session, row)
        known = exchange.known_of(dossier)
        return render_template(
            "links/inbox_message.html",
            row=row,
            dossier=dossier,
            raw=masked_raw(row.raw, known),
            subject=mask.sentence(row.subject or "", known),
            why=mask.sentence(row.reason or "", known),
            named=namer(session),
        )


@bp.post("/tin-den/<int:inbox_message_id>/doc-lai")
@acting
def read_again(inbox_message_id: int) -> ResponseReturnValue:
    said = _("Đã xếp để đọc lại. Nếu vẫn chưa khớp, tin này trở lại danh sách.")
    return acted(carrier_events.parked_again, inbox_message_id, said, url_for("links.inbox_page"))


@bp.post("/tin-den/<int:inbox_message_id>/da-xu-ly")
@acting
def settled(inbox_message_id: int) -> ResponseReturnValue:
    return acted(
        carrier_events.put_aside, inbox_message_id, _("Đã ghi: tin này đã xử lý."), url_for("links.inbox_page")
    )
