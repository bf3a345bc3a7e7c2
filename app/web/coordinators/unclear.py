"""Facts from phones that a person has to look at: what happened, the way out, and "looked at" with a note."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.operation import OperationResult
from app.queries.custody import quarantine
from app.queries.custody.quarantine import Unclear
from app.services import sync
from app.texts import say
from app.texts.phones import KINDS, REJECTED, REVIEWS, UNNAMED
from app.texts.sync import REVIEWS as READ_ON_PHONE
from app.web.auth import check_office, staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating, not_found
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

A_PAGE = 30


@bp.get("/can-xem")
@coordinating
def unclear_page() -> ResponseReturnValue:
    with transaction() as session:
        return _page(session, {}, None)


def _page(session: Session, errors: dict[str, str], at: UUID | None) -> str:
    offices = visible_office_ids()
    return render_template(
        "coordinators/unclear.html",
        facts=quarantine.unclear(session, offices, A_PAGE),
        total=quarantine.how_many(session, offices),
        strays=quarantine.strays(session, offices),
        kind=lambda fact: say(KINDS[fact.kind], language()),
        sentences=_sentences,
        told=_told,
        errors=errors,
        at=at,
        given=request.form,
    )


def _sentences(fact: Unclear) -> list[str]:
    """One a review: what happened, and what to do."""
    said = [
        say(REVIEWS[code], language()) if code in REVIEWS else say(UNNAMED, language(), code=code)
        for code in fact.reviews
    ]
    return [*said, say(REJECTED, language())] if fact.result is OperationResult.REJECTED else said


def _told(fact: Unclear) -> list[str]:
    """What the courier read, in the language of who looks."""
    return [
        review.detail
        if review.params is None or review.code not in READ_ON_PHONE
        else say(READ_ON_PHONE[review.code], language(), **review.params)
        for review in fact.told
    ]


@bp.post("/can-xem/<uuid:operation_id>")
@coordinating
def looked_at(operation_id: UUID) -> ResponseReturnValue:
    try:
        with transaction() as session:
            _check_seen(session, operation_id)
            sync.settle(session, operation_id, staff_actor(), request.form.get("note", ""), now())
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        with transaction() as session:
            return _page(session, by_field(refusal), operation_id), 422
    flash(_("Đã ghi cách xử lý."), "good")
    return redirect(url_for("coordinators.unclear_page"), 303)


def _check_seen(session: Session, operation_id: UUID) -> None:
    """Settled meanwhile by somebody else: nothing to check any more, and settling twice is settling once."""
    office_id = quarantine.office_of(session, operation_id)
    if office_id is None:
        raise not_found()
    check_office(office_id)
