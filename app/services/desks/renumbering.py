"""A dossier's number that was typed wrong at the desk: put right by two people who read the slip; both numbers stay.

No event is written: a chain tells of envelopes, and bears no dossier's number. Orders that the carrier has keep the name they were
given. Under the old number another dossier of the one-stop software may stand: the steps that we told are told again under
the right one, and what they said of the old one is a person's to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.clock import local_day
from app.domain.custody import Holder, Party
from app.domain.dossier import parse_dossier_code
from app.domain.errors import DomainError
from app.domain.wording import tidy
from app.models import Dossier, Renumbering
from app.queries.desks.neighbours import beside
from app.queries.desks.refusals import dossier_here
from app.services import audit
from app.services.custody import chains
from app.services.desks import accepting
from app.services.messaging import messages
from app.services.outbox import changes
from app.unit_of_work import UnitOfWork

EVIDENCE: Final = "renumbering"
LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Renumber:
    """`before`: the number that the page showed. `side`: for whom the second person answers."""

    dossier_id: UUID
    desk_id: int
    before: str
    after: str
    reason: str
    side: Party | None
    by: str
    confirmed_by: str
    now: datetime


def renumber(work: UnitOfWork, said: Renumber) -> Dossier:
    """Said twice it is done once.

    Raises `not_found`, `renumber_theirs`, `renumber_overtaken`, `dossier_code_malformed`, `dossier_code_taken`,
    `renumber_same`, `renumber_reason_missing`, `confirmation_by_oneself`, `other_side_elsewhere`.
    """
    dossier_here(work, said.dossier_id, said.desk_id)
    dossier = work.get_one(Dossier, said.dossier_id, with_for_update={"of": Dossier}, populate_existing=True)
    before, after = dossier.code, str(parse_dossier_code(said.after))
    if before == after and _done_before(work, dossier, said.before, after):
        return dossier
    _check(work, dossier, said, after)
    assert before is not None  # `_check` refuses a dossier without one
    accepting.number(work, dossier, after)
    dossier.seen_state = dossier.seen_at = None  # of whatever stands under the old number
    row = _keep(work, dossier, before, said)
    changes.dossier_renumbered(work, dossier, row.id, said.now)
    if dossier.accepted_at is not None:
        told = {"dossier": after, "before": before}
        messages.tell(work, dossier.request, None, "renumbered", said.now, f"renumbered:{row.id}", **told)
    return dossier


def _check(work: UnitOfWork, dossier: Dossier, said: Renumber, after: str) -> None:
    if dossier.partner_id is not None:
        raise DomainError("renumber_theirs")
    if dossier.code is None or dossier.code != said.before:
        raise DomainError("renumber_overtaken")
    if dossier.code == after:
        raise DomainError("renumber_same", kind="invalid", field="dossier_code")
    if not tidy(said.reason):
        raise DomainError("renumber_reason_missing", kind="invalid", field="reason")
    _check_second(work, said)


def _check_second(work: UnitOfWork, said: Renumber) -> None:
    """A colleague of the desk, or somebody of the post beside it."""
    if said.confirmed_by == said.by:
        raise DomainError("confirmation_by_oneself", kind="invalid", field="confirmed_by")
    here = Party(Holder.DESK, str(said.desk_id))
    if said.side != here and said.side not in beside(work, here, local_day(said.now)):
        raise DomainError("other_side_elsewhere", kind="invalid", field="confirmed_by")


def _done_before(work: UnitOfWork, dossier: Dossier, before: str, after: str) -> bool:
    mine = (Renumbering.dossier_id == dossier.id, Renumbering.before == before, Renumbering.after == after)
    return work.scalars(select(Renumbering.id).where(*mine).limit(1)).first() is not None


def _keep(work: UnitOfWork, dossier: Dossier, before: str, said: Renumber) -> Renumbering:
    kept: dict[str, object] = {"why": tidy(said.reason, LONGEST_REASON)}
    row = Renumbering(
        dossier_id=dossier.id,
        before=before,
        after=dossier.code,
        commitment=chains.remember(work, EVIDENCE, kept, dossier.request.applicant_id),
        by=said.by,
        confirmed_by=said.confirmed_by,
        at=said.now,
    )
    work.add(row)
    work.flush()
    audit.record(work, said.by, "dossier.renumbered", "dossier", dossier.id, said.now, renumbering=row.id)
    return row
