"""Messages that wait for a person: why, what to do, sent again or dropped; one message with what went out and came back."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import mask
from app.domain.mask import PersonalWords
from app.domain.outbox import FOR_A_PERSON
from app.models import OutboxMessage
from app.queries.partners import exchange
from app.services.outbox import queue
from app.texts import links as words
from app.texts import say
from app.web.i18n import gettext as _
from app.web.i18n import local_moment
from app.web.i18n import number as in_digits
from app.web.links.blueprint import A_PAGE, acted, acting, bp, chosen_link, looking, namer, names_of_links, opened
from app.web.session import language, transaction

MOST_RAW = 20_000  # letters of an answer that are masked
SHOWN = 4_000  # … and shown


@bp.get("/can-xu-ly")
@looking
def waiting_page() -> ResponseReturnValue:
    with transaction() as session:
        found, total = exchange.waiting(session, chosen_link(), A_PAGE)
        dossiers = exchange.dossiers_of(session, found)
        return render_template(
            "links/waiting.html",
            rows=found,
            total=total,
            dossiers=dossiers,
            said={row.id: mask.sentence(row.said or "", exchange.known_of(dossiers.get(row.id))) for row in found},
            **names_of_links(session),
        )


@bp.get("/gui/<uuid:outbox_message_id>")
@looking
def message_page(outbox_message_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        row = opened(session, OutboxMessage, outbox_message_id)
        dossier = exchange.dossier_of(session, row)
        known = exchange.known_of(dossier)
        return render_template(
            "links/message.html",
            row=row,
            dossier=dossier,
            behind=exchange.behind(session, row),
            waits=row.state in FOR_A_PERSON,
            said=mask.sentence(row.said or "", known),
            raw=masked_raw(row.raw, known),
            sent=[(say(words.FIELDS[one.key], language()), _shown(one)) for one in exchange.as_sent(session, row)],
            named=namer(session),
        )


def masked_raw(raw: bytes | None, known: PersonalWords) -> str:
    """An answer as it came, masked; the end of a long one is left out."""
    if raw is None:
        return ""
    text = raw[: MOST_RAW * 4].decode("utf-8", "replace")[:MOST_RAW]
    if len(text) == MOST_RAW:
        text = text.rpartition(" ")[0] or text[: MOST_RAW // 2]
    told = mask.answer(text, known)
    return told if len(told) <= SHOWN else told[:SHOWN] + " …"


def _shown(field: exchange.Field) -> str:
    if field.key == "state":
        return f"{field.value}: {say(words.DOSSIER_STATES[int(str(field.value))], language())}"
    if isinstance(field.value, str | int):
        return in_digits(field.value) if isinstance(field.value, int) else field.value or _("chưa có")
    return local_moment(field.value)


@bp.post("/gui/<uuid:outbox_message_id>/gui-lai")
@acting
def send_again(outbox_message_id: UUID) -> ResponseReturnValue:
    said = _("Đã xếp để gửi lại. Nếu bên kia nhận, việc này tự rời danh sách.")
    return acted(
        queue.replay, outbox_message_id, said, url_for("links.message_page", outbox_message_id=outbox_message_id)
    )


@bp.post("/gui/<uuid:outbox_message_id>/gui-ngay")
@acting
def send_now(outbox_message_id: UUID) -> ResponseReturnValue:
    back = url_for("links.message_page", outbox_message_id=outbox_message_id)
    return acted(queue.hurry, outbox_message_id, _("Đã xếp để gửi ngay."), back)


@bp.post("/gui/<uuid:outbox_message_id>/bo")
@acting
def drop(outbox_message_id: UUID) -> ResponseReturnValue:
    said = _("Đã ghi: không gửi nữa. Các việc sau của cùng hồ sơ được gửi tiếp.")
    return acted(queue.withdraw, outbox_message_id, said, url_for("links.waiting_page"))
