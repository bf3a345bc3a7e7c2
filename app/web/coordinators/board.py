"""The board of a day: figures, plans, and what waits for a person."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.models import CallbackWish
from app.queries import attention
from app.queries.planning import board
from app.queries.planning.plans import newest_planning
from app.queries.reference.calendar import calendar
from app.queries.tracking.unsent import office_of_message
from app.services import audit
from app.services.booking import callbacks
from app.services.messaging import messages
from app.texts import say
from app.texts.attention import TASKS
from app.texts.planning import UNSERVED
from app.web.auth import check_office, staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, chosen_day, coordinating, not_found
from app.web.coordinators.bulk import evening_cost
from app.web.coordinators.requests import seen_request
from app.web.i18n import gettext as _
from app.web.i18n import local_moment
from app.web.session import language, now, transaction

MOST_TASKS = 60
LONGEST = 40  # of a reference


@bp.get("/")
@coordinating
def day() -> ResponseReturnValue:
    with transaction() as session:
        chosen, offices, working = chosen_day(session), visible_office_ids(), calendar(session)
        found = attention.tasks(session, chosen, now(), offices)
        return render_template(
            "coordinators/day.html",
            day=chosen,
            today=local_day(now()),
            before=working.previous_working(chosen),
            after=working.next_working(chosen),
            closed=None if working.is_working(chosen) else working.names.get(chosen, ""),
            counts=board.day_counts(session, chosen, offices),
            by_carrier=board.visited_by_carrier(session, chosen, offices),
            plans=board.plan_lines(session, chosen, offices),
            order=newest_planning(session, chosen) if offices is None else None,
            evening_cost=evening_cost(session, chosen),
            tasks=found[:MOST_TASKS],
            more_tasks=max(0, len(found) - MOST_TASKS),
            sentence=_sentence,
        )


def _sentence(task: attention.AttentionTask) -> str:
    reason = f" {say(UNSERVED[task.reason], language())}" if task.reason else ""
    due = {"due": local_moment(task.due_at)} if task.due_at is not None else {}
    return say(TASKS[task.kind], language(), **due) + reason


@bp.post("/ma-chua-khop/<int:attempt_id>")
@coordinating
def check_proof(attempt_id: int) -> ResponseReturnValue:
    """Somebody has asked the citizen: the task ends, and who ended it is known."""
    with transaction() as session:
        attempt = attention.attempt_to_check(session, attempt_id)
        if attempt is None:
            raise not_found()
        check_office(attempt.errand.office_id)
        audit.record(session, staff_actor(), attention.CHECKED, "attempt", attempt.id, now())
    flash(_("Đã ghi nhận: người nhận xác nhận đã có kết quả."), "good")
    return redirect(url_for("coordinators.day", ngay=_back_to()), 303)


@bp.post("/goi-lai/<int:wish_id>")
@coordinating
def called_back_action(wish_id: int) -> ResponseReturnValue:
    with transaction() as session:
        wish = session.get(CallbackWish, wish_id, with_for_update=True)
        if wish is None:
            raise not_found()
        check_office(wish.office_id)
        callbacks.called_back(session, wish, staff_actor(), now())
    flash(_("Đã ghi là đã gọi lại."), "good")
    return redirect(url_for("coordinators.day", ngay=_back_to()), 303)


@bp.post("/nguoi-nhan-thay/<reference>/da-bao")
@coordinating
def receiver_told_action(reference: str) -> ResponseReturnValue:
    """Somebody has told whoever asked: the task ends, and who ended it is known."""
    with transaction() as session:
        row = seen_request(session, reference)
        audit.record(session, staff_actor(), attention.RECEIVER_TOLD, "request", row.id, now())
    flash(_("Đã ghi nhận: người dân đã được báo."), "good")
    return redirect(url_for("coordinators.day", ngay=_back_to()), 303)


@bp.post("/tin-nhan/<uuid:message_id>/gui-lai")
@coordinating
def resend_message(message_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        _check_message(session, message_id)
        messages.resend(session, message_id, staff_actor(), now())
    flash(_("Đã xếp tin nhắn để gửi lại."), "good")
    reference = request.form.get("yeu_cau", "")[:LONGEST]
    if reference:
        return redirect(url_for("coordinators.show_request", reference=reference, _anchor="messages"), 303)
    return redirect(url_for("coordinators.day", ngay=_back_to()), 303)


@bp.post("/tin-nhan/<uuid:message_id>/da-bao")
@coordinating
def told_otherwise(message_id: UUID) -> ResponseReturnValue:
    """Somebody has called the citizen: the task ends, and who ended it is known."""
    with transaction() as session:
        _check_message(session, message_id)
        messages.told_otherwise(session, message_id, staff_actor(), now())
    flash(_("Đã ghi nhận: người dân đã được báo."), "good")
    return redirect(url_for("coordinators.day", ngay=_back_to()), 303)


def _check_message(session: Session, message_id: UUID) -> None:
    office_id = office_of_message(session, message_id)
    if office_id is None:
        raise not_found()
    check_office(office_id)


def _back_to() -> str | None:
    try:
        return date.fromisoformat(request.form.get("ngay", "")).isoformat()
    except ValueError:
        return None
