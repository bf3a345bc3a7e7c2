"""What we hold and what both systems hold, side by side; what is safe is repaired by draft again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.dossier import FINAL
from app.domain.order import OrderState
from app.models import CarrierOrder, Dossier, InboxMessage, OutboxMessage
from app.services.desks import dossier_steps
from app.services.inbox import dossier_states
from app.services.inbox.dossier_states import Heard
from app.services.outbox import links, queue
from app.services.outbox.queue import OutboxDraft
from app.unit_of_work import UnitOfWork

LOOKED_BACK: Final = timedelta(days=30)


@dataclass(slots=True)
class Reconciliation:
    """`different`: one object each, `{what, code, here, there}`; `repaired` names those that were told again or learned.

    `unread`: nobody could read what they hold of these; whether both agree is not known.
    """

    checked: int = 0
    missing_here: list[str] = field(default_factory=list)
    missing_there: list[str] = field(default_factory=list)
    different: list[dict[str, Any]] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def agree(self) -> bool:
        return not (self.missing_here or self.missing_there or self.different or self.unread)


def dossiers(session: Session, now: datetime) -> Sequence[tuple[UUID, str]]:
    """Those with a code that are open, or moved lately."""
    lately = or_(Dossier.state.not_in(FINAL), Dossier.seen_at > now - LOOKED_BACK)
    rows = session.execute(
        select(Dossier.id, Dossier.code).where(Dossier.code.is_not(None), lately).order_by(Dossier.code)
    )
    return [(row.id, row.code) for row in rows]


def compare_dossier(work: UnitOfWork, found: Reconciliation, dossier_id: UUID, heard: Heard, now: datetime) -> None:
    """One dossier against what they hold now. One that is still on its way to them is no difference."""
    dossier = work.get_one(Dossier, dossier_id)
    code, here = dossier.code or "", dossier.state
    found.checked += 1
    said = dossier_states.hear(work, dossier_id, heard, now)
    if said == "unknown":
        if not _waiting(work, dossier):
            found.missing_there.append(code)
            if _tell_again(work, dossier, now):
                found.repaired.append(code)
    elif said in {"learned", "different"}:
        found.different.append({"what": "dossier", "code": code, "here": here, "there": heard.state})
        if said == "learned" or (dossier.state not in FINAL and _tell_again(work, dossier, now)):
            found.repaired.append(code)


def _waiting(session: Session, dossier: Dossier) -> bool:
    mine = (OutboxMessage.link == links.ONE_STOP, OutboxMessage.subject == str(dossier.id))
    waiting = select(OutboxMessage.id).where(*mine, OutboxMessage.state.not_in(queue.SETTLED))
    return session.scalars(waiting.limit(1)).first() is not None


def _tell_again(work: UnitOfWork, dossier: Dossier, now: datetime) -> bool:
    """Our last step once more, once a day; nothing when the last word was theirs."""
    last = dossier_steps.last_step(work, dossier)
    if last is None or last.told_by_them:
        return False
    body = {"dossier_id": str(dossier.id), "step_id": last.id}
    trigger = f"again:{last.id}:{now:%Y-%m-%d}"
    draft = OutboxDraft(links.ONE_STOP, "step", str(dossier.id), trigger, body)
    return queue.promise(work, draft, now) is not None


def orders_unknown_here(session: Session, found: Reconciliation) -> None:
    """Orders that the carrier tells of and we do not know."""
    mine = (
        select(InboxMessage.subject)
        .where(InboxMessage.state == "parked", InboxMessage.reason == "order_unknown")
        .distinct()
    )
    found.missing_here += [subject for subject in session.scalars(mine.order_by(InboxMessage.subject)) if subject]


def orders_to_check(session: Session) -> Sequence[CarrierOrder]:
    """Orders that stand there, by our books, and have not moved yet: the carrier must know them."""
    mine = select(CarrierOrder).where(CarrierOrder.state == OrderState.PLACED, CarrierOrder.milestone.is_(None))
    return session.scalars(mine.order_by(CarrierOrder.number)).all()
