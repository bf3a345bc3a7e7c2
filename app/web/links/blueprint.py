"""The room of the joined systems: whoever sees all offices looks, an administrator acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import CarrierOrder, DossierStep, InboxMessage, OutboxMessage, Refusal
from app.queries.partners.link_state import link_names
from app.services import audit
from app.texts import links as words
from app.texts import say
from app.texts.ages import age
from app.unit_of_work import UnitOfWork
from app.web.auth import current_staff, staff, staff_actor, visible_office_ids
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.session import language, now, transaction

Subject = TypeVar("Subject", int, UUID)
Message = TypeVar("Message", InboxMessage, OutboxMessage)

bp = Blueprint("links", __name__, url_prefix="/dieu-phoi/ket-noi")

SEE: Final = frozenset({Role.COORDINATOR, Role.ADMIN})
looking = staff(Role.COORDINATOR)
acting = staff(Role.ADMIN)

A_PAGE: Final = 50

TONES: Final = {
    "queued": "wait", "sent": "good", "refused": "bad", "parked": "bad", "late": "bad", "withdrawn": "neutral",
}  # fmt: skip
INBOX_TONES: Final = {"stored": "wait", "taken": "good", "ignored": "neutral", "parked": "bad"}


@bp.before_request
def all_offices_only() -> None:
    """A connection serves every office: an account of one office has nothing to look for here."""
    if visible_office_ids() is not None:
        raise DomainError("not_your_page", kind="forbidden")


def not_found() -> DomainError:
    return DomainError("not_found", kind="not_found")


def may_look() -> bool:
    """Whether the signed-in account may open this room: for links from other pages."""
    return current_staff().role in SEE and visible_office_ids() is None


def acted(
    act: Callable[[UnitOfWork, Subject, str, datetime], object], subject: Subject, said: str, back: str
) -> ResponseReturnValue:
    """Do what an administrator asked for, say so, and lead back."""
    with transaction() as session:
        act(session, subject, staff_actor(), now())
    flash(said, "good")
    return redirect(back, 303)


def opened(session: Session, kind: type[Message], key: int | UUID) -> Message:
    """One message, for a person: who opened it is written down. Raises `not_found`."""
    row = session.get(kind, key)
    if row is None:
        raise not_found()
    table = kind.__tablename__
    audit.record(session, staff_actor(), f"{table}.viewed", table, row.id, now(), link=row.link)
    return row


def chosen_link() -> str | None:
    return request.args.get("noi", "")[:80] or None


def namer(session: Session) -> Callable[[str], str]:
    """What a connection is called, by its name."""
    partners = link_names(session)
    return lambda name: words.link_in_words(name, partners.get(name, ""), language())


def names_of_links(session: Session) -> dict[str, object]:
    """For a list that one connection may be chosen of."""
    return {"chosen": chosen_link(), "names": link_names(session), "named": namer(session)}


def _one(sentences: Mapping[str, str], key: str, otherwise: str = "") -> str:
    return say(sentences.get(key, otherwise or key), language())


def kind_of(kind: str) -> str:
    return say(words.KINDS[kind], language()) if kind in words.KINDS else say(words.EVENT, language(), kind=kind)


def parked_why(inbox_message: InboxMessage) -> str:
    key = inbox_message.kind if inbox_message.kind == "unreadable" else inbox_message.reason or ""
    return _one(words.PARKED, key, words.PARKED_OTHERWISE)


def parked_to_do(inbox_message: InboxMessage) -> str:
    key = inbox_message.kind if inbox_message.kind == "unreadable" else inbox_message.reason or ""
    return _one(words.INBOX_TO_DO, key, words.INBOX_TO_DO_OTHERWISE)


def _state(outbox_message: OutboxMessage) -> str:
    return _one(words.STATES, outbox_message.state)


def _inbox_state(inbox_message: InboxMessage) -> str:
    return _one(words.INBOX_STATES, inbox_message.state)


def _milestone(key: str | None) -> str:
    return _one(words.MILESTONES, key) if key else ""


def _order_state(order: CarrierOrder) -> str:
    return _one(words.ORDER_STATES, order.state)


def _purpose(order: CarrierOrder) -> str:
    return _one(words.PURPOSES, order.purpose)


def _refusal_state(refusal: Refusal) -> str:
    return _one(words.REFUSALS, refusal.state)


def _step_state(step: DossierStep) -> str:
    return say(words.DOSSIER_STATES[step.state], language())


def _age(moment: datetime) -> str:
    return age(moment, now(), language())


def short_id(number_of: UUID) -> str:
    """Enough of a message's id to read out on the telephone."""
    return str(number_of)[:8]


@bp.context_processor
def _words() -> dict[str, object]:
    return {
        "room": _("Điều phối"),
        "may_act": current_staff().role is Role.ADMIN,
        "number": number,
        "age": _age,
        "kind_of": kind_of,
        "state_of": _state,
        "tones": TONES,
        "inbox_tones": INBOX_TONES,
        "inbox_state": _inbox_state,
        "milestone_of": _milestone,
        "order_state": _order_state,
        "purpose_of": _purpose,
        "refusal_state": _refusal_state,
        "step_state": _step_state,
        "short_id": short_id,
        "reason_of": lambda reason: words.reason_in_words(reason, language()),
        "fault_of": lambda fault: words.fault_in_words(fault, language()),
        "waiting_state": lambda state: _one(words.STATES, state),
        "parked_reason": lambda reason: _one(words.PARKED, reason, words.PARKED_OTHERWISE),
        "what_to_do": lambda state: _one(words.WHAT_TO_DO, state),
        "parked_why": parked_why,
        "parked_to_do": parked_to_do,
    }
