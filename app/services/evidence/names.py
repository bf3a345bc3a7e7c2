"""The names and telephones of a person, and what holds them outside the person's own rows: the wire, and codes to a telephone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, func, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.erasing import ErasePerson
from app.domain.errors import DomainError
from app.models import Applicant, InboxMessage, Message, NamedReceiver, OutboxMessage, ServiceRequest

SHORTEST = 4  # letters: shorter names stand in half of all notes


def words_of(session: Session, applicant_ids: Sequence[UUID], helped: Sequence[UUID] = ()) -> list[str]:
    """Names and telephones of these applicants, of who helped them, and the names of who may receive instead."""
    who = select(Applicant.name, Applicant.phone).where(Applicant.id.in_(applicant_ids))
    helpers = select(ServiceRequest.helper_name, ServiceRequest.helper_phone).where(
        or_(ServiceRequest.applicant_id.in_(applicant_ids), ServiceRequest.id.in_(helped))
    )
    instead = select(NamedReceiver.name).join(ServiceRequest, ServiceRequest.id == NamedReceiver.request_id)
    named = instead.where(ServiceRequest.applicant_id.in_(applicant_ids))
    found = (*session.execute(who), *session.execute(helpers), *session.execute(named))
    words = {word for row in found for word in row if word}
    return sorted(word for word in words if len(word) >= SHORTEST)


def check_basis(session: Session, command: ErasePerson) -> None:
    """The basis stays in the audit for years: raise `legal_basis_names_person` when it holds what is to be erased."""
    said = command.legal_basis.casefold()
    if any(word.casefold() in said for word in words_of(session, command.applicants, command.helped)):
        raise DomainError("legal_basis_names_person", kind="invalid", field="legal_basis")


def forget_what_names(session: Session, words: Sequence[str]) -> None:
    """Word-for-word copies of what partners said, and sent messages to a bare telephone: transient, so a neighbour's go, too."""
    if not words:
        return
    inbox, outbox = _bytes_say(InboxMessage.raw, words), _bytes_say(OutboxMessage.raw, words)
    said = or_(*(OutboxMessage.said.contains(word, autoescape=True) for word in words))
    bare = (Message.request_id.is_(None), Message.state != "queued", Message.recipient.in_(words))
    for change in (
        update(InboxMessage).where(inbox).values(raw=None),
        update(OutboxMessage).where(or_(outbox, said)).values(raw=None, said=None),
        update(Message).where(*bare).values(recipient=None, body="", params=None),
    ):
        session.execute(change.execution_options(synchronize_session=False))


def _bytes_say(column: InstrumentedAttribute[bytes | None], words: Sequence[str]) -> ColumnElement[bool]:
    """As UTF-8, or as JSON escapes it."""
    forms = {form for word in words for form in (word.encode(), json.dumps(word)[1:-1].encode())}
    return or_(*(func.position(literal(form, LargeBinary).op("in")(column)) > 0 for form in sorted(forms)))
