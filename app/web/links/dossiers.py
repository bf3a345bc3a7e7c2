"""A dossier's whole exchange with the outside systems, masked. Every look is written down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import mask
from app.domain.mask import PersonalWords
from app.models import Dossier, InboxMessage, OutboxMessage, Refusal
from app.queries.partners import exchange
from app.queries.partners.exchange import Entry
from app.services import audit
from app.web.auth import staff_actor
from app.web.i18n import gettext as _
from app.web.links.blueprint import bp, looking, namer, not_found
from app.web.links.messages import masked_raw
from app.web.session import now, transaction

LONGEST = 60


class ExchangeLine(TypedDict):
    """An entry and what was said with it, masked."""

    entry: Entry
    said: str
    raw: str


@bp.get("/ho-so")
@looking
def find_dossier() -> ResponseReturnValue:
    wanted = request.args.get("ma", "").strip()[:LONGEST]
    errors = {}
    if wanted:
        with transaction() as session:
            found = exchange.find(session, wanted)
        if found is not None:
            return redirect(url_for("links.dossier_page", dossier_id=found.id))
        errors = {"ma": _("Không có hồ sơ, đơn hay bưu gửi nào mang mã này. Xin kiểm tra lại mã.")}
    return render_template("links/find_dossier.html", wanted=wanted, errors=errors), 404 if errors else 200


@bp.get("/ho-so/<uuid:dossier_id>")
@looking
def dossier_page(dossier_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        dossier = session.get(Dossier, dossier_id)
        if dossier is None:
            raise not_found()
        audit.record(session, staff_actor(), "exchange.viewed", "dossier", dossier.id, now())
        known = exchange.known_of(dossier)
        return render_template(
            "links/dossier.html",
            dossier=dossier,
            reference=dossier.request.reference,
            lines=_lines(exchange.story(session, dossier), known),
            named=namer(session),
        )


def _lines(entries: Iterable[Entry], known: PersonalWords) -> list[ExchangeLine]:
    return [ExchangeLine(entry=entry, said=_said(entry, known), raw=_raw(entry, known)) for entry in entries]


def _said(entry: Entry, known: PersonalWords) -> str:
    match entry.row:
        case OutboxMessage(said=said):
            return mask.sentence(said or "", known)
        case Refusal(reason=reason):
            return mask.sentence(reason, known)
        case _:
            return ""


def _raw(entry: Entry, known: PersonalWords) -> str:
    return masked_raw(entry.row.raw, known) if isinstance(entry.row, OutboxMessage | InboxMessage) else ""
