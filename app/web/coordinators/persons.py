"""One person's data: what there is, as a file; and the erasure, whose every step a person decides.

For who sees the whole province alone: a person's requests lie with any office.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from uuid import UUID

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain import mask
from app.domain.erasing import ErasePerson, TextDecision
from app.domain.errors import DomainError
from app.domain.identity import masked_phone
from app.domain.personal_data import COLUMNS, rules_with
from app.models import ServiceRequest
from app.queries.tracking import requests as asked
from app.queries.tracking.lookalikes import Lookalike, lookalikes
from app.services import audit
from app.services.evidence.erasure import erase_person
from app.services.evidence.free_texts import FreeText, texts_of
from app.services.evidence.names import words_of
from app.services.evidence.person_export import export_person, packed
from app.texts import say
from app.texts.personal_data import MATCHES, TEXTS, notice
from app.web.auth import staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating, not_found
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, settings, transaction

KEEP, DELETE, REDACT = "keep", "delete", "redact"
HELPER = "helper:"
KEPT = frozenset(one.rule for one in COLUMNS if one.kept_by_law)


def check_sees_all() -> None:
    """Raise `not_found` for an account of one office."""
    if visible_office_ids() is not None:
        raise not_found()


@bp.get("/yeu-cau/<reference>/du-lieu")
@coordinating
def person_page(reference: str) -> ResponseReturnValue:
    """`?chon=` names who is ticked; without it nobody but the applicant of this request."""
    check_sees_all()
    with transaction() as session:
        found = asked.by_reference(session, reference)
        audit.record(session, staff_actor(), "person.viewed", "applicant", found.applicant_id, now())
        return _page(session, found, request.args.getlist("chon") or [str(found.applicant_id)], {})


@bp.post("/yeu-cau/<reference>/du-lieu/tai-ve")
@coordinating
def export_person_action(reference: str) -> ResponseReturnValue:
    check_sees_all()
    with transaction() as session:
        found = asked.by_reference(session, reference)
        applicants, _helped = _ticked(session, found, request.form.getlist("chon"))
        rules = rules_with(settings().keep)
        body = packed(export_person(session, applicants, rules, staff_actor(), now(), language()))
    return send_file(
        BytesIO(body), mimetype="application/zip", download_name=f"{found.reference}.zip", as_attachment=True
    )


@bp.post("/yeu-cau/<reference>/du-lieu/xoa")
@coordinating
def erase_person_action(reference: str) -> ResponseReturnValue:
    check_sees_all()
    with transaction() as session:
        found = asked.by_reference(session, reference)
    try:
        with transaction() as session:
            applicants, helped = _ticked(session, found, request.form.getlist("chon"))
            texts = _decisions(texts_of(session, applicants, helped))
            basis = request.form.get("legal_basis", "")
            erase_person(session, ErasePerson(applicants, staff_actor(), now(), basis, helped, texts))
    except DomainError as refusal:
        with transaction() as session:
            again = asked.by_reference(session, reference)
            return _page(session, again, request.form.getlist("chon"), by_field(refusal)), 422
    flash(
        _("Đã xóa dữ liệu của người này. Chuỗi giao nhận vẫn nguyên; bản sao lưu cũ không đưa dữ liệu trở lại."), "good"
    )
    return redirect(url_for("coordinators.show_request", reference=found.reference), 303)


def _ticked(session: Session, found: ServiceRequest, ticks: Sequence[str]) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Applicants, and requests of others; only what was proposed counts, so that no id of anybody else slips in."""
    proposed = lookalikes(session, found)
    applicants = {one.request.applicant_id for one in proposed if not one.as_helper} | {found.applicant_id}
    helped = {one.request.id for one in proposed if one.as_helper}
    return (
        tuple(sorted(one for one in applicants if str(one) in ticks)),
        tuple(sorted(one for one in helped if HELPER + str(one) in ticks)),
    )


def _decisions(texts: Sequence[FreeText]) -> tuple[TextDecision, ...]:
    """The person's own texts go unless redacted; what stands elsewhere stays unless somebody decided."""
    decided = []
    for one in texts:
        choice = request.form.get(f"do_{one.key}", DELETE if one.linked else KEEP)
        if choice != KEEP or one.linked:
            redacted = request.form.get(f"text_{one.key}", "") if choice == REDACT else None
            decided.append(TextDecision(one.table, one.column, one.row, redacted))
    return tuple(decided)


def _page(session: Session, found: ServiceRequest, ticks: Sequence[str], errors: Mapping[str, str]) -> str:
    proposed = lookalikes(session, found)
    applicants, helped = _ticked(session, found, ticks)
    texts = texts_of(session, applicants, helped)
    known = mask.PersonalWords.of(words_of(session, applicants, helped), ())
    rules = rules_with(settings().keep)
    kept = notice({key: rule for key, rule in rules.items() if key in KEPT}, language())
    return render_template(
        "coordinators/person.html",
        row=found,
        proposed=[_shown(one) for one in proposed],
        ticks=ticks,
        open=[one.reference for one in proposed if one.open_errands and _tick_of(one) in ticks],
        texts=texts,
        suggested={one.key: mask.sentence(one.text, known) for one in texts},
        where={one.key: say(TEXTS[f"{one.table}.{one.column}"], language()) for one in texts},
        kept=kept,
        given=request.form,
        errors=errors,
    )


def _tick_of(one: Lookalike) -> str:
    return HELPER + str(one.request.id) if one.as_helper else str(one.request.applicant_id)


def _shown(one: Lookalike) -> dict[str, object]:
    asked_for = one.request
    name, phone = (
        (asked_for.helper_name, asked_for.helper_phone)
        if one.as_helper
        else (asked_for.applicant.name, asked_for.applicant.phone)
    )
    return {
        "tick": _tick_of(one),
        "reference": one.reference,
        "created_at": one.created_at,
        "name": name or "–",
        "phone": masked_phone(phone) if phone else "–",
        "unit": asked_for.place.unit.name,
        "helper": one.as_helper,
        "open": one.open_errands,
        "matches": ", ".join(say(MATCHES[match], language()) for match in one.matches),
    }
