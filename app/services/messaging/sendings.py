"""What becomes of a message at its operators: asked, taken, arrived or failed; every word may come late, twice or in any order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain import sending as rules
from app.domain.sending import OperatorWord, SendingState
from app.domain.templates import is_secret
from app.jobs import defer
from app.models import Message, Sending
from app.unit_of_work import UnitOfWork


def of_message(session: Session, message: Message) -> list[Sending]:
    """Of this promise, in their order: what was asked before a person had it sent again is past."""
    wanted = select(Sending).where(Sending.message_id == message.id, Sending.began_at >= message.created_at)
    return list(session.scalars(wanted.order_by(Sending.began_at, Sending.id)))


def begin(
    session: Session, message: Message, channel: str, now: datetime, *, reports: bool, is_repeat: bool
) -> Sending:
    """The operator is about to be asked: kept before it is, so that a worker that is killed leaves a trace.

    Never before its promise, whatever a clock that was put back says: it would count as one of an earlier promise.
    """
    row = Sending(
        id=uuid4(),
        message_id=message.id,
        channel=channel,
        state=SendingState.BEGUN,
        is_repeat=is_repeat,
        tries=0,
        reports=reports,
        began_at=max(now, message.created_at),
    )
    session.add(row)
    session.flush()
    return row


def taken(session: Session, sending_id: UUID, operator_id: str | None, now: datetime) -> str:
    """The operator has it; its report may have been quicker. Returns the message's state."""
    message, row = _held(session, sending_id)
    row.operator_id = row.operator_id or operator_id
    row.taken_at = row.taken_at or now
    state = SendingState.TAKEN if row.reports else SendingState.SENT
    if rules.moves(row.state, state):
        row.state, row.code = state, None
        _follow(message, row, now)
    return message.state


def put_off(session: Session, sending_id: UUID, code: str, now: datetime, *, unsure: bool, most: int) -> int | None:
    """The operator did not take it, or its answer was lost (`unsure`). How often it was asked; None: it is asked no more."""
    _, row = _held(session, sending_id)
    if row.state not in rules.UNKNOWN:
        return row.tries  # its report was quicker: the message is looked at again
    row.tries, row.code = row.tries + 1, code
    if unsure or row.state is SendingState.UNCLEAR:
        row.state = SendingState.UNCLEAR
        return row.tries
    if row.tries < most:
        row.state = SendingState.WAITING
        return row.tries
    _end(row, SendingState.FAILED, code, now)
    return None


def leave(row: Sending, now: datetime) -> None:
    """An operator that did not take it, and is away or no longer ours, is asked no more: the next one is."""
    _end(row, SendingState.FAILED, row.code or "away", now)


def refused(session: Session, sending_id: UUID, code: str, now: datetime) -> None:
    """The operator will not take it: another channel may. Not a code of which an earlier answer was lost: it may be out."""
    message, row = _held(session, sending_id)
    if row.state is SendingState.UNCLEAR and is_secret(message.template):
        row.code, row.tries = code, rules.MOST_TRIES
    elif row.state not in rules.ENDS:
        _end(row, SendingState.FAILED, code, now)


def hear(work: UnitOfWork, channel: str, word: OperatorWord, now: datetime) -> bool:
    """An operator tells what became of a message that we gave it. False: we gave it no such message."""
    named = _named(work, channel, word)
    if named is None:
        return False
    message, row = _held(work, named)
    row.operator_id = row.operator_id or word.operator_id
    if not rules.moves(row.state, word.state):
        return True
    row.taken_at = row.taken_at or now
    row.state, row.code = word.state, word.code
    if word.state in rules.ENDS:
        row.settled_at = now
    if word.state is SendingState.FAILED:
        _failed_there(work, message, row)
    else:
        _follow(message, row, now)
    return True


def under_way(session: Session, channel: str, now: datetime, at_most: int) -> Sequence[Sending]:
    """Those whose operator may know more by now: asked after two minutes, then whenever they have waited twice as long.

    Whoever does ask notes it with `asked`.
    """
    waited = func.coalesce(Sending.asked_at, Sending.taken_at) - Sending.taken_at
    due = func.greatest(waited, rules.FIRST_ASKED_AFTER)
    wanted = select(Sending).where(
        Sending.channel == channel,
        Sending.state.in_([SendingState.TAKEN, SendingState.SENT]),
        Sending.reports,
        Sending.operator_id.is_not(None),
        Sending.began_at > now - rules.ASKED_FOR,
        func.coalesce(Sending.asked_at, Sending.taken_at) + due <= now,
    )
    return session.scalars(wanted.order_by(Sending.asked_at.nulls_first(), Sending.id).limit(at_most)).all()


def asked(session: Session, row: Sending, now: datetime) -> bool:
    """Its operator is about to be asked. False: somebody else asked since the row was read."""
    unasked = (Sending.id == row.id, Sending.asked_at.is_not_distinct_from(row.asked_at))
    noted = update(Sending).where(*unasked).values(asked_at=now).returning(Sending.id)
    return session.execute(noted, execution_options={"synchronize_session": False}).first() is not None


def close_unclear(work: UnitOfWork, now: datetime, at_most: int) -> int:
    """Messages of which nobody ever heard whether they were taken become a person's task; how many."""
    wanted = select(Sending.id).where(
        Sending.state == SendingState.UNCLEAR, Sending.began_at < now - rules.NO_NEWS_AFTER
    )
    ids = work.scalars(wanted.order_by(Sending.id).limit(at_most)).all()
    for sending_id in ids:
        message, row = _held(work, sending_id)
        if row.state is SendingState.UNCLEAR:
            _end(row, SendingState.FAILED, row.code, now)
            if not _is_past(message, row):
                _fail_unless_open(work, message, row)
    return len(ids)


def _named(session: Session, channel: str, word: OperatorWord) -> UUID | None:
    """The sending by our reference, which no other operator was told, or by theirs."""
    mine = select(Sending.id).where(Sending.channel == channel).limit(1)
    with suppress(ValueError):
        ours = session.scalar(mine.where(Sending.id == UUID(word.reference))) if word.reference else None
        if ours is not None:
            return ours
    return session.scalar(mine.where(Sending.operator_id == word.operator_id)) if word.operator_id else None


def _held(session: Session, sending_id: UUID) -> tuple[Message, Sending]:
    """The message first, whoever comes: then no two wait for each other."""
    message_id = select(Sending.message_id).where(Sending.id == sending_id).scalar_subquery()
    fresh = {"populate_existing": True}
    message = session.scalars(
        select(Message).where(Message.id == message_id).with_for_update(), execution_options=fresh
    ).one()
    row = session.scalars(
        select(Sending).where(Sending.id == sending_id).with_for_update(), execution_options=fresh
    ).one()
    return message, row


def _end(row: Sending, state: SendingState, code: str | None, now: datetime) -> None:
    row.state, row.code, row.settled_at = state, code, now


def _is_past(message: Message, row: Sending) -> bool:
    """Was this asked before a person had the message sent again? Then nothing but its arrival says anything of today's."""
    return row.began_at < message.created_at


def _follow(message: Message, row: Sending, now: datetime) -> None:
    """The message is as far as the furthest of its sendings; its own end stays."""
    if message.state in rules.MESSAGE_ENDS or (message.state == "sent" and row.state is SendingState.TAKEN):
        return
    if _is_past(message, row) and row.state is not SendingState.DELIVERED:
        return
    message.state, message.error = row.state.value, None
    message.sent_at = message.sent_at or now


def _failed_there(work: UnitOfWork, message: Message, row: Sending) -> None:
    """What an operator took did not arrive. A code is never sent a second time; anything else may go by another channel."""
    if message.state in rules.MESSAGE_ENDS or _is_past(message, row):
        return
    if is_secret(message.template):
        _fail_unless_open(work, message, row)
    elif not _open(work, message):
        message.state = "queued"
        defer(work, "deliver_message", {"message_id": str(message.id)})


def _fail_unless_open(session: Session, message: Message, row: Sending) -> None:
    session.flush()
    if message.state not in rules.MESSAGE_ENDS and not _open(session, message):
        message.state, message.error = "failed", f"{row.channel}: {row.code or 'unclear'}"


def _open(session: Session, message: Message) -> bool:
    """Is another sending of it still on its way, or in the hands of a job? One that waits has its job while it is queued."""
    session.flush()
    waits = {SendingState.WAITING} if message.state == "queued" else set()
    return any(one.state in rules.OUT | waits for one in of_message(session, message))
