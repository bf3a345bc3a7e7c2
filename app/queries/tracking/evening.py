"""Who is to be told the evening before that the courier comes, and has not been told yet."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind, ProofKind
from app.domain.identity import Channel
from app.models import Errand, Message, ServiceRequest, Slot
from app.queries.tracking.told import AWAITED
from app.queries.visible import Offices, within


def untold(day: date, office_ids: Offices) -> tuple[ColumnElement[bool], ...]:
    """Conditions on errands and their slots."""
    told = (
        select(Message.id)
        .where(Message.trigger == func.concat("evening_before:", Errand.id, ":", Errand.slot_id))
        .exists()
    )
    return (Slot.day == day, ~Slot.closed, Errand.state.in_(AWAITED), ~told, *within(Errand.office_id, office_ids))


def evening_messages(session: Session, day: date, office_ids: Offices = None) -> dict[tuple[str, str], int]:
    """How many text messages would go out now, by template and language."""
    coded = (Errand.kind != ErrandKind.COLLECT) & (Errand.proof == ProofKind.CODE)
    wanted = (
        select(coded, ServiceRequest.language, func.count())
        .select_from(Errand)
        .join(Slot, Slot.id == Errand.slot_id)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .where(*untold(day, office_ids), ServiceRequest.channel.not_in([Channel.NONE, Channel.VOICE]))
        .group_by(coded, ServiceRequest.language)
    )
    return {
        ("evening_before_result" if has_code else "evening_before", language): count
        for has_code, language, count in session.execute(wanted)
    }
