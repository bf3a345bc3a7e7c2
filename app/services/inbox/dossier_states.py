"""What the national exchange says of a dossier when it is asked: taken over where that is safe, else kept as a difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.agency import Caller, StateTold
from app.domain.dossier import FINAL
from app.domain.due_date import DueTold
from app.domain.errors import DomainError
from app.models import Dossier, OutboxMessage
from app.services.booking import pickups
from app.services.desks import dossier_steps, due_dates
from app.services.inbox import agency
from app.services.outbox import links, queue
from app.unit_of_work import UnitOfWork

AGAIN_AFTER: Final = timedelta(minutes=10)
BACKWARDS: Final = frozenset({1})  # "registered" says nothing that we don't know


class _Exchange(Caller):
    """The exchange speaks for every desk."""

    @property
    def by(self) -> str:
        return links.ONE_STOP

    @property
    def binding(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Heard:
    """What they hold now; `state` None: no such dossier, or a state that no table of ours knows. Times in UTC."""

    state: int | None
    at: datetime | None = None
    due_on: date | None = None


def to_ask(session: Session, now: datetime, most: int) -> list[tuple[UUID, str]]:
    """Open dossiers with a code that nobody asked about lately, those asked longest ago first."""
    stale = or_(Dossier.seen_at.is_(None), Dossier.seen_at <= now - AGAIN_AFTER)
    open_ones = select(Dossier.id, Dossier.code).where(Dossier.code.is_not(None), Dossier.state.not_in(FINAL), stale)
    rows = session.execute(open_ones.order_by(Dossier.seen_at.nulls_first(), Dossier.id).limit(most))
    return [(row.id, row.code) for row in rows]


def hear(work: UnitOfWork, dossier_id: UUID, heard: Heard, now: datetime) -> str:
    """Note it, and take it over where it is news. Returns `same`, `redated`, `learned`, `waiting`, `unknown` or `different`.

    `waiting`: something of ours is still on its way to them, so that they can't know. `different`: a refusal (that is asked
    for in two phases), a result that the post still carries, or a step back: a person decides, by the reconciliation.
    `redated`: the state is the same, the due date is another.
    """
    dossier = work.get_one(Dossier, dossier_id)
    if heard.state not in {None, dossier.state}:
        pickups.hold(work, dossier_id)  # before the dossier, which the next line writes
    dossier.seen_state, dossier.seen_at = heard.state, now
    if heard.state is None:
        return "unknown"
    if heard.state == dossier.state:
        return "redated" if _another_date(work, dossier, heard, now) else "same"
    if _on_its_way(work, dossier):
        return "waiting"
    last = dossier_steps.last_step(work, dossier)
    moment = min(now, heard.at or now)
    if heard.state in BACKWARDS or dossier.state in FINAL:
        return "different"
    if last is not None and moment < last.at:
        moment = now  # their clock is not ours: what they hold now is later than what they were told before
    told = StateTold(dossier.code or "", heard.state, dossier.sub_state, moment, heard.due_on)
    try:
        with work.begin_nested():
            agency.tell_state(work, told, _Exchange(0, dossier.desk_id, now))
    except DomainError:
        return "different"
    return "learned" if dossier.state == heard.state else "different"


def _another_date(session: Session, dossier: Dossier, heard: Heard, now: datetime) -> bool:
    if heard.due_on in {None, dossier.due_on} or dossier.state in FINAL or _on_its_way(session, dossier):
        return False
    session.flush()
    session.refresh(dossier, with_for_update={"of": Dossier})
    caller = _Exchange(0, dossier.desk_id, now)
    told = DueTold(heard.due_on, dossier.state, caller.by, now, binding=caller.binding)
    return due_dates.tell(session, dossier, told)


def _on_its_way(session: Session, dossier: Dossier) -> bool:
    mine = (OutboxMessage.link == links.ONE_STOP, OutboxMessage.subject == str(dossier.id))
    waiting = select(OutboxMessage.id).where(*mine, OutboxMessage.state.not_in(queue.SETTLED))
    return session.scalars(waiting.limit(1)).first() is not None
