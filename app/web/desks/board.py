"""The day at a desk and at a counter; the desk's word that originals need not come back."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Desk, Office
from app.queries.custody.claims import open_claims, reported
from app.queries.custody.confirmations import unanswered
from app.queries.custody.incidents import open_incidents
from app.queries.desks import holdings
from app.queries.desks.due_dates import ApologyOwed, MovedAgain, apologies_owed, moved_again
from app.queries.desks.entitlements import to_confirm, to_pack
from app.queries.desks.missing_today import missing_today
from app.queries.desks.safe_counts import open_count
from app.queries.desks.transfers import transfer_day
from app.queries.visits.suspicions import suspected_phones
from app.services.desks import counting as at_desk
from app.services.desks import due_dates
from app.texts import say
from app.texts.transfers import MOVED_AGAIN, OWED, OWED_AFTER_REDATING
from app.web.auth import staff, staff_actor
from app.web.desks.answering import split
from app.web.desks.blueprint import counter_bp, couriers_here, desk_bp, here, own_desk, own_office, safe_beside
from app.web.desks.reconciling import reconcile_now
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction


@desk_bp.get("/")
@staff(Role.DESK_CLERK)
def today() -> ResponseReturnValue:
    with transaction() as session:
        desk = session.get_one(Desk, own_desk())
        day = holdings.desk_day(session, desk)
        told, _rest = split(unanswered(session, here()), here())
        return render_template(
            "desks/desk.html",
            desk=desk,
            day=day,
            reconcile=reconcile_now(session, now()),
            missing=missing_today(session, desk, now()),
            told=told,
            today=local_day(now()),
            owed=apologies_owed(session, desk.id, local_day(now())),
            moved_again=moved_again(session, desk.id),
            post=safe_beside(session, desk),
            transfers=transfer_day(session, desk.id, now()),
            to_confirm=len(to_confirm(session, desk.id)),
            to_pack=len(to_pack(session, desk.id)),
        )


@desk_bp.context_processor
def _due_words() -> dict[str, object]:
    return {"owed_sentence": _owed_sentence, "moved_again_sentence": _moved_again_sentence}


def _owed_sentence(line: ApologyOwed) -> str:
    return say(OWED_AFTER_REDATING if line.moved else OWED[line.hint], language(), due=line.dossier.due_on)


def _moved_again_sentence(line: MovedAgain) -> str:
    return say(MOVED_AGAIN, language(), before=line.before, due=line.dossier.due_on)


@desk_bp.post("/ngay-hen/<uuid:dossier_id>/da-xem")
@staff(Role.DESK_CLERK)
def due_checked(dossier_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        due_dates.checked(session, dossier_id, own_desk(), staff_actor(), now())
    flash(_("Đã ghi: ngày hẹn trả này đã được xem lại."), "good")
    return redirect(url_for("desks.today"), 303)


@desk_bp.post("/mien-ban-chinh/<uuid:errand_id>")
@staff(Role.DESK_CLERK)
def waive(errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        if errand_id not in {errand.id for errand in holdings.papers_due_at(session, own_desk())}:
            raise DomainError("not_found", kind="not_found")
        at_desk.waive_papers_due(session, errand_id, staff_actor(), now())
    flash(_("Đã ghi: bưu tá trả kết quả mà không thu bản chính."), "good")
    return redirect(url_for("desks.today"), 303)


@counter_bp.get("/", endpoint="today")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def counter_today() -> ResponseReturnValue:
    today = local_day(now())
    with transaction() as session:
        office = session.get_one(Office, own_office())
        day = holdings.office_day(session, office.id, today)
        told, between = split(unanswered(session, here(), *couriers_here(session)), here())
        return render_template(
            "desks/counter.html",
            office=office,
            day=day,
            told=told,
            between=between,
            incidents=len(open_incidents(session, {office.id})),
            claims=open_claims(session, {office.id}),
            suspected=suspected_phones(session, {office.id}),
            reported=reported(session, {office.id}),
            to_count=open_count(session, office.id),
            today=today,
        )
