"""What a citizen waits for: to be called, to be told, to be answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import String, cast, exists, select
from sqlalchemy.orm import Session, joinedload

from app.domain.errand import OPEN, ErrandKind
from app.domain.identity import Channel
from app.domain.templates import as_kept
from app.models import AuditEvent, CallbackWish, Errand, Message, NamedReceiver, Office, ServiceRequest
from app.queries.attention.task import AttentionTask
from app.queries.desks.voice import open_complaints
from app.queries.tracking.booking_wishes import open_wishes
from app.queries.tracking.open_requests import open_requests
from app.queries.tracking.told import callers, to_call
from app.queries.tracking.unsent import unsent
from app.queries.visible import Offices, within


def wishes(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    """Citizens who asked to be called; their number is behind the reference, never on the board."""
    rows = session.scalars(
        select(CallbackWish)
        .where(CallbackWish.done_at.is_(None), *within(CallbackWish.office_id, office_ids))
        .options(joinedload(CallbackWish.request).joinedload(ServiceRequest.applicant), joinedload(CallbackWish.office))
        .order_by(CallbackWish.due_at, CallbackWish.id)
    ).all()
    also = open_requests(session, {number for row in rows if (number := _number(row.request))}, office_ids)
    for row in rows:
        task = AttentionTask("call_back", row.request.reference, row.office.name, row.asked_at, wish_id=row.id)
        of_number = also.get(_number(row.request) or "", [])
        others = tuple(reference for reference in of_number if reference != row.request.reference)
        yield replace(task, due_at=row.due_at, others=others)


def _number(request: ServiceRequest) -> str | None:
    return request.applicant.phone or request.helper_phone


def calls_to_book(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    """Citizens without a request: the number itself is the task."""
    calls = open_wishes(session, office_ids)
    also = open_requests(session, {call.phone for call in calls}, office_ids)
    for call in calls:
        wish = call.wish
        task = AttentionTask("call_to_book", "", wish.office.name, wish.asked_at, call=call)
        yield replace(task, due_at=wish.due_at, others=tuple(also.get(call.phone, ())))


RECEIVER_TOLD: Final = "receiver.told"
"""The audit action that says: whoever asked has heard, by voice or on paper, whom staff named to receive instead."""


def receivers_untold(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    """Named by staff for somebody whom no message of ours reaches: a stranger may have called, so that somebody tells them."""
    told = exists().where(
        AuditEvent.action == RECEIVER_TOLD,
        AuditEvent.object_kind == "request",
        AuditEvent.object_id == cast(NamedReceiver.request_id, String),
        AuditEvent.at >= NamedReceiver.named_at,
    )
    rows = session.execute(
        select(ServiceRequest.reference, Office.name, NamedReceiver.named_at)
        .join(NamedReceiver, NamedReceiver.request_id == ServiceRequest.id)
        .join(Errand, Errand.request_id == ServiceRequest.id)
        .join(Office, Office.id == Errand.office_id)
        .where(
            NamedReceiver.named_by.startswith("staff:"),
            ServiceRequest.channel == Channel.NONE,
            Errand.kind == ErrandKind.DELIVER,
            Errand.state.in_(OPEN),
            *within(Errand.office_id, office_ids),
            ~told,
        )
        .distinct()
        .order_by(NamedReceiver.named_at, ServiceRequest.reference)
    )
    for reference, office, named_at in rows:
        yield AttentionTask("receiver_untold", reference, office, named_at)


def complaints(session: Session, today: date, office_ids: Offices) -> Iterator[AttentionTask]:
    """Those whose day is over, and those that only wait for somebody who is not complained of."""
    for row in open_complaints(session, office_ids):
        kind = "complaint_overdue" if row.due_on < today else "complaint_to_sign"
        if row.due_on < today or row.written_by is not None:
            yield AttentionTask(kind, row.number, row.office.name, row.lodged_at, complaint_id=row.id)


def not_sent(session: Session, today: date, office_ids: Offices) -> Iterator[AttentionTask]:
    names = callers(session)
    for message, reference, office, office_id in unsent(session, today, office_ids):
        kind = "to_call" if message.error == "voice" else "not_sent"
        yield _of_message(kind, message, reference, office, names.get(office_id, ""))


def not_arrived(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Visits ahead of which nobody knows whether their household was told."""
    names = callers(session)
    for message, errand in to_call(session, now, office_ids):
        caller = names.get(errand.office_id, "")
        yield _of_message("not_arrived", message, errand.request.reference, errand.office.name, caller)


def _of_message(kind: str, message: Message, reference: str, office: str, caller: str) -> AttentionTask:
    said = as_kept(message.body)
    return AttentionTask(kind, reference, office, message.created_at, message_id=message.id, said=said, caller=caller)
